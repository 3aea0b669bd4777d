"""Agreement of inventories, by hand."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory.analysis.comparison.pooling import (
    beside_trends,
    consensus,
    rank_agreement,
    reconcile,
    share_distance,
)

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


def test_consensus_by_hand():
    """Equal intervals x/: 2 around 10 and 40: mean of logs is 20; Q = (ln 4)^2 / (2 s^2).

    s = ln 2/1.96 = 0.35365; Q = 7.6829, tau^2 = (Q - 1) s^2 = 0.83583.
    """
    both = pd.concat([cells([10.0], inventory="a"), cells([40.0], inventory="b")])
    row = consensus(both).iloc[0]
    assert (row["lowest_kt"], row["median_kt"], row["highest_kt"]) == (10.0, 25.0, 40.0)
    assert row["pooled_kt"] == pytest.approx(20.0)
    assert row["between_sigma"] ** 2 == pytest.approx(0.83583, abs=1e-4)
    reach = 1.959964 * np.sqrt((0.35365**2 + 0.83583) / 2)
    assert row["pooled_upper_kt"] == pytest.approx(20 * np.exp(reach), rel=1e-4)


def test_consensus_of_agreeing_inventories_has_no_spread_between_them():
    both = pd.concat([cells([10.0], inventory="a"), cells([10.5], inventory="b")])
    row = consensus(both).iloc[0]
    assert row["between_sigma"] == 0.0
    alone = consensus(cells([10.0])).iloc[0]
    assert alone["inventories"] == 1
    assert np.isnan(alone["pooled_kt"])


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
    result = beside_trends(emissions, stations).set_index("station")
    assert result.index.tolist() == ["Fukue", "other"]
    assert result.loc["Fukue", "emission_trend_percent"] == pytest.approx(-5.3)
    assert result["agree"].tolist() == [True, False]
    short = beside_trends(emissions, stations.assign(start_year=2017))
    assert short["agree"].isna().all()
