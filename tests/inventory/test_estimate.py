"""Emissions worked out by hand, and what the rows say about themselves."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory.errors import DataError, JoinError
from bc_inventory.inventory.activity import harmonise
from bc_inventory.inventory.distribution import Lognormal
from bc_inventory.inventory.draws import draw
from bc_inventory.inventory.estimate import estimate
from bc_inventory.inventory.facts import fact_paths, load_facts, load_published
from bc_inventory.inventory.uncertainty import totals


def make(root, factor_sets=("harmonised", "official"), years=(2018,)):
    facts = load_facts(fact_paths(root))
    regions = facts.regions[facts.regions["side"] != "none"]
    published = load_published(sorted((root / "activity").glob("*.csv")), facts.known())
    activity, unmapped = harmonise(published, facts, regions, years)
    return estimate(activity, facts, regions, years, factor_sets), unmapped


def edit(root, table, old, new):
    path = root / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def by_row(rows, factor_set="harmonised"):
    rows = rows[(rows["factor_set"] == factor_set) & rows["emission_kt"].notna()]
    return rows.set_index(["region", "nfr", "fuel", "technology"])


def test_emissions_by_hand(small):
    rows, _ = make(small)
    got = by_row(rows)["emission_kt"].to_dict()
    assert got == pytest.approx(
        {
            ("DE", "1A4bi", "wood", "stove"): 0.040,
            ("DE", "1A4bi", "wood", "pellet"): 0.004,
            ("CN-HE", "1A4bi", "coal", "stove"): 0.080,
            ("CN-HE", "1A2f", "brick", "kiln"): 0.030,
        }
    )


def test_each_row_tells_its_formula(small):
    rows, _ = make(small)
    coal = by_row(rows).loc[("CN-HE", "1A4bi", "coal", "stove")]
    assert coal["activity"] == pytest.approx(1000)
    assert coal["activity_unit"] == "TJ"
    assert coal["emission_factor"] == pytest.approx(100)
    assert coal["emission_factor_unit"] == "g/GJ"
    assert coal["abatement"] == pytest.approx(0.2)
    assert coal["ncv_id"] == "ncv-coal"
    assert coal["factor_id"] == "f-coal-stove"
    assert coal["flag"] == "e;surrogate"
    assert coal["confidence"] == "assumed"


def test_pm25_where_its_factor_is_known(small):
    rows = by_row(make(small)[0])
    assert rows.loc[("DE", "1A4bi", "wood", "stove"), "pm25_kt"] == pytest.approx(0.4)
    assert np.isnan(rows.loc[("DE", "1A4bi", "wood", "pellet"), "pm25_kt"])


def test_the_official_set_falls_back_with_a_flag_and_counts_controls_once(small):
    rows = by_row(make(small)[0], "official")
    wood = rows.loc[("DE", "1A4bi", "wood", "stove")]
    assert wood["emission_kt"] == pytest.approx(0.020)
    coal = rows.loc[("CN-HE", "1A4bi", "coal", "stove")]
    assert "factor_from_harmonised" in coal["flag"]
    assert coal["emission_kt"] == pytest.approx(0.080)


def test_a_controlled_factor_is_not_abated_again(small):
    edit(small, "emission_factors", "g/kg,,direct,false,2,high,s,", "g/kg,,direct,true,2,high,s,")
    rows = by_row(make(small)[0])
    assert rows.loc[("CN-HE", "1A4bi", "coal", "stove"), "emission_kt"] == pytest.approx(0.1)


def test_a_row_interval_by_hand(small):
    """Stove: factor 80 (20-320), share 0.5 (0.4-0.6), statistics +-10 %, all independent."""
    row = by_row(make(small)[0]).loc[("DE", "1A4bi", "wood", "stove")]
    assert row["factor_upper"] == pytest.approx(320.0)
    random = np.random.default_rng(2)
    drawn = 0.040 * np.ones(400_000)
    for value, lower, upper in ((80, 20, 320), (0.5, 0.4, 0.6), (1, 1 / 1.1, 1.1)):
        of_part = Lognormal.from_interval([value], [lower], [upper])
        drawn *= of_part.multiplier(random.standard_normal((1, drawn.size)))[0]
    assert drawn.mean() == pytest.approx(row["emission_kt"], rel=5e-3)
    bounds = np.quantile(drawn, [0.025, 0.975])
    assert [row["lower_kt"], row["upper_kt"]] == pytest.approx(bounds, rel=0.02)


def test_what_nobody_estimated_has_a_notation_key(small):
    rows, _ = make(small)
    silent = rows[rows["notation_key"].notna() & (rows["factor_set"] == "harmonised")]
    assert silent[["region", "nfr", "notation_key"]].to_numpy().tolist() == [["DE", "1A2f", "NE"]]
    assert silent["emission_kt"].isna().all()


def test_published_figures_without_a_mapping_are_reported_not_lost(small):
    _, unmapped = make(small)
    assert unmapped["source_fuel"].tolist() == ["unheard-of"]


def test_doubling_one_activity_doubles_what_depends_on_it(small):
    before = by_row(make(small)[0])["emission_kt"]
    path = small / "activity" / "eu_2018.csv"
    path.write_text(path.read_text().replace("1000,TJ", "2000,TJ"))
    after = by_row(make(small)[0])["emission_kt"]
    ratio = (after / before).to_dict()
    assert ratio.pop(("DE", "1A4bi", "wood", "stove")) == pytest.approx(2, rel=1e-12)
    assert ratio.pop(("DE", "1A4bi", "wood", "pellet")) == pytest.approx(2, rel=1e-12)
    assert set(ratio.values()) == {1.0}


@pytest.mark.parametrize(
    ("table", "old", "new", "words"),
    [
        ("calorific_values", "ncv-coal,*,coal", "ncv-coal,*,wood", "calorific value"),
        ("technology_shares", "*,1A2f,brick,kiln", "EU,1A2f,brick,kiln", "technology shares"),
        ("emission_factors", "*,*,brick,kiln", "*,1A4bi,brick,kiln", "emission factor"),
        ("activity_uncertainty", "s,*,*,0.1", "s,transport,*,0.1", "without an uncertainty"),
        ("activity_national", "kt,bricks", "kt,tiles", "driver 'tiles'"),
    ],
)
def test_what_does_not_meet_is_named(small, table, old, new, words):
    edit(small, table, old, new)
    with pytest.raises(JoinError, match=words):
        make(small)


@pytest.mark.parametrize(
    ("table", "old", "new", "column"),
    [
        ("emission_factors", "f-wood-stove,harmonised,*", "f-wood-stove,harmonised,EU", "side"),
        ("emission_factors", "80,20,320,g/GJ,800", "80,20,320,g/GJ,70", "value"),
        ("emission_factors", "80,20,320", "80,90,320", "value"),
        ("emission_factors", "g/GJ,800", "g/kn,800", "unit"),
        ("emission_factors", "*,*,wood,stove", "*,*,wod,stove", "fuel"),
        ("technology_shares", "stove,2018,0.5", "stove,2018,0.6", "share"),
        ("activity_mapping", "2018,0.5,0.4,0.6", "2018,1.5,1.4,1.6", "share"),
        ("activity_mapping", "EU,households,biomass,1A4bi", "EU,households,biomass,1A4b", "nfr"),
        ("regions", "DE,EU", "DE,EUU", "side"),
    ],
)
def test_facts_that_break_their_contract_are_refused(small, table, old, new, column):
    edit(small, table, old, new)
    with pytest.raises(DataError) as caught:
        make(small)
    assert column in {problem.column for problem in caught.value.problems}
    assert f"{table}.csv" in caught.value.problems[0].file


def test_a_figure_in_two_units_counts_once_or_not_at_all(small):
    path = small / "activity" / "eu_2018.csv"
    line = "2018,DE,households,biomass,277.8,GWh,fuel_energy,,,s,\n"
    path.write_text(path.read_text() + line)
    with pytest.raises(JoinError, match="2 figures"):
        make(small)


def test_totals_are_sums_and_contain_their_centre(small):
    rows, _ = make(small)
    made = totals(rows, 2000, 1)
    side = made[(made["level"] == "side") & (made["factor_set"] == "harmonised")]
    got = side.set_index("side")["emission_kt"].to_dict()
    assert got == pytest.approx({"EU": 0.044, "CN": 0.110})
    assert (
        (made["lower_kt"] <= made["emission_kt"]) & (made["emission_kt"] <= made["upper_kt"])
    ).all()
    assert not side["approach1_valid"].any()
    assert "DE 1A2f NE" in side.set_index("side").loc["EU", "not_estimated"]


def test_one_factor_is_one_draw(small):
    """Two regions with the same factor move together; with factors apart they don't."""
    rows, _ = make(small, factor_sets=("harmonised",))
    stove = rows[rows["factor_id"] == "f-wood-stove"]
    twin = stove.assign(region="CN-HE", driver="other", share_scope="other")
    pair = pd.concat([stove, twin], ignore_index=True).assign(sigma_share=0.0, sigma_local=0.0)
    _, together = draw(pair, ["region"], 4000, 7)
    assert np.corrcoef(np.log(together.T))[0, 1] > 0.999
    _, apart = draw(pair.assign(factor_id=pair["region"]), ["region"], 4000, 7)
    assert abs(np.corrcoef(np.log(apart.T))[0, 1]) < 0.06


