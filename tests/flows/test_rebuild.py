"""The flow runs the same plan as the command, and gives the same bytes."""

import os
import subprocess
import sys

import pytest

from bc_inventory.build import build
from bc_inventory.config import load_config

CONFIG = """
[inventory]
name = "small"
years = [2018]
[uncertainty]
draws = 200
[grid]
resolution = 1
[hotspots]
resolution = 1
[facts]
folder = "data"
"""


@pytest.mark.prefect
@pytest.mark.slow
def test_the_flow_gives_the_bytes_of_the_command(small, root, monkeypatch):
    project = small.parent
    monkeypatch.chdir(project)
    (project / "small.toml").write_text(CONFIG)
    by_command = build(load_config("small.toml"), project / "command")
    done = subprocess.run(
        [sys.executable, str(root / "flows" / "rebuild.py"), "small.toml", "flow"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=500,
        env={
            **os.environ,
            "PYTHONPATH": str(root),
            "PREFECT_HOME": str(project / "prefect"),
            "PREFECT_API_URL": "",
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    by_flow = project / "flow" / "small" / by_command.version
    names = sorted(path.relative_to(by_flow) for path in by_flow.rglob("*") if path.is_file())
    assert names
    for name in names:
        assert (by_flow / name).read_bytes() == (by_command.path / name).read_bytes(), name


def test_the_library_is_imported_without_prefect():
    code = "import bc_inventory, bc_inventory.build, sys; print('prefect' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.strip() == "False"
