import json

import pytest
from click.testing import CliRunner

from bc_inventory.commands.ingest import ingest
from bc_inventory.schema import read_parquet
from tests.readers.inventories import books


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "gains.csv").write_text(books.GAINS)
    (tmp_path / "ceds_2021_02_05.csv").write_text(books.CEDS)
    (tmp_path / "meic.xlsx").write_bytes(books.meic())
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(ingest, [str(argument) for argument in arguments])


def test_it_finds_the_reader_and_reports_what_it_read(folder):
    done = run(folder / "gains.csv")
    assert done.exit_code == 0, done.output
    for line in (
        "gains.csv: gains_emf30",
        "rows           12",
        "years          2010, 2015 (2)",
        "species        BC",
        "units          kt",
        "notation keys  none",
        "not to sum     3: CHIN_PLUS, WEST_EURO, WORLD",
        "sectors        4",
        "skipped        2 x an empty cell",
        "note           includes high emitters",
    ):
        assert line in done.output


def test_a_file_that_fits_nothing_does_not_keep_the_others_from_being_read(folder):
    done = run(folder / "odd.csv", folder / "ceds_2021_02_05.csv", folder / "none.csv")
    assert done.exit_code == 2
    assert "odd.csv: fits none of the" in done.output
    assert "a text that begins 'a,b'" in done.output
    assert "none.csv: found no such file" in done.output
    assert "ceds_2021_02_05.csv: ceds" in done.output
    assert "2 of 3 files couldn't be read" in done.output


def test_tables_are_written_as_parquet_under_their_contract(folder, tmp_path):
    out = tmp_path / "out"
    done = run(folder / "meic.xlsx", "--species", "BC", "--output", out)
    assert done.exit_code == 0, done.output
    frame = read_parquet(out / "meic.xlsx.parquet", "inventory")
    assert frame["value_kt"].sum() == pytest.approx(1752 + 1701.5)
    again = run(folder / "meic.xlsx", "--species", "BC", "--output", out)
    assert again.exit_code == 2
    assert "exists; move it" in again.output


def test_the_report_is_json_on_request(folder):
    done = run(folder / "gains.csv", "--json")
    report = json.loads(done.output)
    assert report["format"] == "gains_emf30"
    assert report["years"] == [2010, 2015]


def test_formats_are_listed_and_a_file_is_needed():
    listed = run("--formats").output
    for name in ("emep_ceip", "reas3", "reas2", "edgar", "gains_emf30", "ceds", "meic"):
        assert name in listed
    assert run().exit_code == 2


def test_a_wrong_format_name_is_answered_with_the_nearest(folder):
    done = run(folder / "gains.csv", "--format", "gains_emf31")
    assert done.exit_code == 2
    assert "Did you mean 'gains_emf30'" in done.output
