"""Key categories against hand-worked assessments."""

import pandas as pd
import pytest

from bc_inventory.analysis.review.key_categories import key_categories, uncertainty_from_interval
from bc_inventory.errors import DataError
from bc_inventory.reference.limits import review_limits

LIMITS = review_limits()
NOW = pd.DataFrame(
    {
        "nfr": ["1A4bi", "1A3biii", "3F", "2A1"],
        "emission_kt": [50.0, 30.0, 15.0, 5.0],
        "uncertainty": [0.5, 0.2, 2.0, 1.0],
    }
)
THEN = pd.DataFrame(
    {"nfr": ["1A4bi", "1A3biii", "3F", "2A1"], "emission_kt": [60.0, 60.0, 0.0, 5.0]}
)


def assessment(result, name, approach):
    chosen = result[(result["assessment"] == name) & (result["approach"] == approach)]
    return chosen.set_index("nfr")


def test_level_by_hand():
    """Shares 0.50, 0.30, 0.15, 0.05: the second reaches 80 % and is the last key category."""
    level = assessment(key_categories(NOW, LIMITS), "level", 1)
    assert level["contribution"].tolist() == pytest.approx([0.5, 0.3, 0.15, 0.05])
    assert level["key"].tolist() == [True, True, False, False]


def test_level_with_uncertainty_by_hand():
    """Level x uncertainty: 25, 6, 30, 5 of 66; field burning leads, 61/66 = 92 % with three."""
    level = assessment(key_categories(NOW, LIMITS), "level", 2)
    assert level.index.tolist() == ["3F", "1A4bi", "1A3biii", "2A1"]
    assert level["contribution"].tolist() == pytest.approx([30 / 66, 25 / 66, 6 / 66, 5 / 66])
    assert level["key"].tolist() == [True, True, True, False]


def test_trend_by_hand():
    """Totals 125 -> 100, -20 %.

    1A4bi 0.48 |-1/6 + 0.2| = 0.016, 1A3biii 0.48 |-0.5 + 0.2| = 0.144,
    2A1 0.04 |0 + 0.2| = 0.008, 3F from nothing 15/125 = 0.12; sum 0.288.
    """
    trend = assessment(key_categories(NOW, LIMITS, THEN), "trend", 1)
    assert trend.index.tolist() == ["1A3biii", "3F", "1A4bi", "2A1"]
    expected = [0.144 / 0.288, 0.12 / 0.288, 0.016 / 0.288, 0.008 / 0.288]
    assert trend["contribution"].tolist() == pytest.approx(expected)
    assert trend["key"].tolist() == [True, True, False, False]
    assert trend.loc["3F", "base_kt"] == 0.0


def test_a_category_unknown_in_the_base_year_has_no_trend():
    known = THEN.assign(emission_kt=[60.0, 60.0, None, 5.0])
    result = key_categories(NOW, LIMITS, known)
    assert "3F" not in assessment(result, "trend", 1).index
    assert "3F" in assessment(result, "level", 1).index


def test_uncertainty_is_half_the_interval():
    frame = pd.DataFrame(
        {"emission_kt": [10.0, 0.0], "lower_kt": [5.0, 0.0], "upper_kt": [20.0, 1]}
    )
    assert uncertainty_from_interval(frame).iloc[0] == pytest.approx(0.75)
    assert uncertainty_from_interval(frame).isna().iloc[1]


def test_a_category_twice_is_refused():
    with pytest.raises(DataError, match="the category 1A4bi twice"):
        key_categories(pd.concat([NOW, NOW.iloc[:1]]), LIMITS)
