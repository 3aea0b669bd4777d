"""One edited row of each table of facts changes a result of a build, or the table says why not."""

import shutil
from contextlib import chdir
from dataclasses import dataclass, replace

import pytest

from bc_inventory import schema
from bc_inventory.config import load_config
from bc_inventory.pipeline.plan import Output, run
from bc_inventory.reference.paths import embedded_root
from bc_inventory.schema.package import contracts_of
from bc_inventory.workflow.facts import UNREAD
from bc_inventory.workflow.plan import make_plan
from tests.small_facts import EMPTY

TABLES = contracts_of(embedded_root())
CONFIG = """
[inventory]
name = "edited"
years = [2015, 2018]
regions = ["PL", "CN-HE", "CN-XZ"]
[uncertainty]
draws = 20
[grid]
resolution = 1.0
[hotspots]
resolution = 1.0
"""
# Tables that serve what a command makes of a release, and move nothing in the release itself.
OF_COMMANDS = {
    "spatial/degree_days.csv": "`grid --hours` makes the days of heating with it",
    "spatial/export_sectors.csv": "`export` names the sectors of an input4MIPs file by it",
    "spatial/road_traffic.csv": "`grid --networks` weights the classes of roads by it",
    "technologies.csv": "it lists the codes that other tables may hold; commands know names by it",
    "spatial/time_zones.csv": "`grid --hours` moves hours of the day by it",
}


@dataclass(frozen=True)
class Case:
    """A row of a table, the value that is put into a column of it, and the step that shows it.

    A number that isn't whole is a factor on the value and its bounds.
    """

    table: str
    row: dict
    column: str
    value: float | str | int
    step: str


