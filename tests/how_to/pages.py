"""Follow a page of docs/how-to: write the files it shows and run the commands it gives."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

_FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    """A page and the copy of the project that it is followed in."""

    def __init__(self, root: Path, name: str, project: Path) -> None:
        self.text = (root / "docs" / "how-to" / name).read_text(encoding="utf-8")
        self.project = self.folder = project
        project.mkdir()
        shutil.copytree(
            root / "bc_inventory", project / "bc_inventory", ignore=shutil.ignore_patterns("__py*")
        )
        for folder in ("data", "configs"):
            (project / folder).symlink_to(root / folder)

    @property
    def listed_files(self) -> list[str]:
        """Return the paths that the page says are to be touched."""
        head = self.text[self.text.index("Files:") :].split("\n\n")[0]
        return re.findall(r"`([\w./-]+/[\w.-]*|[A-Z]+\.md)`", head)

    def write_files(self) -> list[str]:
        """Write the files that the page shows, and return their paths."""
        files = _FILE.findall(self.text)
        for name, text in files:
            path = self.project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return [name for name, _ in files]

    def commands(self) -> list[list[str]]:
        """Return the commands that the page gives, in order."""
        lines = "".join(_COMMANDS.findall(self.text)).splitlines()
        return [shlex.split(line) for line in lines]

    def run(self, command: list[str]) -> str:
        """Run a command of the page with the copy of the project; return what it prints."""
        program, *arguments = command
        if program == "cd":
            self.folder = self.folder / arguments[0]
            return ""
        assert program in {"bc-inventory", "python"}
        if program == "bc-inventory":
            arguments = ["-c", "from bc_inventory.cli import main; main()", *arguments]
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(self.project)},
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout
