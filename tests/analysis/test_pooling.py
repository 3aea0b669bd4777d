"""Agreement of inventories, by hand."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory.analysis.comparison.pooling import (
    compare_trends,
    consensus,
    rank_agreement,
    reconcile,
    share_distance,
)
from bc_inventory.analysis.comparison.prediction import prediction_reach
from bc_inventory.analysis.comparison.random_effects import random_effects

LIMITS = {"significance": 0.05}


def cells(values, factor=2.0, inventory="ours"):
    frame = pd.DataFrame({"emission_kt": values})
    frame["lower_kt"] = frame["emission_kt"] / factor if factor else np.nan
    frame["upper_kt"] = frame["emission_kt"] * factor if factor else np.nan
    frame["region"] = [f"R{n}" for n in range(len(frame))]
    return frame.assign(inventory=inventory, year=2015, sector="*")


def test_z_by_hand():
    """Interval x/: 2 is sigma ln 2/1.96; ratio 2 with equal sigmas is z = 1.96/sqrt 2 = 1.386."""
    result = reconcile(cells([10.0]), cells([20.0]), LIMITS)
    row = result.iloc[0]
    assert row["ratio"] == 2.0
    assert row["difference_kt"] == 10.0
    assert row["z"] == pytest.approx(1.959964 / np.sqrt(2), abs=1e-6)
    assert row["p_value"] == pytest.approx(0.16577, abs=1e-4)
    assert not row["significant"]


def test_means_and_medians_of_the_same_draws_give_one_z():
    """Intervals 5 to 20 and 10 to 80: middles 10 and 28.28, s = 0.35365 and 0.53047."""
    frames = []
    for ours, theirs in ((10.0, 28.28), (11.0, 33.0)):
        one = cells([ours]).assign(lower_kt=5.0, upper_kt=20.0)
        two = cells([theirs]).assign(lower_kt=10.0, upper_kt=80.0)
        frames.append(reconcile(one, two, LIMITS).iloc[0])
    assert frames[0]["z"] == frames[1]["z"]
    assert frames[0]["z"] == pytest.approx(np.log(8**0.5) / np.hypot(0.35365, 0.53047), abs=1e-4)


def test_a_lower_bound_of_zero_still_has_a_z():
    zero = cells([10.0]).assign(lower_kt=0.0)
    row = reconcile(zero, cells([40.0]), LIMITS).iloc[0]
    assert row["z"] > 0
    assert row["p_value"] < 1


def test_swapping_turns_z_round():
    one, two = cells([10.0, 3.0]), cells([20.0, 9.0])
    there, back = reconcile(one, two, LIMITS), reconcile(two, one, LIMITS)
    assert (there["z"] == -back["z"]).all()
    assert there["ratio"].tolist() == pytest.approx((1 / back["ratio"]).tolist())


def test_many_cells_of_noise_are_not_called_significant():
    """Twenty cells, one at p = 0.04: alone it would pass, among twenty it doesn't."""
    ratio = np.exp(2.054 * np.sqrt(2) * np.log(2) / 1.959964)
    assert reconcile(cells([10.0]), cells([10.0 * ratio]), LIMITS)["significant"].all()
    many = reconcile(cells([10.0] * 20), cells([10.0 * ratio] + [10.0] * 19), LIMITS)
    assert not many["significant"].any()


def test_without_an_interval_nothing_is_said():
    result = reconcile(cells([10.0]), cells([20.0], factor=None), LIMITS)
    assert result["z"].isna().all()
    assert result["significant"].isna().all()


def test_missing_and_zero_figures():
    one, two = cells([10.0, np.nan, 0.0]), cells([20.0, 5.0, 5.0])
    result = reconcile(one, two, LIMITS)
    assert result["region"].tolist() == ["R0", "R2"]
    assert np.isnan(result["ratio"].iloc[1])
    assert result["difference_kt"].iloc[1] == 5.0


def test_ranks():
    base = pd.Series([1.0, 2, 3, 4], index=list("abcd"))
    other = pd.Series([10.0, 30, 20, 40, 99], index=list("abcde"))
    agreement = rank_agreement(base, other)
    # One swap of neighbours among four: rho = 1 - 6 x 2 / (4 x 15) = 0.8, tau = (5 - 1)/6.
    assert agreement["spearman"] == pytest.approx(0.8)
    assert agreement["kendall"] == pytest.approx(4 / 6)
    assert agreement["n"] == 4
    assert np.isnan(rank_agreement(base.iloc[:2], other)["spearman"])


def test_share_distance():
    base = pd.Series({"C": 50.0, "F": 50.0})
    assert share_distance(base, base * 7) == 0
    assert share_distance(base, pd.Series({"J": 5.0})) == 1.0
    assert share_distance(base, pd.Series({"C": 75.0, "J": 25.0})) == pytest.approx(0.5)


def three(*values):
    return pd.concat([cells([v], inventory=name) for v, name in zip(values, "abc", strict=True)])


def test_consensus_by_hand():
    """Equal intervals x/: 2 around 10, 20 and 80: logarithms -a, 0 and 2a about 20, a = ln 2.

    s = a/1.96 = 0.35365. About their mean a/3 the squares sum to a^2 (5 - 1/3) = 2.24210;
    Q = 17.927, tau^2 = (Q - 2) s^2 / 2 = 0.99598, and with t(2) = 4.30265 the half width is
    4.30265 sqrt(2.24210 / 2 / 3) = 2.63019, since (Q - 2)/2 was chosen so that q is one.
    """
    row = consensus(three(10.0, 20.0, 80.0)).iloc[0]
    assert (row["lowest_kt"], row["median_kt"], row["highest_kt"]) == (10.0, 20.0, 80.0)
    assert row["pooled_kt"] == pytest.approx(20 * 2 ** (1 / 3))
    assert row["between_sigma"] ** 2 == pytest.approx(0.99598, abs=1e-4)
    assert np.log(row["pooled_upper_kt"] / row["pooled_kt"]) == pytest.approx(2.63019, abs=1e-4)