CASES = [
    Case(
        "abatement.csv", {"control": "blast_furnace_gas_cleaning"}, "efficiency", 0.99, "emissions"
    ),
    Case(
        "activity/cn_2018.csv",
        {
            "year": 2018,
            "region": "CN-HE",
            "source_sector": "ceads:fuel_extraction",
            "source_fuel": "kerosene",
            "unit": "1e4 t",
        },
        "quantity",
        0.99,
        "published",
    ),
    Case(
        "activity/eu_2018.csv",
        {
            "year": 2018,
            "region": "PL",
            "source_sector": "crf:1.A.2.b",
            "source_fuel": "fossil",
            "unit": "kt",
        },
        "quantity",
        0.99,
        "published",
    ),
    Case(
        "activity_mapping.csv",
        {
            "mapping_id": "cn-chemicals-gasoline",
            "scope": "CN",
            "source_sector": "ceads:chemicals",
            "source_fuel": "gasoline",
            "nfr": "1A3biv",
            "fuel": "gasoline",
            "year": 2020,
        },
        "share",
        0.99,
        "activity",
    ),
    Case(
        "activity_national.csv",
        {"activity_id": "cn-brick", "scope": "CN", "nfr": "1A2f", "fuel": "brick", "year": 2018},
        "quantity",
        0.99,
        "activity",
    ),
    Case(
        "activity_uncertainty.csv",
        {"activity_source": "ceads", "source_sector": "*", "flag": "mean_factor"},
        "relative",
        0.99,
        "activity",
    ),
    Case(
        "benchmarks.csv",
        {"inventory": "EMEP-CEIP 2025-01-20", "year": 2018, "region": "PL", "sector": "D_Fugitive"},
        "emission_kt",
        0.99,
        "comparison",
    ),
    Case(
        "calorific_values.csv",
        {"scope": "*", "fuel": "natural_gas", "unit": "TJ/TJ_GCV"},
        "value",
        0.99,
        "activity",
    ),
    Case(
        "claims.csv",
        {"claim": "china-reas", "year": 2015, "sector": "*", "species": "BC"},
        "emission_kt",
        0.99,
        "claims",
    ),
    Case("climate_metrics.csv", {"metric_id": "ar5-oc-gwp100"}, "value", 0.99, "impacts"),
    Case("co2_factors.csv", {"fuel": "diesel"}, "value", 0.99, "activity"),
    Case(
        "cryosphere_bands.csv",
        {"view": "hma_glacier_km", "band": "2000+"},
        "lower",
        0.99,
        "impacts",
    ),
    Case(
        "cryosphere_responses.csv",
        {
            "receptor": "Arctic",
            "emitted_in": "Arctic against mid-latitudes",
            "quantity": "surface temperature per emitted mass of BC",
        },
        "value",
        0.99,
        "report",
    ),
    Case(
        "emission_factors.csv",
        {
            "factor_set": "harmonised",
            "side": "*",
            "nfr": "*",
            "fuel": "gasoline",
            "technology": "nonroad_petrol_4stroke",
            "species": "BC",
        },
        "value",
        0.99,
        "emissions",
    ),
    Case(
        "measures.csv",
        {
            "measure": "clean_heating",
            "scope": "*",
            "nfr": "1A4bi",
            "fuel": "hard_coal",
            "technology": "coal_stove_chunk",
            "changes": "activity",
        },
        "effect",
        0.99,
        "mitigation",
    ),
    Case(
        "observations/means.csv",
        {"station": "CHTS", "period": "year", "series_id": "CHTS.EC.pm25.d4f05a40"},
        "ec_ug_m3",
        0.99,
        "observations",
    ),
    Case("observations/places.csv", {"station": "CZ0003R"}, "latitude", 0.99, "observations"),
    Case(
        "organic_carbon.csv",
        {"inventory": "EDGAR v8.1", "year": 2018, "side": "CN"},
        "emission_kt",
        0.99,
        "impacts",
    ),
    Case(
        "penetration.csv",
        {
            "scope": "CN",
            "nfr": "*",
            "fuel": "*",
            "technology": "pulverised_boiler",
            "control": "esp_wet_fgd",
            "year": 2018,
        },
        "penetration",
        0.99,
        "emissions",
    ),
    Case(
        "region_shares.csv",
        {"driver": "coke-output", "region": "CN-HE", "year": 2018},
        "share",
        0.99,
        "activity",
    ),
    Case("review_limits.csv", {"limit": "key_level_approach1"}, "value", 0.3, "review"),
    Case(
        "spatial/cells_010.parquet",
        {"region": "CN-HE", "j": 1296, "i": 2981},
        "fraction",
        0.99,
        "shares",
    ),
    Case(
        "spatial/lanes_010.parquet",
        {"region": "CN-HE", "j": 1113, "i": 2928},
        "shipping_share",
        0.99,
        "shares",
    ),
    Case("spatial/places.parquet", {"geonameid": 3100796}, "lat", 0.99, "hotspots"),
    Case(
        "spatial/points.parquet",
        {"region": "CN-HE", "name": "Baoding Shi cement (GACTCHN0157)"},
        "weight",
        0.99,
        "shares",
    ),
    Case("spatial/points_typed.csv", {"region": "PL", "name": "Bytom"}, "weight", 0.99, "shares"),
    Case(
        "spatial/temporal_profiles.parquet",
        {"profile": "field_burning", "cycle": "month", "scope": "PL", "step": 9},
        "factor",
        0.99,
        "impacts",
    ),
    Case(
        "targets.csv",
        {"target_id": "arctic-2025", "scope": "CN", "target_year": 2025},
        "reduction_lower",
        0.99,
        "mitigation",
    ),
    Case(
        "activity_repairs.csv", {"repair_id": "household-g3000-be"}, "relative", 0.99, "published"
    ),
    Case(
        "comparability/definitions.csv",
        {"inventory": "bc_inventory official", "sector": "*", "aspect": "condensables"},
        "value",
        "as edited",
        "comparison",
    ),
    Case(
        "comparability/shared_sources.csv",
        {"component": "activity", "source_id": "eurostat-nrg-d-hhq"},
        "nfr",
        "1A1a",
        "review",
    ),
    Case(
        "crosswalk/sectors.csv",
        {"scheme": "GNFR14", "source_sector": "C_OtherStatComb"},
        "share",
        0.99,
        "comparison",
    ),
    Case("domains.csv", {"domain": "EU"}, "colour", "#123f74", "report"),
    Case("fuels.csv", {"fuel": "hard_coal"}, "name", "edited coal", "report"),
    Case("hotspot_groups.csv", {"nfr": "1A4bi"}, "fuel", "hard_coal", "hotspots"),
    Case("population.csv", {"region": "CN-QH", "year": 2018}, "population", 0.99, "published"),
    Case("regions.csv", {"region": "PL"}, "group", "EU-WEST", "emissions"),
    Case("sectors.csv", {"nfr": "1A4bi"}, "gnfr", "B_Industry", "emissions"),
    Case("activity_reported.csv", {}, "quantity", 1.0, "activity"),
    Case("sources.csv", {"source_id": "ceads"}, "citation", "as edited", "report"),
    Case("spatial/glacier_cells_025.parquet", {"j": 513, "i": 1115}, "i", 1, "hotspots"),
    Case("spatial/hma_cells_025.parquet", {"j": 514}, "i", 1182, "impacts"),
    Case("spatial/outlines.parquet", {"region": "PL"}, "lat", 0.99, "maps"),
    Case("spatial/proxies.csv", {"proxy": "population"}, "members", "land", "shares"),
    Case("spatial/proxy_ladder.csv", {"nfr": "1A3bi", "order": 1}, "proxy", "land", "shares"),
    Case(
        "spatial/temporal_map.csv",
        {"scope": "*", "nfr": "1A4bi", "cycle": "month"},
        "profile",
        "flat",
        "impacts",
    ),
    Case(
        "technology_shares.csv",
        {"scope": "CN", "nfr": "1A4bi", "fuel": "hard_coal", "year": 2018},
        "share_lower",
        0.9,
        "emissions",
    ),
]


