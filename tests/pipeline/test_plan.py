"""Plans: order, keys, reuse, and what happens when a step fails."""

import functools
import json
import os
from pathlib import Path

import pytest

from bc_inventory.errors import DataError, ReleaseError
from bc_inventory.pipeline.plan import Output, Plan, Step, run
from bc_inventory.storage.hashing import code_of
from tests.miniplan import make_plan, scale, total, write_inputs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_inputs(tmp_path / "in")
    return tmp_path / "in"


def reused(record):
    return {step.name: step.reused for step in record.steps}


def test_steps_run_in_order_and_give_the_hand_worked_result(folder, tmp_path):
    seen = []
    record = run(make_plan(folder), tmp_path / "w", progress=lambda step: seen.append(step.name))
    # 2 x (1 + 2 + 3) + 3 x (10 + 20)
    assert json.loads(record.path("total", "total").read_text()) == 102
    assert seen.index("total") > max(seen.index("first"), seen.index("second"))
    assert [path.read_text()[:2] for path in sorted(record.path("split", "parts").iterdir())] == [
        "2\n",
        "4\n",
        "6\n",
    ]
    assert record.step("total").inputs["a"].origin == "first:scaled"
    assert record.step("first").inputs["numbers"].origin == "a.json"


def test_only_what_depends_on_a_change_runs_again(folder, tmp_path):
    first = run(make_plan(folder), tmp_path / "w")
    again = run(make_plan(folder), tmp_path / "w")
    assert not any(reused(first).values())
    assert all(reused(again).values())
    changed = run(make_plan(folder, second=4), tmp_path / "w")
    assert reused(changed) == {"first": True, "second": False, "total": False, "split": True}
    (folder / "a.json").write_text("[1, 2, 4]")
    changed = run(make_plan(folder), tmp_path / "w")
    assert reused(changed) == {"first": False, "second": True, "total": False, "split": False}


def test_an_unchanged_intermediate_stops_the_change(folder, tmp_path):
    run(make_plan(folder), tmp_path / "w")
    (folder / "a.json").write_text("[1,2,3]")  # other bytes, the same numbers
    changed = run(make_plan(folder), tmp_path / "w")
    assert reused(changed) == {"first": False, "second": True, "total": True, "split": True}


def test_place_and_cache_change_no_key_and_no_byte(folder, tmp_path):
    write_inputs(tmp_path / "elsewhere")
    one = run(make_plan(folder), tmp_path / "w")
    two = run(make_plan(tmp_path / "elsewhere"), tmp_path / "v", cache=tmp_path / "cache")
    for left, right in zip(one.steps, two.steps, strict=True):
        assert left.key == right.key
        assert {n: m.content for n, m in left.outputs.items()} == {
            n: m.content for n, m in right.outputs.items()
        }


def test_where_a_step_runs_is_handed_on_but_not_part_of_its_key(folder, tmp_path):
    def plan(**running):
        step = Step(
            "first",
            scale,
            {"numbers": folder / "a.json"},
            {"scaled": "s.json"},
            {} if running else {"factor": 2},
            running,
        )
        return Plan([step])

    with_key = run(plan(), tmp_path / "w").step("first")
    without = run(plan(factor=3), tmp_path / "w").step("first")
    assert json.loads(without.outputs["scaled"].path.read_text()) == [3, 6, 9]
    assert without.parameters == {}
    assert run(plan(factor=4), tmp_path / "w").step("first").key == without.key != with_key.key


@pytest.mark.parametrize("damage", ["flip", "remove", "record"])
def test_a_damaged_cache_entry_is_made_again(folder, tmp_path, damage):
    record = run(make_plan(folder), tmp_path / "w")
    path = record.path("first", "scaled")
    if damage == "flip":
        path.write_text("[2, 4, 7]")
    elif damage == "remove":
        path.unlink()
    else:
        (path.parents[2] / "record.json").write_text("{")
    again = run(make_plan(folder), tmp_path / "w")
    assert not again.step("first").reused
    assert again.path("first", "scaled").read_text() == "[2, 4, 6]"
    assert all(step.reused for step in again.steps if step.name != "first")


