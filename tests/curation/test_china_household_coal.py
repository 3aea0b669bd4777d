"""Household coal outside statistics: by hand, and against what it isn't made from."""

import pytest

from curation.china_household_coal import Surveys, missed, province_shares
from curation.maker import Roots


def test_the_mean_is_that_of_two_surveys():
    # (300 + 100) / 2 = 200 for the first, 100 for the second; a tenth less in another year.
    surveys = Surveys(quantity=300.0, ratio=100.0, energy_survey=100.0)
    assert surveys.mean == pytest.approx(150.0)
    assert surveys.moved(0.9).mean == pytest.approx(135.0)
    assert surveys.moved(0.9).readings == pytest.approx((270.0, 90.0, 90.0))


def test_the_interval_spans_the_readings():
    # 179.8 Mt at 20.908 PJ/Mt is 3759.3 PJ; the rural row of 2010 is 1318 PJ.
    row = missed(Roots()).set_index("year").loc[2010]
    assert row["quantity_upper"] == pytest.approx(179.8 * 20.908 - 1318, abs=2)
    assert row["quantity_lower"] == pytest.approx(0.62 * 1318, abs=2)
    assert row["quantity_lower"] < row["quantity"] < row["quantity_upper"]


@pytest.mark.shared
def test_hebei_burns_what_another_survey_found(roots):
    # Peng 2019 gives Hebei 20.8 Mt in 2010; its share here is from Wei 2017. Statistics of
    # 2014: 12.15 Mt of raw coal and few briquettes.
    lacking = missed(roots).set_index("year").loc[2014, "quantity"]
    hebei = 12.15 + province_shares(roots)["CN-HE"] * lacking / 20.908
    assert hebei == pytest.approx(20.8, rel=0.15)
