"""A release of the small facts, built once."""

import os
from pathlib import Path

import pytest

from bc_inventory.build import build
from bc_inventory.config import load_config
from tests.small_facts import write_small_facts

CONFIG = """
[inventory]
name = "small"
years = [2018]
[uncertainty]
draws = 200
[facts]
folder = "data"
"""


@pytest.fixture(scope="session")
def small_root(tmp_path_factory) -> Path:
    """Return a folder of releases with one release of the small facts."""
    base = tmp_path_factory.mktemp("small")
    write_small_facts(base / "data")
    (base / "small.toml").write_text(CONFIG)
    before = Path.cwd()
    os.chdir(base)
    try:
        build(load_config("small.toml"), base / "releases")
    finally:
        os.chdir(before)
    return base / "releases"
