"""The script that compares two releases: what it lets pass and what it finds."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray as xr

SCRIPT = Path(__file__).parents[2] / "tools" / "compare_releases.py"


@pytest.fixture(scope="module")
def compare():
    spec = importlib.util.spec_from_file_location("compare_releases", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compare


@pytest.fixture
def pair(releases, tmp_path):
    """Return two copies of a small release."""
    version = next(path.parent for path in Path(releases).rglob("manifest.json"))
    return [shutil.copytree(version, tmp_path / name) for name in ("base", "other")]


def rewrite(path, change):
    """Write a table anew with a change, its metadata as they were."""
    stored = pq.ParquetFile(path).read()
    metadata = stored.schema.metadata
    table = pa.Table.from_pandas(change(stored.to_pandas()), preserve_index=False)
    pq.write_table(table.replace_schema_metadata(metadata), path)


def test_a_release_equals_its_copy(compare, pair):
    assert compare(*pair) == []


def test_one_digit_is_found(compare, pair):
    rewrite(pair[1] / "totals.parquet", lambda frame: frame.assign(mean_kt=frame["mean_kt"] + 1e-9))
    rows = len(pd.read_parquet(pair[1] / "totals.parquet"))
    assert compare(*pair) == [f"totals.parquet: the column mean_kt differs in {rows} rows"]


def test_order_and_metadata_are_no_content(compare, pair):
    rewrite(pair[1] / "totals.parquet", lambda frame: frame.iloc[::-1])
    (pair[1] / "README.md").write_text("anew", encoding="utf-8")
    assert compare(*pair) == []


def test_rows_columns_and_files_that_one_has_alone(compare, pair):
    rewrite(pair[0] / "totals.parquet", lambda frame: frame.iloc[1:])
    rewrite(pair[1] / "activity.parquet", lambda frame: frame.rename(columns={"note": "remark"}))
    (pair[1] / "points.txt").write_text("x", encoding="utf-8")
    found = compare(*pair)
    assert "points.txt: in the second alone" in found
    assert "activity.parquet: the column note in the first alone" in found
    assert "activity.parquet: the column remark in the second alone" in found
    assert any(words.startswith("totals.parquet: ") and "rows against" in words for words in found)
    assert len(found) == 4


def test_a_cell_of_a_cube(compare, pair):
    path = pair[1] / "emissions.nc"
    with xr.open_dataset(path) as cube:
        changed = cube.load()
    changed["emission"] = changed["emission"] * 1.001
    changed.to_netcdf(path)
    assert compare(*pair) == ["emissions.nc: variables or coordinates differ"]


def test_what_is_renamed_on_purpose_passes_and_its_content_is_compared(compare, pair):
    skipped, checks = pair[0] / "comparison_skipped.parquet", pair[0] / "review_checks.parquet"
    skipped.rename(pair[0] / "comparison_set_aside.parquet")
    rewrite(checks, lambda frame: frame.rename(columns={"findings": "found"}))
    assert compare(*pair) == []
    rewrite(checks, lambda frame: frame.assign(found=frame["found"] + 1))
    (words,) = compare(*pair)
    assert words.startswith("review_checks.parquet: the column findings differs in ")


def test_the_script_ends_with_what_it_found(pair):
    command = [sys.executable, str(SCRIPT), *map(str, pair)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Equal.\n")
    (pair[1] / "emissions.nc").unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "emissions.nc: in the first alone\n")
