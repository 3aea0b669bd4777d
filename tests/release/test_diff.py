"""Recalculation by hand: one fact changed, and exactly its rows and heads are named."""

import contextlib
import json
import math
import shutil
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import bc_inventory as bci
from bc_inventory import schema
from bc_inventory.commands.diff import diff as command
from bc_inventory.config import load_config
from bc_inventory.errors import DataError, ReleaseError
from bc_inventory.inventory.uncertainty import LEVELS
from bc_inventory.pipeline.plan import run
from bc_inventory.release.explain.diff import HEADS, diff
from bc_inventory.workflow.plan import make_plan
from bc_inventory.workflow.run import build
from tests.conftest import SMALL
from tests.small_facts import write_small_overlay

COAL = ("CN-HE", "1A4bi", "coal", "stove")


class Estimated:
    """An emission table that stands for a release: what a difference reads of one."""

    inventory, version = "small", "2018-00000000"

    def __init__(self, rows):
        self.rows = rows
        self.manifest = {"inputs": [], "configuration": {}, "steps": [], "software": {}}

    def emissions(self, *, factor_set, columns):
        assert factor_set is None
        return self.rows.loc[~self.rows["memo"], columns]

    def table(self, name):
        assert name == "totals"
        rows = self.rows[~self.rows["memo"] & self.rows["emission_kt"].notna()]
        by = ["year", "side", "species", "factor_set"]
        return pd.concat(
            rows.groupby([*by, *extra])["emission_kt"].sum().reset_index().assign(level=level)
            for level, extra in LEVELS.items()
        )


@pytest.fixture(scope="module")
def estimate(tmp_path_factory):
    """Return a way to estimate the small facts with texts of tables replaced."""
    base = tmp_path_factory.mktemp("facts")
    number = iter(range(100))

    def make(*changes):
        folder = base / str(next(number))
        write_small_overlay(folder / "data")
        for table, old, new in changes:
            path = folder / "data" / f"{table}.csv"
            text = path.read_text("utf-8")
            assert old in text
            path.write_text(text.replace(old, new), "utf-8")
        (folder / "small.toml").write_text(SMALL)
        with contextlib.chdir(folder):
            plan = make_plan(load_config("small.toml"), base / "cache")
            wanted = {"published", "activity", "emissions"}
            plan.steps = tuple(step for step in plan.steps if step.name in wanted)
            # Steps that a change doesn't reach are found, as in any rebuild.
            record = run(plan, folder / "work", cache=base / "cache")
        return Estimated(schema.read_parquet(record.path("emissions", "emissions"), "emissions"))

    return make


@pytest.fixture(scope="module")
def small(estimate):
    return estimate()


def parts(made, factor_set="harmonised"):
    """Return the heads that aren't zero of each changed row."""
    rows = made.rows[made.rows["factor_set"] == factor_set]
    return {
        tuple(row[name] for name in ("region", "nfr", "fuel", "technology")): {
            head: row[head] for head in HEADS if row[head] != 0
        }
        for row in rows.to_dict("records")
    }


def holds(made):
    """Check that parts sum to the whole, in rows and at every level of totals."""
    assert np.abs(made.rows[list(HEADS)].sum(axis=1) - made.rows["change_kt"]).max() < 1e-9
    assert np.abs(made.totals[list(HEADS)].sum(axis=1) - made.totals["change_kt"]).max() < 1e-9
    assert set(made.totals["level"]) == {
        *("side", "side_gnfr", "side_nfr", "region", "region_gnfr", "region_nfr")
    }


def test_a_release_and_itself(small):
    assert diff(small, small).empty


