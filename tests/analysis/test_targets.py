"""Targets by hand and the embedded ones."""

import pandas as pd
import pytest

from bc_inventory.analysis.mitigation.targets import (
    emission_gap,
    gap_after,
    pathway,
    progress,
    read_targets,
)
from bc_inventory.errors import DataError

TARGETS = read_targets()
ARCTIC = TARGETS[TARGETS["scope"] == "Arctic States"]


def series(values, region="Arctic States"):
    return pd.DataFrame(
        {
            "inventory": "reported",
            "region": region,
            "year": list(values),
            "emission_kt": list(values.values()),
        }
    )


def test_the_arctic_goal_by_hand():
    """100 kt in 2013: 75 to 67 in 2025; half way, in 2019, 87.5 to 83.5."""
    path = pathway(ARCTIC.iloc[0], 100.0).set_index("year")
    assert path.loc[2025].tolist() == pytest.approx([75.0, 67.0])
    assert path.loc[2019].tolist() == pytest.approx([87.5, 83.5])
    assert path.loc[2013].tolist() == [100.0, 100.0]


def test_the_arctic_states_were_ahead_of_the_path_in_2018():
    """20 % below 2013 in 2018, where the path asks for 5/12 of 25 to 33 %."""
    row = progress(series({2013: 100.0, 2018: 80.0}), ARCTIC).iloc[0]
    assert row["change"] == pytest.approx(-0.2)
    assert row["due_lower"] == pytest.approx(-0.25 * 5 / 12)
    assert row["due_upper"] == pytest.approx(-0.33 * 5 / 12)
    assert row["status"] == "on path"
    assert row["to_go_kt"] == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({2013: 100.0, 2018: 95.0}, "behind"),
        ({2013: 100.0, 2020: 74.0}, "met"),
        ({2013: 100.0, 2025: 75.0, 2030: 99.0}, "met"),
        ({2014: 100.0, 2018: 50.0}, "no base year"),
        ({2013: 100.0}, "base year only"),
    ],
)
def test_standing(values, status):
    assert progress(series(values), ARCTIC)["status"].tolist() == [status]


def test_a_constant_rate_falls_faster_at_first():
    target = ARCTIC.iloc[0].copy()
    target["path"] = "exponential"
    path = pathway(target, 100.0).set_index("year")["allowed_kt"]
    assert path.loc[2019] == pytest.approx(100 * 0.75**0.5)
    assert path.loc[2025] == pytest.approx(75.0)


def test_emission_gap():
    expected = pd.DataFrame(
        {
            "scope": ["EU"],
            "year": [2025],
            "base_kt": [250.0],
            "expected_kt": [200.0],
            "lower_kt": [150.0],
            "upper_kt": [260.0],
        }
    )
    gap = emission_gap(expected, TARGETS).set_index("target_id").loc["arctic-2025"]
    assert gap["allowed_kt"] == pytest.approx(187.5)
    assert gap["ambitious_kt"] == pytest.approx(167.5)
    assert (gap["gap_kt"], gap["gap_lower_kt"], gap["gap_upper_kt"]) == pytest.approx(
        (12.5, -37.5, 72.5)
    )


def test_nobody_is_bound_to_black_carbon():
    black_carbon = TARGETS[TARGETS["species"] == "BC"]
    assert "binding" not in set(black_carbon["kind"])


def test_a_users_pathway_is_checked(tmp_path):
    good = TARGETS.head(1).assign(scope="CN-SC", base_year=2015, target_year=2035)
    path = tmp_path / "mine.csv"
    good.to_csv(path, index=False)
    assert progress(series({2015: 28.7, 2020: 25.0}, "CN-SC"), read_targets(path))[
        "status"
    ].tolist() == ["on path"]
    good.assign(target_year=2010).to_csv(path, index=False)
    with pytest.raises(DataError, match="a target year after the base year"):
        read_targets(path)


def test_the_gap_as_it_stands_and_after_measures_by_hand():
    saved = pd.DataFrame(
        {"region": ["EU"], "share": [0.4], "share_lower": [0.1], "share_upper": [0.6]}
    )
    young = series({2019: 5.0}, "EU").assign(inventory="young")
    known = pd.concat([series({2013: 200.0, 2020: 180.0}, "EU"), young])
    made = gap_after(known, TARGETS[TARGETS["target_id"] == "arctic-2025"], saved)
    [row] = made.to_dict("records")
    assert (row["inventory"], row["year"], row["target_year"]) == ("reported", 2020, 2025)
    assert row["allowed_kt"] == pytest.approx(150.0)
    assert row["gap_kt"] == pytest.approx(30.0)
    assert row["gap_after_kt"] == pytest.approx(180 * 0.6 - 150)
    bounds = (row["gap_after_lower_kt"], row["gap_after_upper_kt"])
    assert bounds == pytest.approx((180 * 0.4 - 150, 180 * 0.9 - 150))
