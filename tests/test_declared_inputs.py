"""A step sees the embedded facts it declares, and no others: a change of any makes it stale."""

import os
import subprocess
import sys

import pytest

from bc_inventory.reference.paths import data_root
from tests.conftest import SMALL
from tests.jail import admit
from tests.small_facts import write_small_overlay


@pytest.mark.slow
def test_every_step_runs_with_what_it_declares_alone(root, tmp_path):
    write_small_overlay(tmp_path / "data")
    (tmp_path / "small.toml").write_text(SMALL)
    done = subprocess.run(
        [sys.executable, "-m", "tests.jail", "small.toml", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": fine") >= 12


def test_what_is_not_admitted_is_not_in_the_cell(tmp_path):
    admit(data_root() / "regions.csv", data_root(), tmp_path)
    assert (tmp_path / "data" / "regions.csv").is_file()
    assert not (tmp_path / "data" / "fuels.csv").exists()