@pytest.mark.parametrize(
    ("change", "head", "expected"),
    [
        # 2 to 3 g/kg of coal: 0.08 to 0.12 kt.
        (("emission_factors", "BC,2,1,4,", "BC,3,1,4,"), "factors", 0.04),
        # 100 to 150 kt of coal.
        (("activity/cn_2018", "coal,10,", "coal,15,"), "activity", 0.04),
        # Filters on all coal: 0.5 is left of it and not 0.8.
        (("penetration", "0.4,0.3,0.5", "1,0.9,1"), "controls", -0.03),
        (("abatement", "0.5,0.4,0.6", "1,0.9,1"), "controls", -0.02),
        # No coal burnt, all of it removed, are zeros and not gaps.
        (("activity/cn_2018", "coal,10,", "coal,0,"), "activity", -0.08),
    ],
)
def test_one_fact_moves_its_rows_and_its_head_alone(estimate, small, change, head, expected):
    made = diff(small, estimate(change))
    assert parts(made) == {COAL: {head: pytest.approx(expected, abs=1e-12)}}
    holds(made)
    there = made.totals.set_index(["level", "factor_set", "side", "region", "nfr"])
    side = there.loc[("side", "harmonised", "CN", "*", "*")]
    assert side["base_kt"] == pytest.approx(0.11)
    assert side[head] == pytest.approx(expected)
    assert side["other_kt"] == pytest.approx(0.11 + expected)
    assert set(made.totals["side"]) == {"CN"}
    cell = there.loc[("region_nfr", "harmonised", "CN", "CN-HE", "1A4bi")]
    assert cell["change_kt"] == pytest.approx(expected)


def test_the_official_set_has_its_own_rows(estimate, small):
    made = diff(small, estimate(("emission_factors", "BC,40,10,160", "BC,50,10,160")))
    assert parts(made) == {}
    changed = parts(made, "official")
    assert {key[3] for key in changed} == {"stove", "pellet"}
    assert all(set(heads) == {"factors"} for heads in changed.values())
    assert sum(heads["factors"] for heads in changed.values()) == pytest.approx(0.01)


def test_a_calorific_value_moves_activity_and_factor_against_each_other(estimate, small):
    made = diff(small, estimate(("calorific_values", "20,20,20", "25,25,25")))
    # 0.08 kt of the same tonnes: L(0.08, 0.08) ln(25 / 20) either way.
    moved = 0.08 * math.log(25 / 20)
    assert parts(made)[COAL] == {
        "activity": pytest.approx(moved),
        "factors": pytest.approx(-moved),
    }
    assert made.rows["change_kt"].abs().max() < 1e-12
    holds(made)


def test_two_heads_share_by_the_logarithmic_mean(estimate, small):
    made = diff(
        small,
        estimate(
            ("emission_factors", "BC,2,1,4,", "BC,4,1,8,"),
            ("activity/cn_2018", "coal,10,", "coal,40,"),
        ),
    )
    mean = (0.64 - 0.08) / math.log(8)
    assert parts(made) == {
        COAL: {
            "activity": pytest.approx(mean * math.log(4)),
            "factors": pytest.approx(mean * math.log(2)),
        }
    }


def test_another_split_is_technology(estimate, small):
    old = "stove,2018,0.5,0.4,0.6", "pellet,2018,0.5,0.4,0.6"
    made = diff(
        small,
        estimate(
            ("technology_shares", old[0], "stove,2018,0.25,0.2,0.3"),
            ("technology_shares", old[1], "pellet,2018,0.75,0.7,0.8"),
        ),
    )
    assert parts(made) == {
        ("DE", "1A4bi", "wood", "stove"): {"technology_shares": pytest.approx(-0.02)},
        ("DE", "1A4bi", "wood", "pellet"): {"technology_shares": pytest.approx(0.002)},
    }
    gone = diff(
        small,
        estimate(
            ("technology_shares", old[0], "stove,2018,1,1,1"),
            ("technology_shares", f"*,1A4bi,wood,{old[1]},assumed,s,\n", ""),
        ),
    )
    assert parts(gone) == {
        ("DE", "1A4bi", "wood", "stove"): {"technology_shares": pytest.approx(0.04)},
        ("DE", "1A4bi", "wood", "pellet"): {"technology_shares": pytest.approx(-0.004)},
    }
    assert set(gone.rows["in"]) == {"both", "base"}
    holds(gone)


def test_the_same_category_from_other_activity_is_method(estimate, small):
    made = diff(small, estimate(("activity_mapping", "m-wood", "m-other")))
    found = made.rows[made.rows["factor_set"] == "harmonised"]
    assert set(found["activity_id"]) == {"m-wood", "m-other"}
    assert found["method"].tolist() == found["change_kt"].tolist()
    totals = made.totals[made.totals["factor_set"] == "harmonised"]
    assert totals[["change_kt", "method"]].abs().to_numpy().max() < 1e-15


