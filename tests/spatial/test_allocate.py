import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.errors import DataError
from bc_inventory.spatial.allocate import Allocation, allocate, select_emissions
from bc_inventory.spatial.cells import make_grid


@pytest.fixture(scope="module")
def chosen(emissions):
    return select_emissions(emissions, 2018, "harmonised")


def by_region(frame: pd.DataFrame) -> pd.Series:
    return frame.groupby(["nfr", "region"])["emission_kt"].sum()


def on_grid(made: Allocation) -> pd.Series:
    """Return kt inside the grid by category and region."""
    index = pd.MultiIndex.from_product(
        [made.sectors["nfr"], made.pairs.names], names=["nfr", "region"]
    )
    return pd.Series(made.region_totals().ravel() / 1e6, index=index)


@pytest.mark.parametrize(
    "grid",
    [
        make_grid(0.1, "all"),
        make_grid(0.25, "all"),
        make_grid(0.5, "all"),
        make_grid((0.625, 0.5), "global"),
        make_grid(0.3, (-45, 15, 150, 75)),
    ],
    ids=str,
)
def test_every_region_and_category_keeps_its_total(chosen, tables, grid):
    made = allocate(chosen, grid, tables)
    totals = on_grid(made)
    wanted = by_region(chosen)
    np.testing.assert_allclose(totals.loc[wanted.index], wanted, rtol=1e-12)
    assert totals.sum() == pytest.approx(chosen["emission_kt"].sum(), rel=1e-12)
    assert made.ledger["outside_kt"].sum() == 0


def test_memo_items_and_rows_without_a_figure_stay_out(emissions, chosen):
    assert "1A3di(i)" not in set(chosen["nfr"])
    assert len(chosen) == (~emissions["memo"] & emissions["emission_kt"].notna()).sum()


def test_aggregating_tenths_to_halves_equals_allocating_at_halves(chosen, tables):
    fine = allocate(chosen, make_grid(0.1, "all"), tables)
    coarse = allocate(chosen, make_grid(0.5, "all"), tables)
    for nfr in fine.sectors["nfr"]:
        blocks = np.nan_to_num(fine.field(nfr)).reshape(110, 5, 334, 5).sum(axis=(1, 3))
        wanted = np.nan_to_num(coarse.field(nfr))
        np.testing.assert_allclose(blocks, wanted, rtol=1e-9, atol=1e-9 * wanted.max())


def test_an_area_is_spread_by_its_proxy_and_a_plant_stands_in_its_cell(tables):
    rows = [
        ("EU", "LU", "3F", "L", "crop_residue_field", 2.0),
        ("EU", "PL", "2A1", "B", "cement", 3.0),
    ]
    frame = pd.DataFrame(rows, columns=["side", "region", "nfr", "gnfr", "fuel", "emission_kt"])
    made = allocate(frame, make_grid(0.1, "EU"), tables)
    cells = tables.cells[tables.cells["region"] == "LU"]
    busiest = cells.loc[cells["cropland_ha"].idxmax()]
    lon, lat = -179.95 + 0.1 * busiest["i"], -89.95 + 0.1 * busiest["j"]
    share = busiest["cropland_ha"] / cells["cropland_ha"].sum()
    field = made.field("3F").ravel()
    assert np.nanargmax(field) == made.grid.locate([lon], [lat])[0]
    assert np.nanmax(field) == pytest.approx(2e6 * share, rel=1e-12)
    plants = tables.points[(tables.points["kind"] == "cement") & (tables.points["region"] == "PL")]
    cell = made.grid.locate(plants["lon"], plants["lat"])
    wanted = np.bincount(cell, weights=plants["weight"], minlength=made.grid.size)
    found = np.nan_to_num(made.field("2A1")).ravel()
    np.testing.assert_allclose(found, 3e6 * wanted / wanted.sum(), rtol=1e-12)


