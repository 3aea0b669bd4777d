"""Parts of steps are kept by the content of what they are made from."""

import numpy as np
import pandas as pd
import pytest

from bc_inventory.storage.memoize import by_value, memoize, memoize_table, results_in

calls = []


def doubled(frame, factor):
    """Return the numbers of a frame times a factor."""
    calls.append(factor)
    return {"values": frame["number"].to_numpy() * factor, "names": frame["name"].to_numpy(str)}


@pytest.fixture
def frame():
    calls.clear()
    return pd.DataFrame({"name": ["a", "b", None], "number": [1.0, 2.5, np.nan]})


def test_without_a_folder_it_is_made_each_time(frame):
    for _ in range(2):
        assert memoize(doubled, frame, 2)["values"][:2].tolist() == [2.0, 5.0]
    assert calls == [2, 2]


def test_what_is_found_is_what_was_made(frame, tmp_path):
    with results_in(tmp_path):
        made, found = memoize(doubled, frame, 2), memoize(doubled, frame.copy(), 2)
    assert calls == [2]
    for name in ("values", "names"):
        assert made[name].tobytes() == found[name].tobytes()
        assert made[name].dtype == found[name].dtype


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(number=[1.0, 2.5, 0.0]),
        lambda frame: frame.assign(name=["a", "c", None]),
        lambda frame: frame.iloc[::-1],
        lambda frame: frame.rename(columns={"name": "other"}).assign(name="x"),
    ],
)
def test_another_content_is_made_anew(frame, tmp_path, change):
    with results_in(tmp_path):
        memoize(doubled, frame, 2)
        memoize(doubled, change(frame), 2)
        memoize(doubled, frame, 3)
    assert calls == [2, 2, 3]


def test_a_damaged_part_is_made_anew(frame, tmp_path):
    with results_in(tmp_path):
        memoize(doubled, frame, 2)
        (part,) = tmp_path.rglob("part.npz")
        part.write_bytes(part.read_bytes()[:-1] + b"x")
        assert memoize(doubled, frame, 2)["values"][:2].tolist() == [2.0, 5.0]
        memoize(doubled, frame, 2)
    assert calls == [2, 2]


def test_objects_of_python_are_refused(frame, tmp_path):
    with results_in(tmp_path), pytest.raises(ValueError, match="allow_pickle"):
        memoize(unstorable, frame)


def unstorable(frame):
    """Return what can't be kept."""
    return {"names": frame["name"].to_numpy(dtype=object)}


def test_parts_by_value_stand_for_their_own_rows_alone(tmp_path):
    rows = pd.DataFrame(
        {
            "kind": ["b", "a", "b", "a"],
            "name": ["long name", None, "x", "y"],
            "number": [1, 2, 3, 4],
        }
    )
    parts = by_value(rows, "kind")
    assert list(parts) == ["a", "b"]
    assert parts["b"].to_pandas()["number"].tolist() == [1, 3]
    calls.clear()
    with results_in(tmp_path):
        for table in (
            *parts.values(),
            *by_value(rows.assign(number=[1, 2, 3, 5]), "kind").values(),
        ):
            memoize(doubled, table.to_pandas(), 2)
            memoize(doubled_table, table, 2)
    assert len(calls) == 6  # a, b and the other a, each in both ways


def doubled_table(table, factor):
    """Return the numbers of a table times a factor."""
    return doubled(table.to_pandas(), factor)


def test_a_table_is_the_same_whether_it_was_made_or_found(tmp_path):
    calls.clear()
    without = memoize_table(table_of, 2)
    with results_in(tmp_path):
        made, found = memoize_table(table_of, 2), memoize_table(table_of, 2)
        other = memoize_table(table_of, 3)
    assert calls == [2, 2, 3]
    for table in (made, found):
        pd.testing.assert_frame_equal(table, without)
    assert other["number"].tolist() == [3, 6]


def table_of(factor):
    """Return a table with text, numbers and flags, under an index of no meaning."""
    calls.append(factor)
    columns = {"name": ["a", None], "number": [factor, 2 * factor], "flag": [True, False]}
    return pd.DataFrame(columns, index=[7, 9])


def test_only_steps_memoise(root):
    """What is science knows nothing of what was computed before."""
    package = root / "bc_inventory"
    users = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "storage.memoize import" in path.read_text("utf-8")
    }
    assert "inventory/steps.py" in users
    others = {name for name in users if not name.endswith(("/step.py", "/steps.py"))}
    assert others == {"pipeline/plan.py"}  # which says where results lie
