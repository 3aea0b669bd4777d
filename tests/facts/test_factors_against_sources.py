"""Rows of the facts against the candidates they were taken from."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema

pytestmark = pytest.mark.shared

EMEP = "EMEP/EEA Guidebook 2019 EF database"


def test_the_two_particle_conventions_give_the_same_bc(candidates, harmonised):
    """Table 3-49 counts solid particles, tables 3-39 to 3-44 all; BC must agree."""
    pairs = {
        "wood_fireplace": ("Table_3-39", "Table_3-49_01"),
        "wood_stove_conventional": ("Table_3-40", "Table_3-49_02"),
        "wood_stove_efficient": ("Table_3-41", "Table_3-49_03"),
        "wood_stove_ecolabelled": ("Table_3-42", "Table_3-49_04"),
        "wood_boiler_conventional": ("Table_3-43", "Table_3-49_05"),
        "wood_pellet": ("Table_3-44", "Table_3-49_06"),
    }
    wood = candidates[candidates["nfr_code"].eq("1.A.4.b.i")].set_index("table")
    for technology, (total, solid) in pairs.items():
        ours = harmonised.loc[technology, "fuelwood"]
        of_total, of_solid = wood.loc[total], wood.loc[solid]
        assert of_total["value_convention"].startswith("total")
        assert of_solid["value_convention"].startswith("solid")
        assert ours["value"] == pytest.approx(of_total["bc_ef_canonical"], rel=1e-3)
        assert ours["value"] == pytest.approx(of_solid["bc_ef_canonical"], rel=0.02)
        assert ours["value_lower"] == pytest.approx(of_total["bc_ef_canonical_lower95"], rel=1e-3)
        assert ours["value_upper"] == pytest.approx(of_total["bc_ef_canonical_upper95"], rel=1e-3)
        # Fraction of the one with particles of the other would be far off.
        mixed = of_total["value"] * of_solid["bc_fraction"]
        assert mixed > 1.5 * ours["value"]


@pytest.mark.parametrize(
    ("nfr", "dotted", "fuel", "theirs"),
    [
        ("1A1a", "1.A.1.a", "hard_coal", "Hard Coal"),
        ("1A1a", "1.A.1.a", "lignite", "Brown Coal"),
        ("1A1a", "1.A.1.a", "heavy_fuel_oil", "Heavy Fuel Oil"),
        ("1A1a", "1.A.1.a", "diesel", "Gas oil"),
        ("1A1a", "1.A.1.a", "natural_gas", "Gaseous fuels"),
        ("1A1a", "1.A.1.a", "fuelwood", "Biomass"),
        ("1A1b", "1.A.1.b", "refinery_gas", "Refinery Gas"),
        ("1A2a", "1.A.2.a", "hard_coal", "Solid Fuels"),
        ("1A2c", "1.A.2.c", "natural_gas", "Gaseous Fuels"),
        ("1A2b", "1.A.2.b", "heavy_fuel_oil", "Other Liquid Fuels"),
        ("1A2gviii", "1.A.2.g.viii", "fuelwood", "Biomass"),
        ("1A4ai", "1.A.4.a.i", "hard_coal", "Hard Coal and Brown Coal"),
        ("1A4ai", "1.A.4.a.i", "natural_gas", "Gaseous Fuels"),
        ("1A4ci", "1.A.4.c.i", "fuelwood", "Biomass"),
        ("1A4bi", "1.A.4.b.i", "lignite", "Hard Coal and Brown Coal"),
        ("1A4bi", "1.A.4.b.i", "natural_gas", "Gaseous Fuels"),
        ("1A4bi", "1.A.4.b.i", "diesel", "Other Liquid Fuels"),
        ("1A4bi", "1.A.4.b.i", "fuelwood", "Biomass"),
    ],
)
def test_european_tier_1(candidates, facts, nfr, dotted, fuel, theirs):
    found = candidates[
        candidates["source"].str.startswith(EMEP)
        & candidates["nfr_code"].eq(dotted)
        & candidates["fuel"].eq(theirs)
        & candidates["tier"].eq("Tier 1")
    ]
    (theirs_row,) = found.drop_duplicates("bc_ef_canonical").itertuples()
    table = facts.emission_factors
    (ours,) = table[
        table["factor_set"].eq("official")
        & table["side"].eq("EU")
        & table["nfr"].eq(nfr)
        & table["fuel"].eq(fuel)
    ].itertuples()
    assert ours.unit == theirs_row.bc_ef_canonical_unit
    assert ours.value == pytest.approx(theirs_row.bc_ef_canonical, rel=2e-3)
    assert ours.value_lower == pytest.approx(theirs_row.bc_ef_canonical_lower95, rel=2e-3)
    assert ours.value_upper <= theirs_row.bc_ef_canonical_upper95 * 1.002
    assert ours.pm25_value == pytest.approx(theirs_row.value, rel=1e-3)


def test_non_road_stages(candidates, harmonised):
    stages = {
        "pre1981": "< 1981",
        "1981_1990": "1981-1990",
        "1991_stage1": "1991-Stage I",
        "stage1": "Stage I",
        "stage2": "Stage II",
        "stage3a": "Stage IIIA",
        "stage3b": "Stage IIIB",
        "stage4": "Stage IV",
        "stage5": "Stage V",
    }
    theirs = candidates[candidates["nfr_code"].eq("1.A.2.g.vii") & candidates["fuel"].eq("Diesel")]
    # One label has a no-break space.
    theirs = theirs.assign(technology=theirs["technology"].str.replace("\u00a0", " "))
    theirs = theirs.set_index("technology")["bc_ef_canonical"]
    for ours, stage in stages.items():
        value = harmonised.loc[f"nonroad_diesel_{ours}", "diesel"]["value"]
        assert value == pytest.approx(theirs[stage], abs=1e-3), stage


@pytest.mark.parametrize(
    ("technology", "fuel", "nfr", "theirs"),
    [
        ("coke_oven_mechanised", "coke_product", "1.A.1.c", "mechanised oven 机械炼焦"),
        ("brick_kiln_hoffmann", "brick", "2.A.6/1.A.2.f", "all kilns"),
        ("coal_stove_briquette", "coal_briquettes", "1.A.4.b.i", "household stoves"),
        ("open_waste_burning", "municipal_waste", "5.C.2", "open burning"),
    ],
)
def test_single_rows(candidates, harmonised, technology, fuel, nfr, theirs):
    found = candidates[candidates["nfr_code"].eq(nfr) & candidates["technology"].eq(theirs)]
    assert harmonised.loc[technology, fuel]["value"] in set(found["bc_ef_canonical"])


def test_road_particles_and_fractions_are_the_publishers(candidates, root):
    basis = schema.read_csv(root / "data" / "road_factor_basis.csv", "road_factor_basis")
    european = basis[
        basis["source_id"].eq("emep-eea-2019-road") & basis["technology"].str.contains("_euro[1-6]")
    ]
    classes = {
        "car_diesel": "Passenger Cars | Diesel Medium",
        "ldv_diesel": "Light commercial vehicles | Diesel",
        "hdv_diesel": "Heavy-duty vehicles | Diesel 16 - 32 t",
        "ldv_petrol": "Light commercial vehicles | Petrol",
    }
    roman = dict(zip("123456", ("I", "II", "III", "IV", "V", "VI"), strict=True))
    checked = 0
    for row in european.itertuples():
        name, stage = row.technology.rsplit("_euro", 1)
        if name not in classes:
            continue
        stage = roman[stage] if name.startswith("hdv") else stage
        label = candidates["technology"].fillna("").str.replace('"', "")
        mine = candidates[label.str.match(rf"{classes[name].replace('|', '.')} - Euro {stage}\b")]
        assert mine["value"].tolist() == pytest.approx([row.pm25 / 1000] * len(mine)), row
        assert set(mine["bc_fraction"]) == {row.ec_fraction}, row.technology
        checked += 1
    assert checked == 24


def test_values_that_their_interval_excludes_are_mended(candidates, facts):
    """The blast furnace fraction, the rail and the flaring intervals as printed."""
    furnace = candidates[candidates["technology"].eq("Blast furnace charging")].iloc[0]
    assert furnace["bc_fraction"] > furnace["bc_fraction_upper95"]
    flare = candidates[candidates["nfr_code"].eq("1.B.2.c")]
    assert (flare["bc_fraction_upper95"] > 1).any()
    table = facts.emission_factors
    ours = table[table["factor_set"].eq("official") & table["side"].eq("EU")]
    for nfr, fuel in (("2C1", "pig_iron"), ("1B2c", "flared_gas"), ("1A3c", "diesel")):
        (row,) = ours[ours["nfr"].eq(nfr) & ours["fuel"].eq(fuel)].itertuples()
        assert row.value_lower < row.value < row.value_upper
        assert row.value_upper <= max(row.pm25_value, 2.2)
        assert "interval" in row.note or "bound" in row.note or "fraction" in row.note


def test_sectors_are_those_of_the_crosswalk(shared, facts):
    theirs = pd.read_csv(shared / "factors" / "sector_crosswalk.csv")
    assert set(facts.sectors["nfr"]) == set(theirs["nfr14"])
    both = facts.sectors.merge(theirs, left_on="nfr", right_on="nfr14")
    assert (both["gnfr"] == both["gnfr14"]).all()
    assert both["name_zh"].notna().all()


def test_calorific_values_are_those_of_the_candidates(shared, facts):
    theirs = pd.read_csv(shared / "factors" / "net_calorific_values.csv")
    ipcc = theirs[theirs["scheme"] == "IPCC 2006"].set_index("fuel")
    ours = facts.calorific_values
    ours = ours[ours["scope"].eq("EU") & ours["unit"].eq("MJ/kg")].set_index("fuel")
    pairs = {
        "hard_coal": "Other bituminous coal",
        "lignite": "Lignite",
        "fuelwood": "Wood/wood waste",
        "diesel": "Gas/diesel oil",
        "gasoline": "Motor gasoline",
        "heavy_fuel_oil": "Residual fuel oil",
        "natural_gas": "Natural gas",
    }
    for fuel, name in pairs.items():
        expected = ipcc.loc[name, ["value", "lower95", "upper95"]].astype(float)
        np.testing.assert_array_equal(
            ours.loc[fuel, ["value", "value_lower", "value_upper"]].astype(float), expected
        )
