"""Reported activity takes the place of what is harmonised, and nothing else."""

import pandas as pd
import pytest

from bc_inventory.errors import DataError
from bc_inventory.inventory.activity import harmonise
from bc_inventory.inventory.facts import ACTIVITY_SIDE, fact_paths, load_facts, load_published

HEADER = (
    "year,region,nfr,fuel,quantity,quantity_lower,quantity_upper,unit,tier,confidence,"
    "source_id,note\n"
)


@pytest.fixture
def activity(small):
    """Return the activity of the small facts with some rows reported."""

    def harmonised(*rows):
        text = HEADER + "".join(f"{row}\n" for row in rows)
        (small / "activity_reported.csv").write_text(text, encoding="utf-8")
        facts = load_facts(fact_paths(small, ACTIVITY_SIDE))
        published = load_published(sorted((small / "activity").iterdir()), facts.known())
        regions = facts.regions[facts.regions["side"] != "none"]
        return harmonise(published, facts, regions, [2018])[0]

    return harmonised


def by_key(table):
    return table.set_index(["region", "nfr", "fuel"])


def test_a_reported_figure_replaces_all_of_its_key_and_leaves_the_rest(activity):
    before = by_key(activity())
    # 3 10^4 t at 20 MJ/kg are 600 TJ, where the mapping gives half of 100 kt: 1000 TJ.
    after = by_key(activity("2018,CN-HE,1A4bi,coal,3,2.7,3.3,1e4 t,3,high,s,measured"))
    coal = after.loc[("CN-HE", "1A4bi", "coal")]
    assert before.loc[("CN-HE", "1A4bi", "coal"), "activity"] == pytest.approx(1000)
    assert coal["activity"] == pytest.approx(600)
    assert (coal["activity_lower"], coal["activity_upper"]) == pytest.approx((540, 660), rel=1e-6)
    assert (coal["flag"], coal["tier"], coal["ncv_id"]) == ("reported", 3, "ncv-coal")
    rest = [key for key in before.index if key != ("CN-HE", "1A4bi", "coal")]
    same = [table.loc[rest].astype(object).fillna("none") for table in (after, before)]
    pd.testing.assert_frame_equal(*same)


def test_a_fuel_that_nobody_mapped_may_be_reported(activity):
    after = by_key(activity("2018,CN-HE,1A4bi,wood,50,40,60,TJ,2,high,s,"))
    assert after.loc[("CN-HE", "1A4bi", "wood"), "activity"] == pytest.approx(50)


def test_rows_of_other_years_and_regions_change_nothing(activity):
    before = activity()
    after = activity(
        "2017,CN-HE,1A4bi,coal,3,2.7,3.3,1e4 t,3,high,s,", "2018,HK,1A4bi,coal,3,2,4,kt,3,high,s,"
    )
    assert after.equals(before)


def test_zero_is_a_figure(activity):
    coal = by_key(activity("2018,CN-HE,1A4bi,coal,0,0,0,kt,3,high,s,")).loc[
        ("CN-HE", "1A4bi", "coal")
    ]
    assert coal["activity"] == 0
    assert coal["notation_key"] is None


def test_a_mass_without_a_calorific_value_is_refused(activity):
    with pytest.raises(DataError, match="calorific value or CO2 factor"):
        activity("2018,DE,1A4bi,wood,3,2,4,kt,3,high,s,")
