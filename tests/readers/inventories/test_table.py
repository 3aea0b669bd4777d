"""A table of anybody's emissions is read by a mapping of at most fifteen lines."""

import sys
from importlib import metadata

import pytest

import bc_inventory as bci
from bc_inventory.errors import DataError
from bc_inventory.readers import registry
from bc_inventory.readers.registry import detect, find_format, read_any

MAPPING = """inventory = "Mine"
version = "2024"
unit = "t"
[columns]
region = "Country"
sector = "Source"
year = "Year"
value = "BC"
[sectors]
"Domestic heating" = "1A4bi"
"Cooking" = "1A4bi"
"Cars and lorries" = "F"
"""
ROWS = """Country,Source,Year,BC
Poland,Domestic heating,2018,9000
Poland,Cooking,2018,500
德国,Cars and lorries,2018,4000
Germany,1A1a,2018,NE
Hebei,Domestic heating,2018,
"""


@pytest.fixture
def write(tmp_path):
    def written(rows=ROWS, mapping=MAPPING):
        (tmp_path / "mine.csv").write_text(rows, encoding="utf-8")
        (tmp_path / "mine.toml").write_text(mapping, encoding="utf-8")
        return tmp_path / "mine.csv"

    return written


def test_rows_come_in_kt_by_category_and_iso_code(write):
    assert len(MAPPING.splitlines()) <= 15
    reading = bci.read(write())
    frame = reading.frame.set_index(["region", "sector"])
    # Two sectors of the table that are one category are summed: 9000 + 500 t.
    assert frame.loc[("PL", "1A4bi"), "value_kt"] == pytest.approx(9.5)
    assert frame.loc[("DE", "F_RoadTransport"), "value_kt"] == pytest.approx(4.0)
    assert frame.loc[("DE", "1A1a"), "notation_key"] == "NE"
    assert set(frame["inventory"]) == {"Mine"}
    assert [(item.reason, item.rows) for item in reading.report.skipped] == [("an empty cell", 1)]
    assert detect(write()).name == "table"


@pytest.mark.parametrize(
    ("rows", "mapping", "words"),
    [
        (ROWS.replace("9000", "9,000"), MAPPING, "cells"),
        (ROWS.replace("9000", "many"), MAPPING, r"mine.csv, row 2, column value: found 'many'"),
        (ROWS.replace("2018,9000", "late,9000"), MAPPING, "found 'late'; expected a year"),
        (ROWS.replace("Cooking", "Grilling"), MAPPING, r"the sector 'Grilling'.*\[sectors\]"),
        (ROWS.replace("Poland", "Atlantis"), MAPPING, "'Atlantis'"),
        (ROWS, MAPPING.replace('"BC"', '"Emission"'), "no column 'Emission'"),
        (ROWS, MAPPING.replace('unit = "t"\n', ""), "no unit"),
        (ROWS, MAPPING.replace("version", "versoin"), "Did you mean 'version'"),
        (ROWS, MAPPING.replace('"t"', '"ton"'), "unit 'ton'"),
    ],
)
def test_what_is_wrong_is_named(write, rows, mapping, words):
    with pytest.raises(DataError, match=words):
        read_any(write(rows, mapping), "table")


def test_it_is_compared_with_a_release(write, releases):
    release = bci.open_release(root=releases)
    rows = ROWS.replace("Poland,Domestic", "Germany,Domestic")
    tables = bci.compare(release, [write(rows)], side="EU", year=2018, draws=0)
    cells = tables["cells"].set_index(["base", "other"])
    row = cells.loc[("Mine 2024", "bc_inventory harmonised")]
    assert (row["region"], row["sector"]) == ("DE", "1A4bi")
    assert (row["base_kt"], row["other_kt"]) == pytest.approx((9.0, 0.044))


def test_readers_of_other_packages_are_found(monkeypatch):
    given = find_format("table")
    other = type(given)(**{**vars(given), "name": "theirs", "looks_like": lambda _: False})
    module = type(sys)("their_package")
    module.FORMAT = other
    monkeypatch.setitem(sys.modules, "their_package", module)
    point = metadata.EntryPoint("theirs", "their_package:FORMAT", "bc_inventory.readers")
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    registry.formats.cache_clear()
    try:
        assert find_format("theirs") is other
    finally:
        monkeypatch.undo()
        registry.formats.cache_clear()
