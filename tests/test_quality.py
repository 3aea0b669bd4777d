"""Lint, types, import directions, module sizes and the README's own lines."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


def run(root, *command):
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports",),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_the_code_is_clean(root, command):
    run(root, *command)


def tracked(root, *patterns):
    return [path for pattern in patterns for path in sorted(root.glob(pattern))]


def test_modules_fit_in_a_head(root):
    long = {
        str(path.relative_to(root)): lines
        for path in tracked(root, "bc_inventory/**/*.py", "flows/*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 400
    }
    assert not long


def test_no_machine_paths_or_registry_addresses(root):
    listed = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    pattern = re.compile(
        r"(^|[^A-Za-z0-9_.])/(work|root|home)/[A-Za-z0-9_.-]+|pypi\.org|pythonhosted"
    )
    for name in filter(None, listed):
        path = root / name
        if name == "tests/test_quality.py" or path.suffix in {".parquet", ".nc", ".png", ".gz"}:
            continue
        found = pattern.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{name}: {found.group(0)}"


def test_ci_runs_the_line_of_the_readme(root):
    lines = [
        line.strip()
        for line in (root / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("    python3 -m venv")
    ]
    assert len(lines) == 2
    assert "bc-inventory build" in lines[0]
    assert "pytest" in lines[1]
    assert "README.md" in (root / ".ci" / "run").read_text()


def test_locks_are_hashed_and_hold_every_dependency(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[\[<>=~ ]", item)[0].lower() for item in project["dependencies"]}
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (root / lock).read_text()
        have = {match.lower() for match in re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE)}
        assert names <= have
        blocks = re.findall(
            r"^[A-Za-z0-9_.-]+==[^\n]*\n((?:    --hash[^\n]*\n?)+)", text, re.MULTILINE
        )
        assert len(blocks) == len(re.findall(r"^[A-Za-z0-9_.-]+==", text, re.MULTILINE))


def test_what_the_package_imports_is_declared(root):
    """A fresh install has the declared libraries and no others."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    core = {
        re.split(r"[\[<>=~ ]", item)[0].lower().replace("-", "_")
        for item in project["dependencies"]
    }
    core |= {"pil"} if "pillow" in core else set()
    optional = {"distributed", "fastapi", "uvicorn", "s3fs", "starlette", "pydantic", "anyio"}
    for path in sorted((root / "bc_inventory").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in names:
                top = name.split(".")[0].lower()
                if top in sys.stdlib_module_names or top == "bc_inventory":
                    continue
                assert top in core | optional, f"{path.name} imports {top}"
