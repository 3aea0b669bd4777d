"""Technology splits: shares add up to one in every draw, with the means and widths stated."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from bc_inventory.inventory.draws import Multipliers
from bc_inventory.inventory.splits import fit_splits, read_members, spelled
from bc_inventory.reference.paths import embedded_root
from bc_inventory.schema import read_csv

DRAWS = 40_000


def drawn(weight, deviation, seed=1):
    """Draw one split; shape (shares, draws)."""
    random = np.random.default_rng(seed)
    middles = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)
    scores = random.permuted(np.tile(middles, (len(weight), 1)), axis=1)
    shares = weight[:, None] * np.exp(deviation[:, None] * scores)
    return shares / shares.sum(axis=0)


def test_two_shares_mirror_each_other():
    share, lower, upper = [0.3, 0.7], [0.1, 0.4], [0.6, 0.9]
    weight, deviation = fit_splits(np.zeros(2, int), share, lower, upper)
    made = drawn(weight, deviation)
    assert made.sum(axis=0) == pytest.approx(np.ones(DRAWS))
    assert made.mean(axis=1) == pytest.approx(share, rel=0.01)
    width = np.subtract(*np.quantile(made, [0.975, 0.025], axis=1))
    assert width == pytest.approx([0.5, 0.5], rel=0.05)


def test_a_split_without_intervals_is_certain():
    weight, deviation = fit_splits(
        np.array([0, 0, 1]), [0.4, 0.6, 1.0], [0.4, 0.6, 1], [0.4, 0.6, 1]
    )
    assert weight == pytest.approx([0.4, 0.6, 1.0])
    assert deviation.tolist() == [0.0, 0.0, 0.0]


def test_a_fit_does_not_depend_on_the_order_or_on_other_splits():
    one = fit_splits(np.zeros(3, int), [0.2, 0.3, 0.5], [0.1, 0.2, 0.3], [0.4, 0.5, 0.7])
    split = np.array([7, 2, 7, 2, 7])
    share = [0.5, 0.6, 0.2, 0.4, 0.3]
    lower, upper = [0.3, 0.5, 0.1, 0.3, 0.2], [0.7, 0.7, 0.4, 0.5, 0.5]
    both = fit_splits(split, share, lower, upper)
    for alone, among in zip(one, both, strict=True):
        assert among[[2, 4, 0]] == pytest.approx(alone)


def test_every_split_of_the_facts_has_its_means_and_widths():
    """Mean within 1 % (or 0.0003 of the activity) and width within 10 % of the stated ones.

    Where an interval reaches beyond five times its share, no logistic normal has all widths of
    a split at once; they are within 30 %.
    """
    facts = read_csv(embedded_root() / "technology_shares.csv", "technology_shares")
    split = facts.groupby(["scope", "nfr", "fuel", "year"]).ngroup().to_numpy()
    names = ("share", "share_lower", "share_upper")
    share, lower, upper = (facts[name].to_numpy() for name in names)
    weight, deviation = fit_splits(split, share, lower, upper)
    off = []
    for _, rows in pd.Series(range(len(facts))).groupby(split):
        at = rows.to_numpy()
        if len(at) < 2:
            continue
        made = drawn(weight[at], deviation[at])
        bounds = np.quantile(made, [0.025, 0.975], axis=1)
        stated = upper[at] - lower[at]
        limit = 0.3 if (upper[at] > 5 * share[at]).any() else 0.1
        mean_off = np.abs(made.mean(axis=1) - share[at]) > np.maximum(0.01 * share[at], 3e-4)
        width_off = np.abs(bounds[1] - bounds[0] - stated) > np.maximum(limit * stated, 1e-3)
        off += [
            tuple(facts.loc[row, ["scope", "nfr", "fuel", "technology", "year"]])
            for row in at[mean_off | width_off]
        ]
    assert off == []


def regions_of_a_driver():
    """Return rows of three regions with 0.2, 0.3 and 0.5 of one total, a factor 1.6 either way."""
    share = pd.Series([0.2, 0.3, 0.5])
    region = pd.Series(["A", "B", "C"])
    text = spelled(pd.Series([0, 0, 0]), "bricks:" + region, share, share / 1.6, share * 1.6)
    columns = {"driver": "bricks", "region": region, "split_local": text, "sigma_local": 0.24}
    absent = dict.fromkeys(("statistics_source", "source_sector"))
    return pd.DataFrame(columns).assign(skew_local=0.0, **absent), share.to_numpy()


def test_the_shares_of_regions_add_up_to_the_total_in_every_draw():
    rows, share = regions_of_a_driver()
    local = Multipliers(rows, "local", 4000, 1)
    made = local.drawn(slice(0, 4000))[local.which]
    assert share @ made == pytest.approx(np.ones(4000), rel=1e-5)
    assert made.mean(axis=1) == pytest.approx(np.ones(3), rel=0.01)
    width = np.subtract(*np.quantile(made, [0.975, 0.025], axis=1))
    assert width == pytest.approx([1.6 - 1 / 1.6] * 3, rel=0.1)


def test_a_region_alone_has_the_draws_it_has_among_all():
    rows, _ = regions_of_a_driver()
    whole, alone = (Multipliers(part, "local", 100, 1) for part in (rows, rows.iloc[[1]]))
    drawn_whole, drawn_alone = (each.drawn(slice(0, 100)) for each in (whole, alone))
    assert drawn_alone[alone.which][0] == pytest.approx(drawn_whole[whole.which][1], rel=1e-6)


def test_what_shares_of_a_figure_leave_is_a_member_so_that_no_share_exceeds_one():
    share = pd.Series([0.8])
    (text,) = spelled(pd.Series([0]), pd.Series(["m"]), share, pd.Series([0.3]), pd.Series([1.0]))
    members = read_members(text)
    assert members.names == ("m", "rest")
    assert members.share == pytest.approx([0.8, 0.2])
    made = drawn(members.weight, members.deviation)
    assert made.max() <= 1.0
    assert made.mean(axis=1) == pytest.approx([0.8, 0.2], rel=0.01)


def test_a_whole_without_intervals_is_not_spelled_out():
    one = pd.Series([0.4, 0.6])
    assert spelled(pd.Series([0, 0]), pd.Series(["a", "b"]), one, one, one).isna().all()