def test_draws_of_a_subset_are_those_of_the_whole(small):
    rows, _ = make(small, factor_sets=("harmonised",))
    groups, whole = draw(rows, ["region"], 100, 3)
    _, part = draw(rows[rows["region"] == "DE"], ["region"], 100, 3)
    column = groups["region"].tolist().index("DE")
    assert part[:, 0] == pytest.approx(whole[:, column], rel=1e-6)


def test_a_split_stays_a_split(small):
    """With only the split uncertain, stove and pellet factors equal, the sum can't move."""
    edit(small, "emission_factors", "wood,pellet,BC,8,2,32", "wood,pellet,BC,80,20,320")
    rows, _ = make(small, factor_sets=("harmonised",))
    wood = rows[rows["fuel"] == "wood"].assign(sigma_factor=0.0, sigma_local=0.0)
    _, sums = draw(wood, ["region"], 200, 5)
    assert sums == pytest.approx(np.full_like(sums, 0.080), rel=1e-5)


def test_approaches_agree_for_small_spread(small):
    """For small deviations approach 2 tends to approach 1."""
    rows, _ = make(small, factor_sets=("harmonised",))
    parts = [f"sigma_{part}" for part in ("activity", "local", "factor", "abatement")]
    rows = rows.assign(sigma_share=0.0, **{name: rows[name] * 0.02 for name in parts})
    rows = rows.assign(skew_factor=0.0, skew_activity=0.0, skew_local=0.0)
    rows = rows.assign(split_activity=None, split_local=None)
    made = totals(rows, 20000, 11)
    side = made[made["level"] == "side"]
    assert side["approach1_valid"].all()
    for bound in ("lower", "upper"):
        half1 = (side[f"approach1_{bound}_kt"] - side["emission_kt"]).abs()
        half2 = (side[f"{bound}_kt"] - side["emission_kt"]).abs()
        assert half2.to_numpy() == pytest.approx(half1.to_numpy(), rel=0.05)