def test_a_category_that_one_alone_estimates_is_coverage(estimate, small):
    row = "n-brick,CN,1A2f,brick,2018,1000,500,2000,kt,bricks,1,assumed,s,\n"
    without = estimate(("activity_national", row, ""))
    brick = ("CN-HE", "1A2f", "brick", "kiln")
    assert parts(diff(small, without)) == {brick: {"coverage": pytest.approx(-0.03)}}
    assert parts(diff(without, small)) == {brick: {"coverage": pytest.approx(0.03)}}
    holds(diff(small, without))


def test_another_unit_of_activity_is_method(small):
    rows = small.rows.copy()
    coal = (rows["fuel"] == "coal") & (rows["factor_set"] == "harmonised")
    rows.loc[coal, ["activity", "activity_unit"]] = [50.0, "kt"]
    rows.loc[coal, ["emission_factor", "emission_factor_unit"]] = [3.0, "g/kg"]
    rows.loc[coal, "emission_kt"] = 0.12
    assert parts(diff(small, Estimated(rows))) == {COAL: {"method": pytest.approx(0.04)}}


def test_a_row_that_is_not_its_product_is_method(small):
    rows = small.rows.copy()
    rows.loc[(rows["fuel"] == "coal") & (rows["factor_set"] == "harmonised"), "emission_kt"] = 0.1
    assert parts(diff(small, Estimated(rows))) == {COAL: {"method": pytest.approx(0.02)}}


positive = st.floats(1e-3, 1e3)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(positive, positive, st.floats(0, 1)), min_size=4, max_size=4),
    st.sets(st.integers(0, 3), max_size=2),
    st.sampled_from(["lmdi", "shapley"]),
)
def test_parts_sum_and_change_sign_with_the_direction(small, scales, dropped, method):
    rows = small.rows.copy()
    chosen = rows.index[rows["emission_kt"].notna() & (rows["factor_set"] == "harmonised")]
    for index, (activity, factor, abatement) in zip(chosen, scales, strict=True):
        row = rows.loc[index]
        used, per = row["activity"] * activity, row["emission_factor"] * factor
        rows.loc[index, ["activity", "emission_factor", "abatement"]] = [used, per, abatement]
        # TJ x g/GJ is t x 1e-3 kt; kt x g/kg the same.
        rows.loc[index, "emission_kt"] = (
            used
            * row["share"]
            * per
            * (1 - abatement)
            * 1e-6
            * (1e3 if row["activity_unit"] == "kt" else 1.0)
        )
    rows = rows.drop(index=[chosen[number] for number in dropped])
    there, back = (diff(*pair, method=method) for pair in _both_ways(small, Estimated(rows)))
    size = max(1.0, there.totals["other_kt"].max(), there.totals["base_kt"].max())
    for made in (there, back):
        for table in (made.rows, made.totals):
            off = np.abs(table[list(HEADS)].sum(axis=1) - table["change_kt"])
            assert off.max() <= 1e-9 * size
    key = ["level", "side", "region", "nfr", "factor_set"]
    first, second = (made.totals.set_index(key)[list(HEADS)] for made in (there, back))
    assert np.allclose(first, -second.reindex(first.index), rtol=1e-9, atol=1e-9 * size)


def _both_ways(first, second):
    return (first, second), (second, first)


@pytest.fixture(scope="module")
def recalculated(small_root, tmp_path_factory) -> tuple[Path, str, str]:
    """Return a folder with the small release and one with another factor, and both versions."""
    folder = tmp_path_factory.mktemp("recalculated")
    shutil.copytree(small_root.parent, folder, dirs_exist_ok=True)
    first = bci.open_release(root=folder / "releases").version
    path = folder / "data" / "emission_factors.csv"
    path.write_text(path.read_text("utf-8").replace("BC,2,1,4,", "BC,3,1,4,"), "utf-8")
    with contextlib.chdir(folder):
        second = build(load_config("small.toml"), folder / "releases").version
    return folder / "releases", first, second


