"""Fixtures that all tests share."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from filelock import FileLock
from hypothesis import settings

from tests.small_facts import write_small_facts, write_small_overlay

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
T = TypeVar("T")

# How long an example takes is no finding: machines differ, and other tests run beside it.
settings.register_profile("without_deadline", settings.default, deadline=None)
settings.load_profile("without_deadline")


def needed(found: T | None, message: str) -> T:
    """Return what a test can't do without; its absence is a failure in CI and a skip elsewhere."""
    if found is not None:
        return found
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of the publishers' files."""
    message = f"{SHARED} is absent: these tests read publishers' files beside the repository"
    return needed(SHARED if SHARED.is_dir() else None, message)


@pytest.fixture(scope="session")
def compliance_checker() -> str:
    """Return the IOOS compliance checker."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("compliance-checker", path=os.pathsep.join([beside, os.environ["PATH"]]))
    return needed(found, "compliance-checker isn't installed; requirements-dev.lock has it")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the checkout."""
    return ROOT


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a data folder with facts small enough to work out by hand."""
    return write_small_facts(tmp_path / "data")


@pytest.fixture
def small_overlay(tmp_path: Path) -> Path:
    """Return the small facts as an overlay that a build takes."""
    return write_small_overlay(tmp_path / "data")


SMALL = """
[inventory]
name = "small"
years = [2018]
regions = ["DE", "CN-HE"]
[uncertainty]
draws = 100
[grid]
resolution = 1
[hotspots]
resolution = 1
[facts]
folder = "data"
"""


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def small_project(common: Path) -> Path:
    """Return a project whose small facts were built, for all processes: copy it to change it."""
    from bc_inventory.config import load_config
    from bc_inventory.workflow.run import build

    project, built = common / "small", common / "small.built"
    with FileLock(common / "small.lock"):
        if not built.exists():
            shutil.rmtree(project, ignore_errors=True)
            write_small_overlay(project / "data")
            (project / "small.toml").write_text(SMALL)
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(project)
                build(load_config("small.toml"), project / "releases")
            built.touch()
    return project


@pytest.fixture(scope="session")
def releases(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of a published release of the small facts."""
    project = tmp_path_factory.mktemp("project") / "small"
    shutil.copytree(small_project, project)
    return str(project / "releases")


@pytest.fixture(scope="session")
def with_results(small_project: Path) -> Callable[[Path], Path]:
    """Return a way to give a folder of releases the results of steps on the small facts.

    What a test doesn't change is then found there, as in any rebuild.
    """

    def give(output: Path) -> Path:
        shutil.copytree(small_project / "releases" / ".cache", output / ".cache")
        return output

    return give


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long fuzz runs out unless `-m` names them."""
    if "fuzz" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("fuzz")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process whole files, and one of them all tests of flows: they share a server."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByServer(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            flows = "tests/flows"
            return flows if nodeid.startswith(f"{flows}/") else super()._split_scope(nodeid)

    return ByServer(config, log)
