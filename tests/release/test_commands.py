"""The shell's way to ask and to verify."""

import io
import json
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner

import bc_inventory as bci
from bc_inventory.commands.query import query
from bc_inventory.commands.verify import verify
from bc_inventory.errors import BCInventoryError


@pytest.fixture
def ask(small_root):
    def call(command, *words, root=small_root):
        done = CliRunner().invoke(command, [*words, "--releases", str(root)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return call


def test_the_same_number_in_every_format(ask, small_root, tmp_path):
    words = ["--region", "德国", "--sector", "1A4bi", "--year", "2018"]
    expected = bci.open_release(root=small_root).totals("DE", "1A4bi", 2018)["emission_kt"][0]
    table = ask(query, *words)
    assert "0.044" in table
    text = ask(query, *words, "--format", "csv")
    assert pd.read_csv(io.StringIO(text))["emission_kt"][0] == expected
    (row,) = json.loads(ask(query, *words, "--format", "json"))
    assert row["emission_kt"] == expected
    ask(query, *words, "--format", "parquet", "--out", str(tmp_path / "x.parquet"))
    assert pd.read_parquet(tmp_path / "x.parquet")["emission_kt"][0] == expected


def test_other_tables_and_sql(ask):
    assert "stove" in ask(query, "--table", "emissions", "--region", "DE")
    made = ask(query, "--sql", "select count(*) as n from emissions", "--format", "csv")
    assert made.startswith("n\n")
    assert len(ask(query, "--table", "observations", "--format", "csv").splitlines()) > 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--region", "Hebie"], "Hebei"),
        (["--format", "parquet"], "--out"),
        (["--table", "stations", "--region", "DE"], "--sql"),
        (["--sql", "drop view emissions"], "one SELECT"),
        (["--version", "../x"], "version"),
        (["--inventory", "../x"], "inventory"),
    ],
)
def test_what_cant_be_asked(ask, words, message):
    with pytest.raises(BCInventoryError, match=message):
        ask(query, *words)


def test_verify_names_the_version_and_the_damage(ask, small_root, tmp_path):
    assert "latest" in ask(verify)
    assert "whole" in ask(verify, "--all")
    shutil.copytree(small_root, tmp_path / "copy")
    damaged = next((tmp_path / "copy" / "small").glob("*/emissions.nc"))
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    with pytest.raises(BCInventoryError, match=r"emissions\.nc"):
        ask(verify, root=tmp_path / "copy")
