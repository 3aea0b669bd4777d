"""A build killed at any moment leaves the old release or the new one, whole."""

import os
import random
import shutil
import time

import pytest

from bc_inventory.release.store.local import LocalStore
from tests.faults.conftest import require_whole, tree
from tests.miniplan import write_inputs


class Case:
    """An old release to start from, and the new one an undisturbed build makes of it."""

    def __init__(self, forge, base, old, new, inventory="small"):
        self.forge, self.base, self.new_request, self.inventory = forge, base, new, inventory
        assert forge.build(base / "start", **old) == 0, forge.log.read_text()
        self.old = LocalStore(base / "start").latest(inventory)
        shutil.rmtree(base / "start" / ".cache")
        shutil.copytree(base / "start", base / "reference")
        started = time.perf_counter()
        assert forge.build(base / "reference", **new) == 0, forge.log.read_text()
        self.seconds = time.perf_counter() - started
        store = LocalStore(base / "reference")
        self.new = store.latest(inventory)
        assert self.new != self.old
        self.expected = tree(store.find(inventory, self.new))

    def disturb(self, number, **how):
        """Disturb a build; return its status and whether the new release was there."""
        out = self.base / f"out{number}"
        shutil.copytree(self.base / "start", out)
        status = self.forge.build(out, **self.new_request, **how)
        allowed = {self.old, self.new}
        published = require_whole(out, allowed, self.inventory) == self.new
        assert self.forge.build(out, **self.new_request) == 0, self.forge.log.read_text()
        assert require_whole(out, allowed, self.inventory) == self.new
        store = LocalStore(out)
        assert tree(store.find(self.inventory, self.new)) == self.expected
        left = {path.name for path in store.folder(self.inventory).iterdir()}
        assert left == {self.old, self.new, "latest", ".lock"}
        assert not [path for path in (out / ".cache").iterdir() if path.name.startswith(".part")]
        shutil.rmtree(out)
        return status, published

    def many(self, seed, kills=100):
        chance = random.Random(seed)
        # Stratified over the build and a little beyond its end.
        width = self.seconds * 1.1 / kills
        moments = [(number + chance.random()) * width for number in range(kills)]
        seen = [self.disturb(number, kill_after=moment) for number, moment in enumerate(moments)]
        killed = sum(status != 0 for status, _ in seen)
        print(f"{killed} killed, {sum(new for _, new in seen)} of them after publication")
        assert killed >= kills / 2


@pytest.fixture
def make_case(forge, tmp_path):
    write_inputs(tmp_path / "in")

    def make(wait):
        same = {"inputs": str(tmp_path / "in"), "wait": wait}
        return Case(forge, tmp_path, {**same, "second": 3}, {**same, "second": 4})

    return make


@pytest.mark.slow
def test_a_hundred_kills_at_random_moments(make_case):
    make_case(wait=0.02).many(seed=7)


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


@pytest.fixture
def mini(root, tmp_path):
    """Return requests that build the mini configuration from two sets of draws."""
    text = (root / "configs" / "mini.toml").read_text("utf-8")
    assert "draws = 500" in text
    requests = []
    for name, draws in (("old", 100), ("new", 500)):
        path = tmp_path / f"{name}.toml"
        path.write_text(text.replace("draws = 500", f"draws = {draws}"))
        requests.append({"config": path.name})
    return requests


@pytest.mark.fuzz
@pytest.mark.timeout(0)
def test_a_hundred_kills_of_the_mini_build(forge, mini, tmp_path):
    """Four regions, three years, real facts, publishing included."""
    kills = int(os.environ.get("BC_INVENTORY_KILLS", "100"))
    Case(forge, tmp_path, *mini, inventory="mini").many(seed=8, kills=kills)
