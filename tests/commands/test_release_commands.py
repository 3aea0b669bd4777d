"""The commands on a release, as the shell calls them."""

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory.cli import cli
from bc_inventory.errors import DataError


def call(*words):
    done = CliRunner().invoke(cli, words)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_show_gives_the_totals_worked_out_by_hand(releases):
    shown = call("show", "--output", releases).output
    total = next(line for line in shown.splitlines() if line.startswith("Total"))
    assert "0.0 (" in total
    assert "emissions" in shown


def test_show_of_a_region_is_its_total(releases):
    shown = call("show", "--output", releases, "--region", "河北", "--sector", "1A2f").output
    assert "0.030" in shown


def test_query_by_names_and_by_sql_agree(releases):
    rows = json.loads(
        call("query", "--output", releases, "--region", "Hebei", "--format", "json").output
    )
    by_name = sum(row["emission_kt"] or 0 for row in rows)
    sql = (
        "select sum(emission_kt) as kt from emissions where region = 'CN-HE' "
        "and factor_set = 'harmonised' and not memo"
    )
    answer = json.loads(call("query", sql, "--output", releases, "--format", "json").output)
    assert by_name == pytest.approx(0.110)
    assert answer[0]["kt"] == pytest.approx(by_name, rel=1e-12)


def test_query_writes_files_that_read_back(releases, tmp_path):
    for form, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        path = tmp_path / f"rows.{form}"
        call("query", "--output", releases, "--format", form, "--to", str(path))
        assert read(path)["emission_kt"].sum() == pytest.approx(0.154)


def test_a_misspelt_region_is_answered_with_the_nearest(releases):
    with pytest.raises(DataError, match="Hebei"):
        call("query", "--output", releases, "--region", "Hebeii")


def test_sql_and_filters_together_are_refused(releases):
    done = call("query", "select 1", "--region", "DE", "--output", releases)
    assert done.exit_code == 2


def test_verify_names_an_altered_file(releases, tmp_path):
    import shutil
    from pathlib import Path

    assert "all whole" in call("verify", "--output", releases).output
    copy = tmp_path / "copy"
    shutil.copytree(releases, copy)
    (release,) = (path for path in (Path(copy) / "small").iterdir() if path.is_dir())
    target = release / "totals.parquet"
    target.chmod(0o644)
    data = bytearray(target.read_bytes())
    data[100] ^= 1
    target.write_bytes(bytes(data))
    with pytest.raises(DataError, match=r"totals\.parquet"):
        call("verify", "--output", str(copy))
