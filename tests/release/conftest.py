"""The release of the small facts, as a folder."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def small_root(releases) -> Path:
    """Return the folder of releases."""
    return Path(releases)
