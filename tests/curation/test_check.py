"""Every derived row is what its inputs give, and an altered one is found."""

from dataclasses import replace
from fnmatch import fnmatch

import numpy as np
import pytest
from click.testing import CliRunner

from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv, write_csv
from curation import cli
from curation.comparison import differences
from curation.maker import Maker, parameters
from curation.page import DOCUMENT, page
from curation.registry import MAKERS
from curation.status import replaced, status

DATA = data_root()
# One file for each maker stands for those it makes.
CASES = [(maker, maker.files) for maker in MAKERS]


@pytest.mark.shared
@pytest.mark.slow
def test_every_derived_row_is_as_its_maker_gives_it(tables, rebuilt):
    found = status(MAKERS, tables, rebuilt)
    assert [str(item) for one in found for item in one.differences] == []
    assert {one.file for one in found} == set(tables)


@pytest.mark.shared
@pytest.mark.slow
def test_what_write_would_write_is_what_stands_there(tables, rebuilt, tmp_path):
    for maker in MAKERS:
        for file, rows in rebuilt[maker.name].items():
            rules, frame = tables[file]
            made = replaced(frame, rows, maker, list(rules.key))[rules.names]
            key = list(rules.key)
            others = [name for name in rules.names if name not in key]
            assert differences(file, frame, made, key, others) == []
            in_order = made[key].fillna("") == frame[key].fillna("")
            assert in_order.all(axis=None), file
            if file.startswith("activity/"):
                write_csv(made, rules, tmp_path / "table.csv")
                assert (tmp_path / "table.csv").read_bytes() == (DATA / file).read_bytes(), file


def _altered(value):
    if isinstance(value, str):
        return f"{value}x"
    return not value if isinstance(value, (bool, np.bool_)) else value + 1


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(("maker", "files"), CASES, ids=[maker.name for maker in MAKERS])
def test_one_altered_value_of_each_maker_is_found(tables, rebuilt, maker, files):
    file = next(name for name in tables if fnmatch(name, files))
    rules, frame = tables[file]
    row = frame.index[maker.claims(frame)][-1]
    columns = maker.columns or [name for name in rules.names if name not in rules.key]
    column = next(name for name in columns if frame[name].notna().all())
    altered = frame.copy()
    altered.loc[row, column] = _altered(frame.loc[row, column])
    found = status([maker], {file: (rules, altered)}, {maker.name: rebuilt[maker.name]})
    own = next(one for one in found if one.file == file)
    assert [column in item.embedded for item in own.differences] == [True]


def test_each_typed_row_has_a_source(tables):
    found = status(MAKERS, tables, {})
    assert [one.file for one in found if one.without_source] == []


def test_parameters_of_makers_cite_known_sources(tables):
    known = set(tables["sources.csv"][1]["source_id"])
    for name in ("fleets", "fleet_stages", "fleet_curves", "fleet_means"):
        table = parameters(name)
        assert set(table["source_id"]) <= known
        assert table["confidence"].notna().all()
    assert set(parameters("not_rebuilt")["source_id"].dropna()) <= known


def test_rows_that_are_not_rebuilt_are_listed_with_the_reason(tables):
    found = {one.file: one.not_rebuilt for one in status(MAKERS, tables, {}) if one.not_rebuilt}
    listed = parameters("not_rebuilt")
    assert set(found) == set(listed["file"])
    assert listed[["made_from", "reason"]].notna().all(axis=None)
    assert found["odbl/networks_010.parquet"] == len(tables["odbl/networks_010.parquet"][1])


def test_the_page_is_what_the_register_says(tables):
    found = status(MAKERS, tables, {})
    assert DOCUMENT.read_text() == page(found, MAKERS), "run python -m curation page"


def _toy(tmp_path):
    path = tmp_path / "co2_factors.csv"
    path.write_text(
        "fuel,value,value_lower,value_upper,confidence,source_id,note\n"
        "diesel,74,70,78,high,typed,\nlpg,63,60,66,high,made,\n"
    )

    def make(roots):
        rows = read_csv(path, "co2_factors")
        return {path.name: rows[rows["source_id"] == "made"].assign(value=63.1)}

    return Maker("toy", path.name, "-", (), make, lambda frame: frame["source_id"] == "made")


def test_the_command_tells_what_differs_and_write_mends_it(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "MAKERS", (_toy(tmp_path),))
    run = CliRunner().invoke
    data = ["--data", str(tmp_path)]
    result = run(cli.main, [*data, "check"])
    assert result.exit_code == 1
    assert "lpg: embedded value 63.0, rebuilt value 63.1" in result.output
    assert "1 rows differ, in 1 files" in result.output
    assert run(cli.main, [*data, "write", "co2_factors.csv"]).exit_code == 0
    again = run(cli.main, [*data, "check"])
    assert again.exit_code == 0
    assert "1 rows are as their makers give them; 1 are typed with a source" in again.output
    listed = run(cli.main, [*data, "typed"]).output
    assert listed == "co2_factors.csv\ttyped\t1\n"


def test_a_broken_table_is_reported_without_a_traceback(tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "MAKERS", (_toy(tmp_path),))
    path = tmp_path / "co2_factors.csv"
    path.write_text(path.read_text().replace("74,70", "seventy,70"))
    result = CliRunner().invoke(cli.main, ["--data", str(tmp_path), "check"])
    assert result.exit_code == 1
    assert "row 2, column value: found 'seventy'" in result.output


def test_without_the_publishers_files_the_command_says_what_it_needs(tmp_path, monkeypatch):
    toy = replace(_toy(tmp_path), inputs=("shared/data/",))
    monkeypatch.setattr(cli, "MAKERS", (toy,))
    arguments = ["--data", str(tmp_path), "--shared", str(tmp_path / "none"), "check"]
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == 1
    assert "toy can't be rebuilt without the publishers' files" in result.output