def test_a_change_of_labels_alone_changes_no_number(small):
    """Confidence says how far a fact is known; no value or interval follows from it."""
    before, _ = make(small)
    tables = ("activity_mapping", "activity_national", "technology_shares")
    for name in (*tables, "emission_factors", "penetration", "abatement", "activity_uncertainty"):
        path = small / f"{name}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert len(frame)
        frame.assign(confidence="recalled", note="another").to_csv(path, index=False)
    after, _ = make(small)
    labels = [name for name in before if name.endswith("confidence")] + ["note"]
    pd.testing.assert_frame_equal(before.drop(columns=labels), after.drop(columns=labels))
    assert set(by_row(after)["confidence"]) == {"recalled"}
    sums = [totals(rows, draws=100, seed=1) for rows in (before, after)]
    pd.testing.assert_frame_equal(*sums)


def test_each_component_has_its_own_confidence(small):
    rows, _ = make(small)
    names = ["activity_confidence", "share_confidence", "factor_confidence", "abatement_confidence"]
    labels = by_row(rows)[names]
    coal = labels.loc[("CN-HE", "1A4bi", "coal", "stove")].tolist()
    assert coal == ["assumed", "assumed", "high", "assumed"]
    wood = labels.loc[("DE", "1A4bi", "wood", "stove")]
    assert wood.tolist()[:3] == ["high", "assumed", "high"]
    assert pd.isna(wood["abatement_confidence"])
