"""Categories that move much in a year, and what is said to move them."""

import pytest

from bc_inventory.analysis.review.category_steps import category_steps, large_steps
from bc_inventory.inventory.uncertainty import totals
from tests.analysis.frames import emissions

LIMITS = {"category_share": 0.01, "category_step": 1 / 3}


def stove(year, activity, factor=100.0, **columns):
    return {"year": year, "activity": activity, "emission_factor": factor} | columns


def steps(*rows):
    table = emissions(*rows)
    return category_steps(table, large_steps(totals(table, draws=10, seed=1), LIMITS))


def test_a_fall_by_half_is_listed_with_its_cause():
    """Two of three regions burn as before; Poland burns 3 000 TJ less: 0.3 of 0.5 kt."""
    other = {"nfr": "1A3bi", "gnfr": "F_RoadTransport", "fuel": "diesel", "technology": "euro_6"}
    rows = steps(
        stove(2017, 1000.0), stove(2017, 4000.0, region="PL"), stove(2017, 5000.0, **other),
        stove(2018, 1000.0), stove(2018, 1000.0, region="PL", flag="extrapolated"),
        stove(2018, 5000.0, **other),
    )  # fmt: skip
    assert rows[["nfr", "year", "head"]].to_numpy().tolist() == [["1A4bi", 2018, "activity"]]
    assert rows["change"].iat[0] == pytest.approx(-0.6)
    assert rows["head_kt"].iat[0] == pytest.approx(-0.3)
    assert rows["where"].iat[0].startswith("PL fuelwood -0.3 kt")
    assert rows["flags"].iat[0] == "extrapolated"


def test_a_third_is_the_limit_and_a_gap_between_years_isnt_a_year():
    assert steps(stove(2017, 3000.0), stove(2018, 2001.0)).empty
    assert len(steps(stove(2017, 3000.0), stove(2018, 1999.0))) == 1
    assert steps(stove(2015, 3000.0), stove(2018, 1000.0)).empty


def test_a_small_category_isnt_listed():
    small = {"nfr": "1A3c", "gnfr": "I_Offroad", "fuel": "diesel"}
    rows = [stove(2017, 10_000.0), stove(2018, 10_000.0)]
    assert steps(*rows, stove(2017, 50.0, **small), stove(2018, 100.0, **small)).empty
    assert len(steps(*rows, stove(2017, 100.0, **small), stove(2018, 200.0, **small))) == 1


def test_figures_that_begin_are_coverage():
    new = {"nfr": "5C2", "gnfr": "J_Waste", "fuel": "prunings"}
    rows = steps(stove(2017, 1000.0), stove(2018, 1000.0), stove(2018, 40.0, **new))
    assert rows[["nfr", "head"]].to_numpy().tolist() == [["5C2", "coverage"]]
    assert rows["change"].isna().all()
