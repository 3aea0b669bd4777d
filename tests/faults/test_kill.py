"""A build killed at any moment leaves the old release or the new one, whole."""

import random
import shutil
import time

import pytest

from bc_inventory.release.store import LocalStore
from tests.faults.conftest import require_whole, tree
from tests.miniplan import write_inputs

CONFIG = """
[inventory]
name = "small"
years = [2018]
[uncertainty]
draws = {draws}
[facts]
folder = "data"
"""


class Case:
    """An old release to start from, and the new one an undisturbed build makes of it."""

    def __init__(self, forge, base, old, new):
        self.forge, self.base, self.new_request = forge, base, new
        assert forge.build(base / "start", **old) == 0, forge.log.read_text()
        self.old = LocalStore(base / "start").latest("small")
        shutil.rmtree(base / "start" / ".cache")
        shutil.copytree(base / "start", base / "reference")
        started = time.perf_counter()
        assert forge.build(base / "reference", **new) == 0, forge.log.read_text()
        self.seconds = time.perf_counter() - started
        store = LocalStore(base / "reference")
        self.new = store.latest("small")
        assert self.new != self.old
        self.expected = tree(store.find("small", self.new))

    def disturb(self, number, **how):
        """Disturb a build; return its status and whether the new release was there."""
        out = self.base / f"out{number}"
        shutil.copytree(self.base / "start", out)
        status = self.forge.build(out, **self.new_request, **how)
        published = require_whole(out, {self.old, self.new}) == self.new
        assert self.forge.build(out, **self.new_request) == 0, self.forge.log.read_text()
        assert require_whole(out, {self.old, self.new}) == self.new
        store = LocalStore(out)
        assert tree(store.find("small", self.new)) == self.expected
        left = {path.name for path in store.folder("small").iterdir()}
        assert left == {self.old, self.new, "latest", ".lock"}
        assert not [path for path in (out / ".cache").iterdir() if path.name.startswith(".part")]
        shutil.rmtree(out)
        return status, published

    def hundred(self, seed):
        chance = random.Random(seed)
        # Stratified over the build and a little beyond its end.
        moments = [(number + chance.random()) / 100 * self.seconds * 1.1 for number in range(100)]
        seen = [self.disturb(number, kill_after=moment) for number, moment in enumerate(moments)]
        assert sum(status != 0 for status, _ in seen) >= 50


@pytest.fixture
def make_case(forge, tmp_path):
    write_inputs(tmp_path / "in")

    def make(wait):
        same = {"inputs": str(tmp_path / "in"), "wait": wait}
        return Case(forge, tmp_path, {**same, "second": 3}, {**same, "second": 4})

    return make


@pytest.mark.slow
def test_a_hundred_kills_at_random_moments(make_case):
    make_case(wait=0.02).hundred(seed=7)


@pytest.mark.slow
def test_a_kill_at_every_file_operation(make_case, forge):
    case = make_case(wait=0.0)
    before = forge.log.read_text().count("events")
    assert case.disturb("count", die_at=0)[0] == 0
    lines = [line for line in forge.log.read_text().splitlines() if line.startswith("events")]
    events = int(lines[before].split()[1])
    assert events > 50
    seen = [case.disturb(number, die_at=number) for number in range(1, events + 1)]
    assert all(status == 9 for status, _ in seen)
    published = [new for _, new in seen]
    # Once published it stays so: the old before one moment, the new from there on.
    assert published == sorted(published)
    assert not published[0]
    assert published[-1]


@pytest.mark.fuzz
def test_a_hundred_kills_of_a_whole_build(forge, small):
    for name, draws in (("old", 50), ("new", 60)):
        (small.parent / f"{name}.toml").write_text(CONFIG.format(draws=draws))
    Case(forge, small.parent, {"config": "old.toml"}, {"config": "new.toml"}).hundred(seed=8)
