"""The embedded tables are what the publishers' files give, to the byte."""

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory.commands import embed as command
from bc_inventory.errors import SourceError
from bc_inventory.readers import embed
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv


@pytest.fixture(scope="module")
def rebuilt(shared):
    return embed.embed(shared / "data")


@pytest.mark.shared
@pytest.mark.slow
def test_a_rebuild_gives_the_embedded_files_byte_for_byte(rebuilt, tmp_path):
    assert embed.compare(rebuilt) == []
    written = embed.write(rebuilt, tmp_path)
    assert len(written) == 30
    for path in written:
        own = data_root() / path.relative_to(tmp_path)
        assert path.read_bytes() == own.read_bytes(), path.name


@pytest.mark.shared
@pytest.mark.slow
def test_the_command_checks_and_tells_what_differs(rebuilt, tmp_path, monkeypatch):
    monkeypatch.setattr(embed, "embed", lambda folder: rebuilt)
    run = CliRunner().invoke
    assert run(command.embed, ["--from", str(tmp_path), "--check"]).exit_code == 0
    copy = tmp_path / "facts"
    embed.write(rebuilt, copy)
    file = copy / "activity" / "eu_2018.csv"
    file.write_text(file.read_text().replace("6872.451", "6872.452"))
    (copy / "activity" / "cn_2007.csv").unlink()
    result = run(command.embed, ["--from", str(tmp_path), "--check", "--to", str(copy)])
    assert result.exit_code == 1
    assert "2018, AT, crf:1.A.1.a, fossil, kt: embedded 6872.452" in result.output
    assert "activity/cn_2007.csv: the whole file: embedded nothing, rebuilt a file" in result.output
    assert run(command.embed, ["--from", str(tmp_path), "--to", str(copy)]).exit_code == 0
    again = run(command.embed, ["--from", str(tmp_path), "--check", "--to", str(copy)])
    assert again.exit_code == 0


def test_a_folder_without_the_files_says_which_are_missing(tmp_path):
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"no file of CEADs .*UNFCCC.*World Bank"):
        embed.publishers_files(tmp_path)


def _rows(values, **more):
    frame = pd.DataFrame({"year": range(2015, 2015 + len(values)), "quantity": values})
    base = {
        "region": "BE",
        "source_sector": "s",
        "source_fuel": "f",
        "zeros": "not_reported",
        "notation_key": None,
        "note": None,
    }
    return frame.assign(**{**base, **more})


def test_zeros_before_the_first_figure_are_not_reported():
    made = embed._without_false_zeros(_rows([0.0, 0.0, 5.0, 0.0]))
    assert made["quantity"].isna().tolist() == [True, True, False, False]
    assert made["notation_key"].tolist()[:2] == ["NE", "NE"]
    assert made["quantity"].tolist()[2:] == [5.0, 0.0]


def test_a_series_of_zeros_is_left_out_and_absent_zeros_are_dropped():
    assert embed._without_false_zeros(_rows([0.0, 0.0])).empty
    assert embed._without_false_zeros(_rows([0.0, 2.0], zeros="absent"))["year"].tolist() == [2016]
    assert len(embed._without_false_zeros(_rows([0.0, 2.0], zeros="keep"))) == 2


def test_misprints_of_population_are_read_as_the_table_says():
    people = read_csv(data_root() / "population.csv", "population")
    fixes = read_csv(data_root() / "population_corrections.csv", "population_corrections")
    both = fixes.merge(people, on=["region", "year"], suffixes=("_read", ""))
    assert (both["population"] == both["population_read"]).all()
    assert Path(data_root() / "activity_selection.csv").is_file()
