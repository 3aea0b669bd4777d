"""What is said of the last release when something failed, and what the command adds to it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bc_inventory.release.store.local import LocalStore
from bc_inventory.release.store.status import release_status


@pytest.fixture
def copy(small_root, tmp_path):
    """Return a folder with a copy of the small release."""
    shutil.copytree(small_root / "small", tmp_path / "releases" / "small")
    return tmp_path / "releases"


def test_a_whole_release_is_intact(copy):
    version = LocalStore(copy).latest("small")
    said = release_status(copy, "small")
    assert said.startswith(f"The last release is intact: small {version}, published 20")
    assert said.endswith("every file is as published.")


def test_a_damaged_one_is_called_so(copy):
    path = LocalStore(copy).find("small") / "totals.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    said = release_status(copy, "small")
    assert "IS DAMAGED" in said
    assert "totals.parquet" in said


def test_nothing_there_and_nothing_to_be_told(copy, tmp_path):
    assert release_status(tmp_path / "none", "small").startswith(
        "No release of small was there before"
    )
    assert "No release of other" in release_status(copy, "other")
    (copy / "small" / "latest").write_text("../../etc")
    assert "is unknown" in release_status(copy, "small")


def test_a_command_that_fails_says_what_is_intact(copy, tmp_path):
    (tmp_path / "c.toml").write_text(
        '[inventory]\nname = "small"\nyears = [2091]\nbase_year = 2091\n'
    )
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "bc-inventory"),
            *("build", "--config", "c.toml", "--output", "releases"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "found no published activity for 2091" in done.stderr
    assert "The last release is intact: small" in done.stderr
    assert "Traceback" not in done.stderr