def test_consensus_of_agreeing_inventories_has_no_spread_between_them():
    """And isn't narrower than their errors make it: t(2) s / sqrt 3."""
    row = consensus(three(10.0, 10.0, 10.0)).iloc[0]
    assert row["between_sigma"] == 0.0
    assert np.log(row["pooled_upper_kt"] / 10) == pytest.approx(
        4.30265 * 0.35365 / 3**0.5, abs=1e-4
    )


def test_nothing_is_pooled_from_two():
    both = pd.concat([cells([10.0], inventory="a"), cells([40.0], inventory="b")])
    row = consensus(both).iloc[0]
    assert (row["inventories"], row["median_kt"]) == (2, 25.0)
    assert row[["pooled_kt", "predicted_upper_kt", "between_sigma"]].isna().all()


def test_cells_that_do_not_mean_the_same_stay_out():
    verdict = {"base": "a", "other": "c", "sector": "*", "aspect": "condensables"}
    for word, pooled in (("not", False), ("partly", True)):
        matrix = pd.DataFrame([verdict | {"verdict": word}])
        row = consensus(three(10.0, 20.0, 80.0), matrix=matrix).iloc[0]
        assert pd.notna(row["pooled_kt"]) == pooled


def test_inventories_with_one_source_of_activity_count_for_less():
    """Weights with equal errors, rho = 0.5 between a and b: 1/1.5 each, and 1 for c.

    Without a spread between them the mean of logarithms 0, 0 and d is d / (1 + 2/1.5) = 3d/7.
    """
    related = {"base": "a", "other": "b", "sector": "*", "aspect": "activity_source"}
    matrix = pd.DataFrame([related | {"verdict": "agree"}])
    row = consensus(three(10.0, 10.0, 12.0), matrix=matrix, correlation=0.5).iloc[0]
    assert row["related_pairs"] == 1
    assert row["pooled_kt"] == pytest.approx(10 * 1.2 ** (3 / 7))


def test_what_is_pooled_is_the_same_of_means_and_medians():
    """Bounds decide: middles of logarithms, so 10, 20 and 80 with or without a mean above."""
    stated = three(10.0, 20.0, 80.0)
    row, of_means = (
        consensus(frame).iloc[0] for frame in (stated, stated.assign(emission_kt=[11.0, 23.0, 97]))
    )
    for name in ("pooled_kt", "pooled_upper_kt", "predicted_lower_kt", "between_sigma"):
        assert of_means[name] == row[name]


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_the_pooled_intervals_cover_what_they_say(count):
    """Inventories with 0.4 between them: 0.95 stated; normal intervals of three cover 0.85."""
    generator = np.random.default_rng(7)
    runs, tau = 4000, 0.4
    errors = generator.uniform(0.15, 0.5, (runs, count))
    estimates = tau * generator.standard_normal((runs, count))
    estimates += errors * generator.standard_normal((runs, count))
    pooled = random_effects(estimates, errors, np.eye(count))
    assert (abs(pooled.mean) <= pooled.reach).mean() >= 0.93
    fresh = tau * generator.standard_normal(runs)
    assert (abs(fresh - pooled.mean) <= pooled.predicted).mean() >= 0.93


def test_a_prediction_is_the_quantile_of_draws_of_spread_and_mean():
    """The spread solves Q = chi squared of two degrees, as Nagashima et al. 2019 draw it.

    Of 0, 1 and 3 with errors of 0.5 and one variance v, Q is 14/3 over 0.25 + v.
    """
    generator = np.random.default_rng(1)
    draws = 400_000
    variance = np.maximum(14 / 3 / generator.chisquare(2, draws) - 0.25, 0)
    drawn = np.sqrt(variance) * generator.standard_normal(draws)
    drawn += 0.9 * generator.standard_t(2, draws)
    reach = prediction_reach(np.array([[0.0, 1, 3]]), 0.25 * np.eye(3)[None], np.array([0.9]))
    assert reach[0] == pytest.approx(np.quantile(abs(drawn), 0.95), rel=0.02)


def test_trends_side_by_side():
    years = np.arange(2010, 2019)
    emissions = pd.DataFrame(
        {
            "inventory": "ours",
            "region": "CN",
            "year": years,
            "emission_kt": 1800 * 0.947 ** (years - 2010),
        }
    )
    stations = pd.DataFrame(
        {
            "region": ["CN", "CN", "EU"],
            "station": ["Fukue", "other", "far"],
            "trend_percent": [-5.8, 1.0, -2.0],
            "lower_percent": [-7.3, 0.5, -3.0],
            "upper_percent": [-4.3, 1.5, -1.0],
            "start_year": 2010,
            "end_year": [2018, 2018, 2018],
        }
    )
    result = compare_trends(emissions, stations).set_index("station")
    assert result.index.tolist() == ["Fukue", "other"]
    assert result.loc["Fukue", "emission_trend_percent"] == pytest.approx(-5.3)
    assert result["agree"].tolist() == [True, False]
    short = compare_trends(emissions, stations.assign(start_year=2017))
    assert short["agree"].isna().all()
