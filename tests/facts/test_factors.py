"""What the factor-side fact tables must hold, whatever their numbers."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema, units


def test_harmonised_factors_hold_for_both_sides_and_once(harmonised):
    assert (harmonised["side"] == "*").all()
    assert (harmonised["nfr"] == "*").all()
    assert not harmonised.index.duplicated().any()


def test_official_factors_are_of_one_side(facts):
    table = facts.emission_factors
    assert set(table.loc[table["factor_set"] == "official", "side"]) == {"EU", "CN"}


def test_bc_is_at_most_pm25_of_the_same_row(facts):
    table = facts.emission_factors.dropna(subset="pm25_value")
    assert len(table) > 300
    assert (table["value"] <= table["pm25_value"]).all()


def test_intervals_have_width_and_no_factor_is_zero(facts):
    table = facts.emission_factors
    assert (table["value_lower"] > 0).all()
    assert (table["value_lower"] < table["value"]).all()
    assert (table["value"] < table["value_upper"]).all()


def test_every_technology_of_a_split_has_a_harmonised_factor_and_none_is_idle(facts, harmonised):
    columns = ["technology", "fuel"]
    used = set(facts.technology_shares[columns].itertuples(index=False, name=None))
    assert used == set(harmonised.index)


def test_every_split_adds_up_to_one_in_each_anchor_year(facts):
    shares = facts.technology_shares
    sums = shares.groupby(["scope", "nfr", "fuel", "year"])["share"].sum()
    np.testing.assert_allclose(sums, 1.0, atol=1e-9)
    each = shares.groupby(["scope", "nfr", "fuel"])
    assert (each.size() == each["technology"].nunique() * each["year"].nunique()).all()


def test_a_share_has_a_lower_bound_above_zero_unless_it_is_zero(facts):
    shares = facts.technology_shares
    assert (shares.loc[shares["share"] > 0, "share_lower"] > 0).all()
    alone = shares.groupby(["scope", "nfr", "fuel"])["technology"].transform("nunique") == 1
    open_split = shares[~alone & shares["share"].between(0.01, 0.99)]
    assert (open_split["share_lower"] < open_split["share"]).all()
    assert (open_split["share_upper"] > open_split["share"]).all()


def test_penetrations_add_up_to_at_most_one_and_name_technologies_in_use(facts):
    table = facts.penetration
    by = ["scope", "nfr", "fuel", "technology", "year"]
    assert table.groupby(by)["penetration"].sum().max() <= 1 + 1e-9
    assert set(table["technology"]) <= set(facts.technology_shares["technology"])


@pytest.mark.parametrize("side", ["EU", "CN"])
def test_whatever_activity_meets_has_technologies(facts, side):
    regions = facts.regions[facts.regions["side"] == side]
    scopes = {side, *regions["group"], *regions["region"]}
    met = pd.concat(
        [
            table.loc[table["scope"].isin(scopes), ["nfr", "fuel"]]
            for table in (facts.activity_mapping, facts.activity_national)
        ]
    ).drop_duplicates()
    shares = facts.technology_shares
    split = shares[shares["scope"].isin({side, "*"})][["nfr", "fuel"]].drop_duplicates()
    lost = met.merge(split, how="left", indicator=True).query("_merge == 'left_only'")
    assert len(met) > 50
    assert lost.empty, lost


@pytest.mark.parametrize("side", ["EU", "CN"])
def test_every_estimated_category_has_a_split(facts, side):
    estimated = set(facts.sectors.loc[facts.sectors["estimated"], "nfr"])
    shares = facts.technology_shares
    assert estimated - set(shares.loc[shares["scope"].isin({side, "*"}), "nfr"]) == set()


def test_generation_factors_of_large_plant_meet_controls_on_both_sides(facts, harmonised):
    generation = harmonised[~harmonised["controls_included"].astype(bool)]
    large = {"pulverised_boiler", "fluidised_bed", "stoker_boiler", "industrial_furnace"}
    large |= {"blast_furnace", "coke_oven_mechanised", "cement_kiln_precalciner"}
    assert large <= set(generation.index.get_level_values("technology"))
    for side in ("EU", "CN"):
        controlled = facts.penetration[facts.penetration["scope"] == side]
        assert large <= set(controlled["technology"])


def test_both_conventions_of_wood_are_kept_apart(harmonised):
    wood = harmonised.xs("fuelwood", level="fuel")
    european = wood[wood["source_id"] == "emep-eea-2019"]
    assert set(european["convention"]) == {"total"}
    assert european.loc["wood_stove_conventional", "pm25_value"] == 740


def test_heavy_duty_falls_by_99_percent_from_stage_iv_to_vi(harmonised):
    diesel = harmonised.xs("diesel", level="fuel")["value"]
    change = diesel["hdv_diesel_euro6"] / diesel["hdv_diesel_euro4"] - 1
    assert change == pytest.approx(-0.99, abs=0.002)


def test_a_briquette_gives_97_percent_less_than_chunk(harmonised):
    value = harmonised["value"]
    chunk = value["coal_stove_chunk", "hard_coal"]
    briquette = value["coal_stove_briquette", "coal_briquettes"]
    assert briquette / chunk - 1 == pytest.approx(-0.97, abs=0.002)


def test_crop_residue_is_the_geometric_middle_of_two_field_studies(harmonised):
    row = harmonised.loc["stove_biomass_traditional", "crop_residue"]
    assert row["value"] == pytest.approx(np.sqrt(0.43 * 1.38), abs=0.005)
    assert (row["value_lower"], row["value_upper"]) == (0.2, 2.8)


def test_grams_per_gigajoule_and_per_kilogram_are_one_factor(facts, harmonised):
    # T/CSES: 0.42 g/kg at the calorific value of raw coal.
    values = facts.calorific_values.set_index(["scope", "fuel", "unit"])["value"]
    content = values["CN", "hard_coal", "MJ/kg"]
    per_energy = harmonised.loc[("stoker_boiler", "hard_coal"), "value"]
    per_mass = per_energy * content * units.factor("g/GJ * MJ/kg", "g/kg")
    assert per_mass == pytest.approx(0.42, rel=1e-3)
    back = per_mass / content * units.factor("g/kg / (MJ/kg)", "g/GJ")
    assert back == pytest.approx(per_energy)


def test_road_factors_are_what_their_basis_gives(root, harmonised):
    basis = schema.read_csv(root / "data" / "road_factor_basis.csv", "road_factor_basis")
    basis = basis.set_index(["technology", "fuel"])
    made = basis["pm25"] * basis["ec_fraction"] / basis["energy"]
    scale = units.factor("mg/vehicle_km / (MJ/vehicle_km)", "g/GJ")
    rows = harmonised.loc[basis.index]
    np.testing.assert_allclose(rows["value"], made * scale, rtol=1e-3)
    road = harmonised[harmonised["source_id"] == "bcinv-road-per-energy"]
    assert set(road.index) == set(basis.index)
    # The interval counts PM2.5 and fuel economy, so it is wider than either.
    width = np.log(rows["value_upper"] / rows["value_lower"])
    assert (width > np.log(basis["pm25_upper"] / basis["pm25_lower"])).all()
    assert (width > np.log(basis["energy_upper"] / basis["energy_lower"])).all()


def test_the_editions_of_the_chinese_standard_are_told_apart(root, facts):
    table = schema.read_csv(root / "data" / "coal_equivalents.csv", "coal_equivalents")
    coal = table[table["carrier"] == "raw coal"].set_index("edition")
    assert coal.loc["GB/T 2589-2008", "calorific_value"] == 20908
    assert coal.loc["GB/T 2589-2020", "calorific_value"] == 20934
    assert set(coal["coefficient"]) == {0.7143}
    power = table[table["carrier"] == "electricity, equivalent value"]
    assert set(power["coefficient"]) == {0.1229}
    used = facts.calorific_values.set_index(["scope", "fuel", "unit"])
    row = used.loc["CN", "hard_coal", "MJ/kg"]
    assert (row["value"], row["edition"]) == (20.908, "GB/T 2589-2008")


def test_calorific_values_of_the_standard_follow_from_its_coefficients(root):
    table = schema.read_csv(root / "data" / "coal_equivalents.csv", "coal_equivalents")
    table = table.dropna(subset="calorific_value")
    # 7000 kcal per kgce, at 4.1816 kJ/kcal in 2008 and 4.1868 in 2020.
    kilojoule = table["edition"].map({"GB/T 2589-2008": 4.1816, "GB/T 2589-2020": 4.1868}) * 7000
    assert len(table) == 36
    np.testing.assert_allclose(
        table["calorific_value"], table["coefficient"] * kilojoule, rtol=2e-3
    )


def test_a_county_in_coal_equivalent(root):
    # 55 558 t raw coal and 6 545.22 x 10^4 kWh are 47 729.2 tce.
    table = schema.read_csv(root / "data" / "coal_equivalents.csv", "coal_equivalents")
    table = table[table["edition"] == "GB/T 2589-2020"].set_index("carrier")
    coal, power = table.loc["raw coal"], table.loc["electricity, equivalent value"]
    total = 55558 * units.factor(f"t * {coal['unit']}", "tce") * coal["coefficient"]
    total += 6545.22 * units.factor(f"1e4 kWh * {power['unit']}", "tce") * power["coefficient"]
    assert total == pytest.approx(47729.2, abs=0.1)


def test_traps_of_the_sources_are_not_in_the_harmonised_set(harmonised):
    value = harmonised["value"]
    # The standard prints the mechanised oven's factor for the beehive oven too.
    assert value["coke_oven_beehive", "coke_product"] > 1.57
    # It prints BC 0 for converters.
    assert value["steel_shop", "crude_steel"] > 0
    # It prints 0.002 of PM2.5 for stokers in power plants, 0.2 elsewhere.
    assert value["stoker_boiler", "hard_coal"] > 10 * value["pulverised_boiler", "hard_coal"]
    # The machine copy prints EC 0.15 for Euro V lorries, which have no filter.
    assert value["hdv_diesel_euro5", "diesel"] == value["hdv_diesel_euro4", "diesel"]
    # Garden residue isn't municipal waste.
    assert value["open_waste_burning", "municipal_waste"] == 0.65
    assert value["open_waste_burning", "garden_waste"] == 1.76


def test_no_control_removes_more_bc_than_pm25_of_the_standard_without_saying_so(facts):
    table = facts.abatement.set_index("control")
    assert table.loc["esp", "efficiency"] == 0.93
    assert "T/CSES Table A.1 (0.945)" in table.loc["fabric_filter", "note"]
    assert not {"scr", "sncr"} & set(table.index)
