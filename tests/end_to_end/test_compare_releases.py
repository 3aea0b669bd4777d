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

from bc_inventory.inventory.components import IDENTITY, Component, draw_names

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


def before(frame):
    """Return a table as it was when one text named a draw."""
    later = Component.CONVERSION  # It became a component afterwards.
    parts = [part for part in Component if f"sigma_{part}" in frame and part != later]
    names = {}
    for part in parts:
        which, distinct = draw_names(frame, part)
        names[f"corr_{part}"] = [distinct[place] for place in which]
    fresh = {"statistics_source", "source_sector", "driver", "share_scope", "share_technology"}
    fresh |= set(IDENTITY[Component.ABATEMENT])
    return frame.assign(**names).drop(columns=fresh & set(frame.columns))


def test_columns_renamed_on_purpose_pass_and_their_content_is_compared(compare, pair):
    paths = sorted(pair[0].glob("emissions/**/*.parquet"))
    for path in [*paths, pair[0] / "activity.parquet"]:
        rewrite(path, before)
    aggregate = {"side_gnfr", "region_gnfr"}
    rewrite(
        pair[0] / "totals.parquet",
        lambda frame: frame.assign(
            nfr=frame["gnfr"].where(frame["level"].isin(aggregate), frame["nfr"])
        ).drop(columns="gnfr"),
    )
    assert compare(*pair) == []
    rewrite(paths[0], lambda frame: frame.assign(corr_factor="factor:other"))
    (words,) = compare(*pair)
    assert words.endswith("rows have another draw of the factor")


def test_the_script_ends_with_what_it_found(pair):
    command = [sys.executable, str(SCRIPT), *map(str, pair)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Equal.\n")
    (pair[1] / "emissions.nc").unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "emissions.nc: in the first alone\n")