def fail_half_way(inputs: dict[str, Path], outputs: dict[str, Path]) -> None:
    outputs["out"].write_text("half")
    raise ValueError("no such unit")


def forget(inputs: dict[str, Path], outputs: dict[str, Path]) -> None:
    pass


def fill_disk(inputs: dict[str, Path], outputs: dict[str, Path]) -> None:
    raise OSError(28, "No space left on device", str(outputs["out"]))


def test_a_failed_step_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="no such unit") as caught:
        run(Plan([Step("bad", fail_half_way, {}, {"out": "o"})]), tmp_path / "w")
    assert caught.value.__notes__ == ["in step bad"]
    assert not any(path.is_file() for path in (tmp_path / "w").rglob("*"))


def test_a_step_must_write_what_it_promised(tmp_path):
    with pytest.raises(RuntimeError, match="forgetful didn't write out"):
        run(Plan([Step("forgetful", forget, {}, {"out": "o"})]), tmp_path / "w")


def test_a_full_disk_is_said_so(tmp_path):
    with pytest.raises(ReleaseError, match=r"No space left.*last release is intact"):
        run(Plan([Step("big", fill_disk, {}, {"out": "o"})]), tmp_path / "w")


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([Step("a", total, {}, {}), Step("a", total, {}, {})], "same name"),
        ([Step("a", total, {"x": Output("b", "o")}, {})], "no step makes b:o"),
        ([Step("a", total, {"x": Output("a", "o")}, {"o": "o"})], "circle"),
        ([Step("a", total, {}, {"o": "../o"})], "relative output path"),
        ([Step("a", total, {}, {"o": "/o"})], "relative output path"),
    ],
)
def test_a_plan_that_cant_run_is_refused(steps, message):
    with pytest.raises(ValueError, match=message):
        Plan(steps)


def test_parameters_must_be_plain_values(folder, tmp_path):
    for value in (float("nan"), Path("x"), object()):
        step = Step("a", scale, {"numbers": folder / "a.json"}, {"scaled": "a"}, {"factor": value})
        with pytest.raises((TypeError, ValueError)):
            run(Plan([step]), tmp_path / "w")


def test_hidden_code_is_refused():
    def local(inputs, outputs):
        pass

    for function in (lambda inputs, outputs: None, local, functools.partial(scale, factor=1)):
        with pytest.raises(ValueError, match="top level"):
            code_of(function)


def test_the_code_of_a_step_is_all_it_imports():
    from bc_inventory.release.store.verify import verify_folder

    code = code_of(verify_folder)
    # Through the module, through a package, and from inside a function.
    assert {"bc_inventory.errors", "bc_inventory.pipeline.plan", "bc_inventory.release"} <= set(
        code.modules
    )
    assert "bc_inventory.schema.facts" not in code.modules
    assert dict(code.libraries).keys() >= {"python", "numpy", "pandas", "filelock"}


def edit_input(inputs: dict[str, Path], outputs: dict[str, Path], how: str) -> None:
    outputs["out"].write_text(inputs["numbers"].read_text())
    path = inputs["numbers"]
    if how == "remove":
        path.unlink()
    elif how == "add":
        (path.parent / "folder" / "c.json").write_text("[]")
    else:
        before = path.stat()
        path.write_text("[1, 2, 4]")
        if how == "same time":
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("how", ["edit", "same time", "remove", "add"])
def test_an_input_edited_during_its_step_stores_nothing(folder, tmp_path, how):
    (folder / "folder").mkdir()
    inputs = {"numbers": folder / "a.json", "more": folder / "folder"}
    plan = Plan([Step("edits", edit_input, inputs, {"out": "o"}, {"how": how})])
    with pytest.raises(DataError, match=r"(a\.json|folder).*after step edits"):
        run(plan, tmp_path / "w")
    assert not list((tmp_path / "w" / "steps").glob("*/*/record.json"))
