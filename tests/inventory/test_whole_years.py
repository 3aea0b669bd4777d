"""Which years are whole, and what an incomplete one is published as."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory.cf.labels import with_labels
from bc_inventory.inventory.cube import write_cube
from bc_inventory.inventory.uncertainty import totals
from bc_inventory.inventory.whole_years import cells_of, whole_years
from bc_inventory.schema.enumerations import Level
from tests.analysis.frames import emissions

CAR = {"nfr": "1A3bi", "gnfr": "F_RoadTransport", "fuel": "diesel", "technology": "euro_6"}
STOVE = {"nfr": "1A4bi"}
LEAST = 0.95


def row(year, kt, **columns):
    return {"year": year, "emission_kt": kt, "activity": 1.0, "emission_factor": 1.0} | columns


def verdicts(*rows):
    table = whole_years(cells_of(emissions(*rows)), LEAST)
    return {
        (side, year): (word, part)
        for side, year, word, part in zip(
            table["side"], table["year"], table["completeness"], table["coverage"], strict=True
        )
    }


@pytest.fixture(scope="module")
def collapsed():
    """Road traffic, 40 of 100 kt in 2021, has no figure in 2022."""
    return emissions(
        row(2021, 60.0, **STOVE),
        row(2021, 40.0, **CAR),
        row(2022, 66.0, **STOVE),
    )


def test_a_year_without_road_traffic_is_incomplete():
    result = verdicts(row(2021, 60.0, **STOVE), row(2021, 40.0, **CAR), row(2022, 66.0, **STOVE))
    assert result["EU", 2022] == ("incomplete", pytest.approx(0.6))
    assert result["EU", 2021][0] == "whole"


def test_years_before_the_first_whole_one_are_compared_with_it():
    result = verdicts(row(2014, 66.0, **STOVE), row(2015, 60.0, **STOVE), row(2015, 40.0, **CAR))
    assert result["EU", 2014] == ("incomplete", pytest.approx(0.6))
    assert result["EU", 2015][0] == "whole"


def test_an_incomplete_year_isnt_what_the_next_is_compared_with():
    result = verdicts(
        row(2020, 60.0, **STOVE), row(2020, 40.0, **CAR),
        row(2021, 60.0, **STOVE), row(2022, 60.0, **STOVE),
    )  # fmt: skip
    assert [result["EU", year][0] for year in (2020, 2021, 2022)] == [
        *("whole", "incomplete", "incomplete")
    ]


def test_a_fuel_given_up_leaves_a_year_whole():
    result = verdicts(row(2021, 96.0, **STOVE), row(2021, 4.0, **CAR), row(2022, 90.0, **STOVE))
    assert result["EU", 2022] == ("whole", pytest.approx(0.96))


def test_activity_of_another_publication_takes_the_place_of_the_old():
    """Road fuel comes from other statistics in 2022; a remnant of the old ones isn't that."""
    old, other = {**CAR, "activity_id": "crf"}, {**CAR, "activity_id": "traq"}
    blend = {**CAR, "activity_id": "biodiesel", "technology": "euro_5"}
    before = [row(2021, 60.0, **STOVE), row(2021, 38.0, **old), row(2021, 2.0, **blend)]
    stove = row(2022, 60.0, **STOVE)
    replaced = verdicts(*before, stove, row(2022, 36.0, **other), row(2022, 2.0, **blend))
    remnant = verdicts(*before, stove, row(2022, 2.0, **blend))
    assert replaced["EU", 2022] == ("whole", pytest.approx(1.0))
    assert remnant["EU", 2022] == ("incomplete", pytest.approx(0.62))


def test_a_single_year_is_untested():
    assert verdicts(row(2018, 1.0))["EU", 2018][0] == "untested"


def test_what_is_lacking_is_named_largest_first():
    table = emissions(
        row(2021, 60.0, **STOVE), row(2021, 10.0, **CAR), row(2021, 20.0, region="FR", **CAR),
        row(2021, 9.0, nfr="1A3biii", gnfr="F_RoadTransport", fuel="diesel"),
        row(2022, 66.0, **STOVE),
    )  # fmt: skip
    short = whole_years(cells_of(table), LEAST).set_index("year").loc[2022]
    assert short["lacking"] == "1A3bi diesel 30 kt in 2 regions; 1A3biii diesel 9 kt in 1 regions"
    assert short["lacking_kt"] == pytest.approx(39.0)


def test_an_incomplete_year_has_rows_and_no_total(collapsed):
    sums = totals(collapsed, draws=20, seed=1)
    mine = sums[sums["year"] == 2022].set_index(["level", "gnfr", "nfr"])
    whole = sums[sums["year"] == 2021]
    assert whole["emission_kt"].notna().all()
    side = mine.loc[(Level.SIDE, "*", "*")]
    assert side["completeness"] == "incomplete"
    numbers = [name for name in sums if name.endswith("_kt")]
    assert side[numbers].isna().all()
    # What stoves emitted is known as well as in the year before.
    stoves = mine.loc[(Level.SIDE_NFR, "*", "1A4bi")]
    assert stoves["completeness"] == "whole"
    assert stoves["emission_kt"] == pytest.approx(66.0)


def test_netcdf_says_which_year_is_incomplete_and_what_it_lacks(collapsed, tmp_path):
    import xarray as xr

    sums = totals(collapsed, draws=20, seed=1)
    told = whole_years(cells_of(collapsed), LEAST)
    path = write_cube(sums, told, tmp_path / "cube.nc", title="t", factor_set="harmonised")
    with xr.open_dataset(path) as stored:
        cube = with_labels(stored).assign_coords(time=stored["time"].dt.year)
        words = cube["completeness"].attrs["flag_meanings"].split()
        flags = cube["completeness"].sel(domain="EU").to_series()
        assert {year: words[flag] for year, flag in flags.items()} == {
            2021: "whole",
            2022: "incomplete",
        }
        assert cube["completeness"].attrs["lacking"].startswith("2022 EU: 1A3bi diesel")
        assert np.isfinite(cube["emission"].sel(time=2022, region="DE", sector="1A4bi"))


@pytest.mark.parametrize("least", [0.5, 0.95])
def test_parts_of_a_year_as_whole_as_the_limit_asks(least):
    table = emissions(row(2021, 60.0, **STOVE), row(2021, 40.0, **CAR), row(2022, 66.0, **STOVE))
    words = whole_years(cells_of(table), least).set_index("year")["completeness"]
    assert words[2022] == ("whole" if least <= 0.6 else "incomplete")


def test_domains_are_judged_each_by_itself():
    result = verdicts(
        row(2021, 60.0, **STOVE), row(2022, 66.0, **STOVE),
        row(2021, 9.0, side="CN", region="CN-HE", **CAR),
        row(2021, 9.0, side="CN", region="CN-HE", **STOVE),
        row(2022, 9.0, side="CN", region="CN-HE", **STOVE),
    )  # fmt: skip
    assert result["EU", 2022][0] == "whole"
    assert result["CN", 2022] == ("incomplete", pytest.approx(0.5))


def test_rows_without_a_figure_and_memo_items_dont_count():
    table = emissions(
        row(2021, 60.0, **STOVE), row(2022, 66.0, **STOVE),
        row(2021, 40.0, memo=True, **CAR),
        {"year": 2021, "nfr": "3F", "notation_key": "NE", "share": None},
    )  # fmt: skip
    assert set(cells_of(table)["nfr"]) == {"1A4bi"}
    assert pd.notna(whole_years(cells_of(table), LEAST)["completeness"]).all()