def test_a_region_without_the_proxy_takes_the_next_rung_and_the_ledger_says_so(chosen, tables):
    ledger = allocate(chosen, make_grid(0.5, "all"), tables).ledger.set_index(
        ["region", "nfr", "fuel"]
    )
    # Malta has no coal plant, Luxembourg no waterway and no port.
    assert tuple(ledger.loc[("DE", "1A1a", "hard_coal"), ["proxy", "rung"]]) == ("coal_power", 1)
    assert tuple(ledger.loc[("MT", "1A1a", "hard_coal"), ["proxy", "rung"]]) == ("power", 2)
    assert ledger.loc[("LU", "1A3dii", "diesel"), "proxy"] == "land"
    assert ledger["rung"].min() == 1
    assert ledger["emission_kt"].sum() == pytest.approx(chosen["emission_kt"].sum())


def test_missing_is_not_zero(chosen, tables):
    made = allocate(chosen, make_grid(0.5, "all"), tables)
    luxembourg = made.pairs.names.index("LU")
    coke = int(np.flatnonzero(made.sectors["nfr"] == "1A1c")[0])
    assert np.isnan(made.total[coke, luxembourg])
    cells = made.pairs.cell[made.pairs.region == luxembourg]
    alone = [c for c in cells if (made.pairs.cell == c).sum() == 1]
    assert np.isnan(made.field("1A1c").ravel()[alone]).all()
    assert np.isfinite(made.field("1A4bi").ravel()[cells]).all()


def test_what_lies_beyond_the_edge_is_counted_and_not_spread_over_the_rest(chosen, tables):
    inside = allocate(chosen, make_grid(0.25, (5.0, 47.0, 10.0, 55.0)), tables)
    whole = allocate(chosen, make_grid(0.25, "all"), tables)
    missing = inside.ledger.groupby(["nfr", "region"])["outside_kt"].sum()
    wanted = by_region(chosen)
    np.testing.assert_allclose((on_grid(inside) + missing).loc[wanted.index], wanted, rtol=1e-12)
    assert missing.loc[("1A4bi", "CN-HE")] == pytest.approx(wanted[("1A4bi", "CN-HE")])
    row, column = np.divmod(whole.grid.locate([5.01], [47.01])[0], whole.grid.nx)
    part = whole.field("1A4bi")[row : row + 32, column : column + 20]
    alike = np.nan_to_num(inside.field("1A4bi"))
    np.testing.assert_allclose(alike, np.nan_to_num(part), rtol=1e-9, atol=1e-6)


def test_islands_that_national_totals_leave_out_get_nothing(chosen, tables):
    made = allocate(chosen, make_grid(0.5, "all"), tables)
    assert not {"ES-CN", "PT-20", "PT-30", "HK", "MO", "TW"} & set(made.pairs.names)
    canaries = make_grid(0.5, "all").locate([-16.5], [28.3])
    assert np.isnan(made.field("1A4bi").ravel()[canaries]).all()


@settings(max_examples=20)
@given(st.lists(st.floats(0, 1e4), min_size=3, max_size=3), st.sampled_from([0.5, 1.0]))
def test_mass_is_kept_for_any_totals(tables, kt, resolution):
    frame = pd.DataFrame(
        {
            "side": ["EU", "EU", "CN"],
            "region": ["MT", "DE", "CN-XZ"],
            "nfr": "1A3biii",
            "gnfr": "F",
            "fuel": "diesel",
            "emission_kt": kt,
        }
    )
    made = allocate(frame, make_grid(resolution, "all"), tables)
    np.testing.assert_allclose(
        made.region_totals()[0] / 1e6, [kt[2], kt[1], kt[0]], rtol=1e-12, atol=0
    )


def test_a_year_without_emissions_says_which_there_are(emissions):
    with pytest.raises(DataError, match=r"no emission of BC in 1999.*\[2018\]"):
        select_emissions(emissions, 1999, "harmonised")


def test_a_negative_or_absent_emission_is_refused(chosen, tables):
    for value in (-1.0, np.nan, np.inf):
        frame = chosen.head(3).copy()
        frame.loc[frame.index[1], "emission_kt"] = value
        with pytest.raises(DataError, match="a finite number from 0"):
            allocate(frame, make_grid(0.5), tables)


def test_a_region_without_a_boundary_is_refused(chosen, tables):
    frame = chosen.head(3).assign(region="CN-HEB")
    with pytest.raises(DataError, match="which has no cells"):
        allocate(frame, make_grid(0.5), tables)