def edit(case, folder):
    """Write the edited row into an overlay, or the table where rows can't say what changed."""
    if case.table in EMPTY:
        folder.mkdir()
        (folder / case.table).with_suffix(".rows.csv").write_text(EMPTY[case.table], "utf-8")
        return
    rules, path = TABLES[case.table], embedded_root() / case.table
    frame = (schema.read_csv if path.suffix == ".csv" else schema.read_parquet)(path, rules)
    chosen = frame
    for column, value in case.row.items():
        chosen = chosen[chosen[column] == value]
    row = chosen[chosen[case.column].notna()].index[0]
    if isinstance(case.value, str | int):
        if isinstance(case.value, str):
            frame[case.column] = frame[case.column].astype(object)
        assert frame.loc[row, case.column] != case.value
        frame.loc[row, case.column] = case.value
    else:
        bounds = [i for i in rules.intervals if i.value == case.column]
        for name in (case.column, *(end for i in bounds for end in (i.lower, i.upper))):
            frame[name] = frame[name].astype(float)
            frame.loc[row, name] *= case.value
    target = folder / case.table
    target.parent.mkdir(parents=True)
    if path.suffix == ".parquet":
        schema.write_parquet(frame, rules, target)
    elif case.column in rules.key:
        schema.write_csv(frame, rules, target)
    else:
        schema.write_csv(frame.loc[[row]], rules, target.with_suffix(".rows.csv"))


@pytest.fixture(scope="module")
def outputs_of(tmp_path_factory):
    """Return the digests of the outputs of a step, with an overlay or without."""
    folder = tmp_path_factory.mktemp("edited")
    (folder / "edited.toml").write_text(CONFIG)

    def outputs(step, overlay=None):
        with chdir(folder):
            config = load_config("edited.toml")
            if overlay is not None:
                config = replace(config, facts=replace(config.facts, folder=str(overlay)))
            plan = make_plan(config, folder / "results")
            steps = {each.name: each for each in plan.steps}
            needed, queue = set(), [step]
            while queue:
                name = queue.pop()
                if name not in needed:
                    needed.add(name)
                    inputs = steps[name].inputs.values()
                    queue += [entry.step for entry in inputs if isinstance(entry, Output)]
            plan.steps = tuple(each for each in plan.steps if each.name in needed)
            record = run(plan, folder / "work", cache=folder / "cache")
            shutil.rmtree(folder / "work", ignore_errors=True)
            return {name: each.content.sha256 for name, each in record.step(step).outputs.items()}

    return outputs


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.table)
def test_an_edited_row_changes_a_result(case, outputs_of, tmp_path):
    before = outputs_of(case.step)
    edit(case, tmp_path / "overlay")
    assert outputs_of(case.step, tmp_path / "overlay") != before


def test_each_table_has_a_case_or_a_reason():
    years = {name for name in TABLES if name.startswith("activity/")} - {
        "activity/cn_2018.csv", "activity/eu_2018.csv"
    }  # fmt: skip
    cases = {case.table for case in CASES}
    assert not cases & OF_COMMANDS.keys()
    assert cases | OF_COMMANDS.keys() | UNREAD.keys() | years == TABLES.keys()
