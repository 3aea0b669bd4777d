"""The root of facts: one for each context, and caches that don't mix."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from bc_inventory.errors import DataError
from bc_inventory.reference import codelists
from bc_inventory.reference.paths import data_root, embedded_root, per_root, using_root


@pytest.fixture
def other(tmp_path):
    """Return a root in which Poland has another name."""
    shutil.copytree(embedded_root(), tmp_path / "facts")
    table = tmp_path / "facts" / "regions.csv"
    text = table.read_text("utf-8")
    assert text.count("PL,EU,Poland,") == 1
    table.write_text(text.replace("PL,EU,Poland,", "PL,EU,Sarmatia,"), "utf-8")
    return tmp_path / "facts"


def name_of(region):
    rows = codelists.regions().set_index("region")
    return rows.at[region, "name"]


def test_the_root_holds_inside_the_statement_alone(other):
    assert data_root() == embedded_root()
    with using_root(other):
        assert data_root() == other
        with using_root(None):
            assert data_root() == embedded_root()
        assert data_root() == other
    with pytest.raises(ZeroDivisionError), using_root(other):
        raise ZeroDivisionError
    assert data_root() == embedded_root()


def test_what_was_read_from_one_root_is_not_given_for_another(other):
    assert name_of("PL") == "Poland"
    with using_root(other):
        assert name_of("PL") == "Sarmatia"
        assert codelists.resolve_region("Sarmatia") == "PL"
    assert name_of("PL") == "Poland"
    with pytest.raises(DataError, match="Sarmatia"):
        codelists.resolve_region("Sarmatia")
    assert codelists.regions() is codelists.regions()


def test_threads_have_roots_of_their_own(other):
    def seen(root):
        with using_root(root):
            return [name_of("PL") for _ in range(200)]

    with ThreadPoolExecutor(2) as pool:
        here, there = pool.map(seen, [None, other])
    assert set(here) == {"Poland"}
    assert set(there) == {"Sarmatia"}


def test_a_cached_function_runs_once_for_each_root_and_argument(other):
    calls = []

    @per_root
    def asked(name, *, more=0):
        calls.append((name, more))
        return data_root(), name, more

    for root in (None, other, None, other):
        with using_root(root):
            assert asked("a") == (root or embedded_root(), "a", 0)
            assert asked("a", more=1)[2] == 1
    assert calls == [("a", 0), ("a", 1)] * 2
