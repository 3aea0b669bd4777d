"""One root of facts: each table is a declared input of a step, or is refused by name."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.config import load_config
from bc_inventory.errors import DataError
from bc_inventory.pipeline.plan import Plan, Step, execute, run
from bc_inventory.reference import codelists
from bc_inventory.reference.changed_tables import overlaid
from bc_inventory.reference.overlay import resolve
from bc_inventory.reference.paths import data_root, embedded_root
from bc_inventory.release.read.release import open_release
from bc_inventory.schema.package import contracts_of
from bc_inventory.storage.hashing import content_of
from bc_inventory.workflow.facts import UNREAD
from bc_inventory.workflow.plan import make_plan
from tests.small_facts import EMPTY

TABLES = contracts_of(embedded_root())


def edit(name, folder):
    """Write one row of a table into an overlay, with another value in a column outside its key."""
    rules = TABLES[name]
    path = embedded_root() / name
    read = schema.read_csv if path.suffix == ".csv" else schema.read_parquet
    frame = read(path, rules)
    if name in EMPTY:
        assert frame.empty
        (folder / name).with_suffix(".rows.csv").write_text(EMPTY[name], encoding="utf-8")
        return
    if len(frame) == 0:  # activity_repairs may have no row; then it can't be edited
        pytest.fail(f"{name} has no row")
    bounds = {end for interval in rules.intervals for end in (interval.lower, interval.upper)}
    text = [c.name for c in rules.columns if c.kind == "string" and not (c.enum or c.references)]
    text = [c for c in text if c not in rules.key and not rules.column(c).unit_like]
    numbers = [c.name for c in rules.columns if c.kind == "number" and c.name not in bounds]
    numbers = [c for c in numbers if c not in rules.key and frame[c].notna().any()]
    if text:
        frame[text[-1]] = frame[text[-1]].astype(object)
        frame.loc[0, text[-1]] = "edited"
    else:
        row = frame[numbers[0]].notna().idxmax()
        frame.loc[row, numbers[0]] *= 0.999
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        schema.write_csv(frame.iloc[:1], rules, target.with_suffix(".rows.csv"))
    else:
        schema.write_parquet(frame, rules, target)


def with_facts(folder):
    config = load_config()
    return replace(config, facts=replace(config.facts, folder=str(folder)))


def declared(plan):
    """Return the digest of each file that a step declares, by step and path below `data/`."""
    root = plan.facts or embedded_root()
    found = {}
    for step in plan.steps:
        for path in step.inputs.values():
            if isinstance(path, Path) and path.is_relative_to(root):
                name = path.relative_to(root).as_posix()
                content = content_of(path)
                files = [(f"{name}/{file}", digest) for file, digest, _ in content.files]
                for file, digest in files or [(name, content.sha256)]:
                    found.setdefault(file, {})[step.name] = digest
    return found


def test_a_row_of_every_table_changes_the_input_of_its_steps(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in TABLES.keys() - UNREAD.keys():
        edit(name, tmp_path / "overlay")
    before = declared(make_plan(load_config(), tmp_path / "results"))
    plan = make_plan(with_facts("overlay"), tmp_path / "results")
    after = declared(plan)
    assert before.keys() == after.keys()
    for name in TABLES.keys() - UNREAD.keys():
        assert before[name].keys() == after[name].keys() != set()
        for step, digest in before[name].items():
            assert after[name][step] != digest, (name, step)
    assert {change.table for change in overlaid(plan.facts)} == TABLES.keys() - UNREAD.keys()
    for change in overlaid(plan.facts):
        expected = (0, 1, 0) if change.table in EMPTY else (1, 0, 0)
        assert (change.replaced, change.added, change.removed) == expected, change
    assert all(step.facts == plan.facts for step in plan.steps)


def test_tables_that_no_step_reads_are_refused_with_what_they_are_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in UNREAD:
        edit(name, tmp_path / "overlay")
    with pytest.raises(DataError) as caught:
        make_plan(with_facts("overlay"), tmp_path / "results")
    said = {problem.file: problem.remedy for problem in caught.value.problems}
    assert said == {name: f"{why}. Leave it out." for name, why in UNREAD.items()}


def test_a_row_that_refers_to_what_is_not_there_is_named_in_the_overlay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "overlay").mkdir()
    header = "fuel,value,value_lower,value_upper,confidence,source_id,note\n"
    (tmp_path / "overlay" / "co2_factors.rows.csv").write_text(
        header + "hard_coal,90,80,100,high,nobody,\n"
    )
    with pytest.raises(
        DataError, match=r"^overlay/co2_factors\.rows\.csv, row 2, column source_id"
    ):
        make_plan(with_facts("overlay"), tmp_path / "results")
    # With the source, it stands.
    (tmp_path / "overlay" / "sources.rows.csv").write_text(
        "source_id,title,publisher,published,address,licence,citation,read,note\n"
        "nobody,Guess,Nobody,2020,,CC0,Nobody 2020,assumed,\n"
    )
    plan = make_plan(with_facts("overlay"), tmp_path / "results")
    assert [change.table for change in overlaid(plan.facts)] == ["co2_factors.csv", "sources.csv"]


def tell(inputs, outputs):
    """Write what a step sees of the regions, by whatever way it reads them."""
    names = codelists.regions().set_index("region")["name"]
    same = data_root() / "regions.csv" == inputs["regions"]
    outputs["name"].write_text(f"{names['PL']} {codelists.resolve_region('CN-HE')} {same}")


def refuse(inputs, outputs):
    """Find something wrong with a table of the root."""
    schema.read_csv(inputs["regions"], "fuels")


def plan_of(root, function=tell):
    regions = (root or embedded_root()) / "regions.csv"
    return Plan([Step("tell", function, {"regions": regions}, {"name": "name.txt"})], root)


@pytest.fixture
def roots(tmp_path):
    """Return the embedded root and those of two overlays, each with a name for Poland."""
    made = {"Poland": None}
    header, *lines = (embedded_root() / "regions.csv").read_text("utf-8").splitlines()
    row = next(line for line in lines if line.startswith("PL,"))
    for name in ("Sarmatia", "Lechia"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "regions.rows.csv").write_text(f"{header}\n{row.replace('Poland', name)}\n")
        made[name] = resolve(folder, tmp_path / "results")
    return made


def test_builds_with_different_facts_in_one_process_do_not_mix(roots, tmp_path):
    for name, root in [*roots.items(), *roots.items()]:
        record = run(plan_of(root), tmp_path / "work")
        assert record.path("tell", "name").read_text() == f"{name} CN-HE True"
        (used,) = record.step("tell").inputs.values()
        assert used.origin == "data/regions.csv"
        assert record.facts == root


def test_another_process_reads_the_same_facts(roots, tmp_path):
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        for number, root in enumerate(roots.values()):
            (step,) = plan_of(root).steps
            here = execute(step, {}, tmp_path / f"here{number}")
            there = pool.submit(execute, step, {}, tmp_path / f"there{number}").result(120)
            assert here.key == there.key
            one, two = (made.outputs["name"] for made in (here, there))
            assert one.content == two.content
            assert one.path != two.path


def test_a_step_that_finds_fault_with_a_root_names_the_table_and_not_its_copy(roots, tmp_path):
    with pytest.raises(DataError) as caught:
        run(plan_of(roots["Lechia"], refuse), tmp_path / "work")
    assert {problem.file for problem in caught.value.problems} == {
        "data/regions.csv with its overlay"
    }
    assert "in step tell" in caught.value.__notes__


def test_a_release_brings_the_tables_that_are_not_embedded(releases, monkeypatch):
    release = open_release(root=releases)
    manifest = release.manifest
    changes = {row["table"]: row for row in manifest["overlay"]}
    assert changes["data/fuels.csv"]["given_as"] == "rows"
    assert changes["data/fuels.csv"]["removed"] == 0 < changes["data/fuels.csv"]["added"]
    assert changes["data/abatement.csv"]["given_as"] == "table"
    files = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    inputs = {entry["path"]: entry["sha256"] for entry in manifest["inputs"]}
    assert len(inputs) == len(manifest["inputs"])
    assert all(path.startswith("data/") for path in inputs.keys() - {"facts_changed.parquet"})
    for table in changes:
        assert files["facts/" + table.removeprefix("data/")] == inputs[table]
    # Without the overlay and its results the release still knows its facts.
    monkeypatch.chdir(release.path)
    assert release.facts is not None
    assert content_of(release.facts / "fuels.csv").sha256 == inputs["data/fuels.csv"]
    assert "facts" not in release.tables
    assert len(release.emissions(region="Germany")) > 0


def test_tables_that_no_small_fact_replaces_come_from_the_overlay_too(releases):
    """A metric that the overlay alone has is one of the CO2 equivalents."""
    release = open_release(root=releases)
    climate = pd.read_parquet(release.file("climate.parquet"))
    assert 77 in set(climate["horizon"])
    assert 100 in set(climate["horizon"])
    embedded = schema.read_csv(embedded_root() / "climate_metrics.csv", "climate_metrics")
    assert 77 not in set(embedded["horizon"])


def test_the_default_plan_copies_nothing(tmp_path):
    plan = make_plan(load_config(), tmp_path / "results")
    assert plan.facts is None
    assert not (tmp_path / "results").exists()
    for step in plan.steps:
        for path in step.inputs.values():
            assert not isinstance(path, Path) or path.is_relative_to(embedded_root())


def test_no_module_reads_the_embedded_facts_past_the_root(root):
    allowed = {"reference/paths.py", "reference/overlay.py", "pipeline/plan.py",
               "release/explain/explain.py"}  # fmt: skip
    package = root / "bc_inventory"
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "embedded_root" in path.read_text("utf-8")
    }
    assert found == allowed
