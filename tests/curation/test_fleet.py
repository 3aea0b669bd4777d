"""The fleet model by hand, by its properties, and against what it was set from."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory import units
from curation.fleet import Survival, balanced, growing, interpolated, stage_shares
from curation.fleet_shares import fleet_rows
from curation.intervals import log_odds_bounds, rounded_outwards
from curation.maker import Roots, parameters, read_fact


def test_two_cohorts_by_hand():
    # 2001: half of 10 new vehicles have driven, half of these comply; 8 of the year before.
    sales = pd.Series({2000: 8.0, 2001: 10.0})
    survival = Survival(lifetime=2.0, steepness=1.0, mileage_decay=0.1)
    new, old = 5.0 * np.exp(-0.25), 8.0 * np.exp(-0.75) * np.exp(-0.1)
    shares = stage_shares([2001], [2001], sales, survival)[2001]
    assert shares[1] == pytest.approx(new / 2 / (new + old))
    assert shares[0] == pytest.approx((new / 2 + old) / (new + old))


@given(
    st.floats(5, 25),
    st.floats(1.5, 4),
    st.floats(0, 0.1),
    st.floats(-0.05, 0.1),
    st.lists(st.integers(1985, 2018), min_size=1, max_size=6, unique=True),
)
def test_shares_add_up_and_old_stages_only_leave(lifetime, steepness, decay, growth, first):
    survival = Survival(lifetime, steepness, decay)
    shares = stage_shares([2019, 2020, 2030], sorted(first), growing(growth), survival)
    assert shares.sum().to_numpy() == pytest.approx(1.0)
    oldest = shares.iloc[0]
    assert oldest[2019] >= oldest[2020] >= oldest[2030]


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=8))
def test_rounded_shares_add_up(values):
    shares = pd.Series(values) / sum(values)
    assert balanced(shares).sum() == pytest.approx(1.0, abs=1e-12)
    assert (balanced(shares) - shares).abs().max() < 5e-5 * len(values) + 1e-9


def test_bounds_hold_the_share_and_never_reach_zero():
    share = pd.Series([0.0, 0.0001, 0.3, 1.0])
    bounds = rounded_outwards(share, pd.Series([0.5, 1.0, 0.5, 0.5]))
    assert bounds["share_lower"].tolist() == [0.0, 0.00002, 0.1385, 1.0]
    assert bounds["share_upper"].tolist() == [0.0, 0.0008, 0.5332, 1.0]
    low, high = log_odds_bounds(0.3, 0.5)
    assert low < 0.3 < high


def test_a_curve_is_linear_between_its_years_and_constant_outside():
    curve = interpolated(pd.Series({2000: 1.0, 2010: 3.0}))
    assert curve[[1990, 2005, 2020]].tolist() == [1.0, 2.0, 3.0]


def test_high_emitters_bring_lorries_to_the_fleet_mean():
    rows = fleet_rows(Roots())
    mine = rows.query("scope == 'CN' and nfr == '1A3biii' and fuel == 'diesel' and year == 2015")
    basis = read_fact(Roots(), "road_factor_basis").query("fuel == 'diesel'")
    basis = basis.set_index("technology")
    factor = basis["pm25"] * basis["ec_fraction"] / basis["energy"] * units.factor("mg/MJ", "g/GJ")
    mean = (mine["share"] * mine["technology"].map(factor)).sum()
    assert mean == pytest.approx(46.12, rel=2e-4)


@pytest.mark.shared
def test_fleet_means_are_those_of_the_candidate_factors(shared):
    theirs = pd.read_csv(shared / "factors" / "emission_factors.csv", low_memory=False)
    theirs = theirs[theirs["source"].str.contains("GAINS ECLIPSE v6b CLE, implied")]
    theirs = theirs.assign(region=theirs["region_scope"].str.split(" (", regex=False).str[0])
    value = theirs.set_index(["region", "sector_name", "year"])["value"]
    means = parameters("fleet_means")
    assert len(means) == 50
    for row in means.itertuples():
        region, sector, _ = row.note.split(", ", 2)
        assert value[region, f"GAINS {sector}", row.year] == row.value
