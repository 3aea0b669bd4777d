"""Field burning from reported methane, by hand."""

import pandas as pd
import pytest

from curation.field_burning import DRIVER, MAKER, SOURCE, burnt, methane
from curation.maker import Roots


def test_methane_of_the_union_is_what_its_members_report():
    """Sums that the publisher's tables give, kt: 56.9, 22.0, 15.2 and 23.6."""
    sums = {year: known.sum() for year, known in methane(Roots())}
    assert {year: round(sums[year], 1) for year in (2000, 2010, 2018, 2024)} == {
        2000: 56.9,
        2010: 22.0,
        2018: 15.2,
        2024: 23.6,
    }


def test_dry_matter_by_hand():
    # 15.16 kt over 2.7 g/kg is 5.615 Mt.
    assert burnt(15.16) == pytest.approx(5.615, abs=0.001)
    rows = MAKER.make(Roots())["activity_national.csv"].set_index("year")
    assert rows.loc[2018, "quantity"] == pytest.approx(5.615, abs=0.001)
    assert rows.loc[2018, "quantity_upper"] == pytest.approx(2 * 5.615, abs=0.002)


def test_shares_of_members_are_those_of_methane(root):
    rows = pd.read_csv(root / "data" / "region_shares.csv", keep_default_na=False)
    mine = rows[(rows["driver"] == DRIVER) & (rows["year"] == 2018)]
    assert set(mine["source_id"]) == {SOURCE}
    assert mine["share"].sum() == pytest.approx(1.0)
    # Romania 10.789 of 15.160 kt.
    share = mine.set_index("region")["share"]
    assert share["RO"] == pytest.approx(10.789 / 15.160, abs=0.001)
    assert "DE" not in share.index
