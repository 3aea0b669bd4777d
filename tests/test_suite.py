"""What the tests themselves keep to."""

import re

import pytest

from tests.conftest import ROOT, needed

TESTS = ROOT / "tests"
# Programs that aren't libraries of the project, and what an operating system may not have.
MAY_SKIP = {
    "conftest.py",
    "faults/conftest.py",
    "faults/test_disk_and_clock.py",
    "flows/test_deployments.py",
    "pipeline/test_dask_runner.py",
    "spatial/test_netcdf.py",
    "spatial/test_regrid.py",
    "spatial/test_atomic_files.py",
}


def test_what_reads_the_publishers_files_is_marked(request):
    wrong = [
        item.nodeid
        for item in request.session.items
        if ("shared" in item.fixturenames) != bool(item.get_closest_marker("shared"))
    ]
    assert not wrong


def test_publishers_files_are_reached_by_the_fixture_alone():
    for path in TESTS.rglob("*.py"):
        if path not in {TESTS / "conftest.py", TESTS / "test_suite.py"}:
            text = path.read_text("utf-8")
            assert not re.search(r"\bSHARED\b|\.parent / .shared.", text), path


def test_what_is_absent_fails_in_ci_and_is_skipped_elsewhere(monkeypatch):
    assert needed("here", "why") == "here"
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="why"):
        needed(None, "why")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="why"):
        needed(None, "why")


def test_no_other_test_skips_itself():
    skips = ("pytest.skip(", "importorskip(", "pytest.mark.skip(", "unittest.skip")
    found = {
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if path != TESTS / "test_suite.py" and any(s in path.read_text("utf-8") for s in skips)
    }
    assert found <= MAY_SKIP
