"""A new inventory's folder builds as it stands and shows the rows in force."""

import csv
import subprocess
import sys

import pytest

from bc_inventory import schema
from bc_inventory.config import load_config
from bc_inventory.errors import ConfigError, DataError
from bc_inventory.inventory.facts import known_values
from bc_inventory.reference.overlay import resolve
from bc_inventory.reference.paths import embedded_root
from bc_inventory.workflow.scaffold import write_scaffold


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scaffold") / "malta"
    write_scaffold("malta", ["马耳他"], [2019, 2018], folder)
    return folder


def test_the_configuration_is_one(folder):
    inventory = load_config(folder / "malta.toml").inventory
    assert (inventory.regions, inventory.years, inventory.base_year) == (
        ("MT",),
        (2018, 2019),
        2019,
    )


def test_a_stub_changes_nothing_but_the_source_it_brings(folder, tmp_path):
    root = resolve(folder / "facts", tmp_path)
    changed = [
        path.name
        for path in root.rglob("*.csv")
        if path.read_bytes() != (embedded_root() / path.relative_to(root)).read_bytes()
    ]
    assert changed == ["sources.csv"]


@pytest.mark.parametrize(
    "table",
    ["activity_reported", "technology_shares", "emission_factors", "activity_uncertainty"],
)
def test_every_commented_row_is_a_row_of_its_contract(folder, tmp_path, table):
    lines = (folder / "facts" / f"{table}.rows.csv").read_text("utf-8").splitlines()
    path = tmp_path / f"{table}.csv"
    rows = [line[1:] for line in lines if line.startswith("#") and not line.startswith("# ")]
    path.write_text("\n".join([lines[0], *rows, ""]), encoding="utf-8")
    known = known_values(embedded_root())
    known["sources.source_id"] = known["sources.source_id"] | {"malta-activity"}
    frame = schema.read_csv(path, table, known=known)
    assert len(frame) == len(rows) > 5
    if table == "technology_shares":
        sums = frame.groupby(["scope", "nfr", "fuel", "year"])["share"].sum()
        assert sums.to_numpy() == pytest.approx(1, abs=1e-4)
        assert set(frame["scope"]) == {"MT"}


def test_the_test_it_brings_passes(folder):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_malta.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "1 passed" in done.stdout


def test_files_that_are_there_are_left_alone(folder):
    with pytest.raises(ConfigError, match="files in it"):
        write_scaffold("malta", ["MT"], [2018], folder)


def test_what_cannot_be_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(ConfigError, match="lower-case letters"):
        write_scaffold("Malta!", ["MT"], [2018], tmp_path / "a")
    with pytest.raises(DataError, match="'Atlantis'"):
        write_scaffold("malta", ["Atlantis"], [2018], tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_stubs_are_read_as_csv(folder):
    for path in (folder / "facts").iterdir():
        with path.open(encoding="utf-8", newline="") as stream:
            assert next(csv.reader(stream))[0].isidentifier()
