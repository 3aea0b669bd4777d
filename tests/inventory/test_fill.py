"""Splicing against numbers worked by hand, and the embedded rules."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.errors import JoinError
from bc_inventory.inventory.fill import repair
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import check, read_csv

PEOPLE = pd.DataFrame(
    {"region": ["A", "B", "B"], "year": [2015, 2015, 2016], "population": [1e6, 2e6, 4e6]}
)


def published(**series):
    rows = []
    for name, values in series.items():
        for year, value in zip(range(2015, 2021), values, strict=False):
            absent = value is None
            rows.append(
                {
                    "year": year,
                    "region": name,
                    "source_sector": "s",
                    "source_fuel": "f",
                    "quantity": np.nan if absent else float(value),
                    "unit": "TJ",
                    "quantity_kind": "fuel_energy",
                    "notation_key": "NE" if absent else None,
                    "flag": None,
                    "source_id": "x",
                    "note": None,
                }
            )
    return pd.DataFrame(rows)


def rules(**given_values):
    row = {
        "repair_id": "r",
        "region": "A",
        "source_sector": "s",
        "source_fuel": "f",
        "method": "overlap",
        "year_from": 2015,
        "year_to": 2016,
        "reference_from": None,
        "reference_to": None,
        "surrogate_region": None,
        "factor": None,
        "per_head": False,
        "relative": 0.3,
        "confidence": "medium",
        "source_id": "x",
        "note": None,
    }
    return pd.DataFrame([{**row, **given_values}])


def values(repaired, region="A"):
    rows = repaired[repaired["region"] == region]
    return rows["quantity"].tolist()


def test_overlap_moves_the_old_part_to_the_level_of_the_new():
    # Both parts grow by a fifth a year; the step that is left is 20 / (12 x 1.2).
    frame, made = repair(
        published(A=[10, 12, 20, 24]),
        rules(reference_from=2017, reference_to=2018),
        PEOPLE,
    )
    assert values(frame) == pytest.approx([20 / 1.44, 20 / 1.2, 20.0, 24.0])
    assert made["published"].tolist() == [10.0, 12.0]
    assert frame["flag"].tolist()[:2] == ["filled_overlap"] * 2
    assert frame["note"].tolist()[0] == "r; published: 10"


def test_overlap_leaves_a_steady_trend_alone_and_moves_a_level():
    steady = [100 * 1.1**n for n in range(4)]
    rule = rules(reference_from=2017, reference_to=2018)
    frame, _ = repair(published(A=steady), rule, PEOPLE)
    assert values(frame) == pytest.approx(steady)
    # One figure on each side tells nothing of a trend.
    single = rules(year_to=2015, reference_from=2016, reference_to=2016)
    frame, _ = repair(published(A=[10, 30]), single, PEOPLE)
    assert values(frame) == pytest.approx([30.0, 30.0])


def test_surrogate_follows_the_other_series():
    # level 30 at 2017, B goes 4, 5 -> 6: 30 x 4 / 6 and 30 x 5 / 6.
    frame, _ = repair(
        published(A=[None, None, 30], B=[4, 5, 6]),
        rules(method="surrogate", reference_from=2017, reference_to=2017, surrogate_region="B"),
        PEOPLE,
    )
    assert values(frame) == pytest.approx([20.0, 25.0, 30.0])
    assert frame["notation_key"].isna().all()
    assert values(frame, "B") == [4.0, 5.0, 6.0]


def test_surrogate_leaves_out_members_that_lack_a_year_and_mended_ones():
    frame, _ = repair(
        published(A=[None, 10], B=[4, 8], C=[None, 99], D=[1, 50]),
        pd.concat(
            [
                rules(
                    method="surrogate",
                    year_to=2015,
                    reference_from=2016,
                    reference_to=2016,
                    surrogate_region="*",
                ),
                rules(
                    region="D",
                    repair_id="d",
                    year_to=2015,
                    reference_from=2016,
                    reference_to=2016,
                ),
            ]
        ),
        PEOPLE,
    )
    assert values(frame)[0] == pytest.approx(5.0)


def test_a_series_without_figures_is_made_by_factor_and_head():
    # 0.5 x 8 x 1e6/2e6 = 2; 2016: A has 2015's million, B four: 0.5 x 12 x 1/4 = 1.5.
    frame, made = repair(
        published(B=[8, 12]),
        rules(method="surrogate", surrogate_region="B", factor=0.5, per_head=True),
        PEOPLE,
    )
    assert values(frame) == pytest.approx([2.0, 1.5])
    assert made["unit"].tolist() == ["TJ", "TJ"]
    assert frame["note"].iloc[0] == "r; published: no figure"
    check(frame, "activity_published")


def test_interpolation_is_linear_between_the_neighbours():
    frame, _ = repair(
        published(A=[10, None, None, 40]),
        rules(method="interpolation", year_from=2016, year_to=2017),
        PEOPLE,
    )
    assert values(frame) == pytest.approx([10, 20, 30, 40])


def test_extrapolation_follows_the_line_and_stops_at_zero():
    frame, _ = repair(
        published(A=[None, None, 1, 3, 5]),
        rules(method="extrapolation", reference_from=2017, reference_to=2019),
        PEOPLE,
    )
    assert values(frame) == pytest.approx([0, 0, 1, 3, 5])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "interpolation", "year_from": 2015}, "no figure on one side"),
        ({"method": "overlap"}, "no reference years"),
        ({"method": "surrogate", "reference_from": 2017, "reference_to": 2018}, "no surrogate"),
        (
            {
                "method": "surrogate",
                "reference_from": 2017,
                "reference_to": 2018,
                "surrogate_region": "Z",
            },
            "no figure to work from",
        ),
        (
            {"method": "extrapolation", "reference_from": 2017, "reference_to": 2017},
            "1 figures",
        ),
    ],
)
def test_a_rule_without_ground_is_refused(change, message):
    with pytest.raises(JoinError, match=message):
        repair(published(A=[None, None, 3, 4]), rules(**change), PEOPLE)


def test_two_rules_for_one_figure_are_refused():
    both = pd.concat(
        [
            rules(reference_from=2017, reference_to=2018),
            rules(repair_id="q", reference_from=2017, reference_to=2017, year_to=2015),
        ]
    )
    with pytest.raises(JoinError, match="rules q, r for one figure"):
        repair(published(A=[1, 2, 3, 4]), both, PEOPLE)


@settings(max_examples=50)
@given(
    st.lists(st.floats(1, 1e6), min_size=4, max_size=4),
    st.floats(0.1, 10),
)
def test_overlap_scales_with_the_new_part_and_keeps_the_shape_of_the_old(series, scale):
    rule = rules(reference_from=2017, reference_to=2018)
    plain, _ = repair(published(A=series), rule, PEOPLE)
    moved, _ = repair(published(A=[*series[:2], *(scale * x for x in series[2:])]), rule, PEOPLE)
    first, second = values(plain)[:2], values(moved)[:2]
    assert second == pytest.approx([scale * x for x in first])
    assert first[0] * series[1] == pytest.approx(first[1] * series[0])


@pytest.fixture(scope="module")
def mended():
    data = data_root()
    files = sorted((data / "activity").glob("*.csv"))
    figures = pd.concat([read_csv(f, "activity_published") for f in files], ignore_index=True)
    table = read_csv(data / "activity_repairs.csv", "activity_repairs")
    people = read_csv(data / "population.csv", "population")
    return figures, *repair(figures, table, people)


def test_embedded_rules_touch_nothing_else(mended):
    before, after, made = mended
    check(after, "activity_published")
    key = ["year", "region", "source_sector", "source_fuel", "unit"]
    left = before.merge(made[key], on=key, how="left", indicator=True)
    left = left[left.pop("_merge") == "left_only"].sort_values(key).reset_index(drop=True)
    kept = after[~after["flag"].fillna("").str.startswith("filled_")]
    kept = kept.sort_values(key).reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, left, check_dtype=False)
    assert len(after) - len(kept) == len(made)


@pytest.mark.parametrize(
    ("region", "year", "tno_2010"),
    [
        ("BE", 2015, 26_400),
        ("DK", 2016, 44_144),
        ("LT", 2015, 25_822),
        ("SE", 2016, 43_795),
        ("SK", 2016, 24_895),
    ],
)
def test_mended_wood_lies_near_an_independent_estimate(mended, region, year, tno_2010):
    # Denier van der Gon et al. 2015 for 2010, a year a fifth colder than 2015-2017.
    _, after, _ = mended
    wood = after[
        (after["region"] == region)
        & (after["year"] == year)
        & (after["source_fuel"] == "R5110-5150_W6000RI")
    ]["quantity"].iloc[0]
    assert 0.65 < wood / tno_2010 < 1.1


def test_no_hole_is_left_in_household_wood_and_tibet_has_figures(mended):
    _, after, _ = mended
    wood = after[(after["source_fuel"] == "R5110-5150_W6000RI") & after["year"].between(2000, 2024)]
    assert wood["quantity"].notna().all()
    assert wood.groupby("year")["region"].nunique().eq(27).all()
    tibet = after[after["region"] == "CN-XZ"]
    assert set(tibet["year"]) == set(range(2000, 2025))
    assert tibet["flag"].eq("filled_surrogate").all()
