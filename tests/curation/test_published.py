"""What is taken of the publishers' files, and what its zeros stand for."""

from pathlib import Path

import pandas as pd
import pytest

from bc_inventory.errors import SourceError
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv
from curation import published


def test_a_folder_without_the_files_says_which_are_missing(tmp_path):
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"no file of CEADs .*UNFCCC.*World Bank"):
        published.publishers_files(tmp_path)


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
    made = published._without_false_zeros(_rows([0.0, 0.0, 5.0, 0.0]))
    assert made["quantity"].isna().tolist() == [True, True, False, False]
    assert made["notation_key"].tolist()[:2] == ["NE", "NE"]
    assert made["quantity"].tolist()[2:] == [5.0, 0.0]


def test_a_series_of_zeros_is_left_out_and_absent_zeros_are_dropped():
    assert published._without_false_zeros(_rows([0.0, 0.0])).empty
    assert published._without_false_zeros(_rows([0.0, 2.0], zeros="absent"))["year"].tolist() == [
        2016
    ]
    assert len(published._without_false_zeros(_rows([0.0, 2.0], zeros="keep"))) == 2


def test_misprints_of_population_are_read_as_the_table_says():
    people = read_csv(data_root() / "population.csv", "population")
    fixes = read_csv(data_root() / "population_corrections.csv", "population_corrections")
    both = fixes.merge(people, on=["region", "year"], suffixes=("_read", ""))
    assert (both["population"] == both["population_read"]).all()
    assert Path(data_root() / "activity_selection.csv").is_file()