def test_published_releases_name_the_fact_that_changed(recalculated):
    root, first, second = recalculated
    pair = [bci.open_release(version, root=root) for version in (first, second)]
    assert diff(pair[0], pair[0]).empty
    made = diff(*pair)
    assert made.inputs[["path", "change"]].to_numpy().tolist() == [
        ["data/emission_factors.csv", "changed"]
    ]
    entries = [{file["path"]: file["sha256"] for file in one.manifest["inputs"]} for one in pair]
    hashes = made.inputs[["base_sha256", "other_sha256"]].to_numpy().tolist()
    assert hashes == [[entry["data/emission_factors.csv"] for entry in entries]]
    assert made.settings.empty
    assert parts(made) == {COAL: {"factors": pytest.approx(0.04)}}
    holds(made)


def test_the_command_in_its_three_forms(recalculated):
    root, first, second = recalculated

    def call(*words):
        return CliRunner().invoke(command, [first, second, *words, "--releases", str(root)])

    told = call().stdout
    assert "emission_factor 100 to 150 g/GJ" in told
    assert "emission_factors.csv: changed" in told
    parsed = json.loads(call("--format", "json").stdout)
    pair = [bci.open_release(version, root=root) for version in (first, second)]
    assert parsed == diff(*pair).to_dict()
    csv = call("--format", "csv", "--table", "rows").stdout
    rows = pd.read_csv(StringIO(csv))
    assert rows["factors"].sum() == pytest.approx(parsed["rows"][0]["factors"] * len(rows))
    assert rows["in"].tolist() == ["both"] * len(parsed["rows"])
    same = CliRunner().invoke(command, [first, first, "--releases", str(root)])
    assert same.stdout.endswith("nothing changed\n")
    wrong = CliRunner().invoke(command, [first, "2018-ffffffff", "--releases", str(root)])
    assert isinstance(wrong.exception, ReleaseError)


def test_settings_and_inputs_that_changed():
    from bc_inventory.release.explain.changes import changed_inputs, changed_settings

    base = {
        "inputs": [{"path": "a.csv", "sha256": "1"}, {"path": "b.csv", "sha256": "2"}],
        "configuration": {"uncertainty": {"draws": 200}},
        "steps": [{"name": "emissions", "code": "x"}],
        "software": {"pandas": "3"},
    }
    other = {
        "inputs": [{"path": "b.csv", "sha256": "3"}, {"path": "c.csv", "sha256": "4"}],
        "configuration": {"uncertainty": {"draws": 300}},
        "steps": [{"name": "emissions", "code": "y"}],
        "software": {"pandas": "3"},
    }
    found = changed_inputs(base, other)
    assert dict(zip(found["path"], found["change"], strict=True)) == {
        "a.csv": "removed",
        "b.csv": "changed",
        "c.csv": "added",
    }
    assert changed_settings(base, other).to_numpy().tolist() == [
        ["code of emissions", "x", "y"],
        ["configuration uncertainty.draws", "200", "300"],
    ]


def test_two_inventories_meet_on_the_regions_that_both_have(estimate):
    both = estimate()
    part = Estimated(both.rows[both.rows["region"] == "DE"].reset_index(drop=True))
    part.inventory = "germany"
    result = diff(both, part)
    assert result.left_out == {"regions of base": ("CN-HE",)}
    assert result.totals.empty
    assert result.rows.empty
    changed = part.rows.assign(
        emission_kt=part.rows["emission_kt"] * 2, activity=part.rows["activity"] * 2
    )
    twice = Estimated(changed)
    twice.inventory = "germany"
    total = diff(both, twice).totals.query("level == 'side' and factor_set == 'harmonised'")
    # 0.044 kt of wood in Germany, as `small_facts` works out.
    assert total[["base_kt", "other_kt", "activity"]].to_numpy().tolist() == [
        pytest.approx([0.044, 0.088, 0.044])
    ]


def test_two_inventories_without_a_common_region_are_refused(estimate):
    both = estimate()
    parts = [Estimated(rows) for _, rows in both.rows.groupby("region")]
    parts[0].inventory, parts[1].inventory = "one", "two"
    with pytest.raises(DataError, match="no region that both inventories have: CN-HE and DE"):
        diff(*parts)
