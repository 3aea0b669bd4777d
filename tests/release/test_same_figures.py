"""Figures with their intervals have the same digits wherever one asks for them."""

import base64
import csv
import json
import re

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

import bc_inventory as bci
from bc_inventory.cli import cli
from bc_inventory.release.service import make_app

KEY = ["year", "side", "region", "gnfr", "nfr", "factor_set", "level"]
FIGURES = ["emission_kt", "lower_kt", "upper_kt"]
# Derived tables, with the columns of a figure and its interval.
DERIVED = {
    "decomposition": ["part_kt", "lower_kt", "upper_kt"],
    "comparison_cells": ["base_kt", "other_kt"],
    "comparison_consensus": ["pooled_kt", "pooled_lower_kt", "pooled_upper_kt"],
    "key_categories": ["emission_kt", "contribution"],
    "evidence": ["emission_kt", "share", "share_of_variance"],
    "evidence_open": ["emission_kt", "share", "share_of_variance"],
    "independence": ["emission_kt", "share"],
    "implied_factors": ["emission_kt", "implied_factor"],
    "double_counting": ["claimed_kt", "remaining_kt"],
    "measure_savings": ["saved_kt", "lower_kt", "upper_kt"],
    "target_progress": ["base_kt", "emission_kt", "to_go_kt"],
}


@pytest.fixture(scope="module")
def release(small_root):
    return bci.open_release(root=small_root)


@pytest.fixture(scope="module")
def stored(release):
    """Return totals and derived tables as their Parquet files hold them."""
    return {name: pd.read_parquet(release.file(f"{name}.parquet")) for name in ("totals", *DERIVED)}


@pytest.fixture
def say(small_root):
    def call(*words):
        done = CliRunner().invoke(cli, [*map(str, words), "--releases", str(small_root)])
        assert done.exit_code == 0, done.output
        return done.output

    return call


def numbers(frame, columns):
    """Return rows of numbers, absent as None, in any order of rows."""
    rows = frame[columns].itertuples(index=False, name=None)
    plain = [tuple(None if pd.isna(cell) else float(cell) for cell in row) for row in rows]
    return sorted(plain, key=repr)


def downloads(page):
    """Return the tables of a report by file, columns without their units."""
    found = {}
    pattern = r'<a [^>]*href="data:text/csv;charset=utf-8;base64,([^"]+)"[^>]*>'
    for link in re.finditer(pattern, page):
        file = re.search(r'download="([^"]+)"', link[0])[1]
        lines = base64.b64decode(link[1]).decode("utf-8-sig").splitlines()
        frame = pd.DataFrame(list(csv.DictReader(lines)))
        found[file] = frame.rename(columns=lambda name: name.partition(" [")[0])
    return found


def test_there_are_enough_of_them(stored):
    assert len(stored["totals"]) >= 20
    assert sum(len(stored[name]) for name in DERIVED) >= 90


@pytest.mark.parametrize("name", ["totals", *DERIVED])
def test_api_command_and_service(release, stored, say, small_root, name):
    columns = FIGURES if name == "totals" else DERIVED[name]
    expected = numbers(stored[name], columns)
    assert numbers(release.table(name), columns) == expected
    listed = ", ".join(columns)
    assert numbers(release.sql(f"select {listed} from {name}"), columns) == expected
    asked = say("query", "--sql", f"select {listed} from {name}", "--format", "json")
    assert numbers(pd.DataFrame(json.loads(asked), dtype=object), columns) == expected
    answer = TestClient(make_app(small_root, "small")).get(f"/releases/latest/tables/{name}")
    assert numbers(pd.DataFrame(answer.json()["rows"], dtype=object), columns) == expected


@pytest.mark.parametrize("name", ["totals", *DERIVED])
def test_the_workbook(stored, say, tmp_path_factory, name):
    path = tmp_path_factory.getbasetemp() / "same.xlsx"
    if not path.exists():
        say("export", "xlsx", "--to", path)
    found = pd.read_excel(path, sheet_name=name[:31], engine="calamine")
    found = found.rename(columns=lambda head: head.partition(" [")[0])
    columns = FIGURES if name == "totals" else DERIVED[name]
    # A workbook keeps sixteen digits of a number, one less than a float may need.
    written, expected = (
        [cell for row in numbers(frame, columns) for cell in row] for frame in (found, stored[name])
    )
    assert [cell is None for cell in written] == [cell is None for cell in expected]
    assert [x for x in written if x is not None] == pytest.approx(
        [x for x in expected if x is not None], rel=1e-15
    )


def test_explain(stored, say):
    rows = stored["totals"]
    for row in rows[rows["level"] == "region_nfr"].itertuples():
        words = ("--region", row.region, "--sector", row.nfr, "--year", row.year)
        told = json.loads(say("explain", *words, "--factor-set", row.factor_set, "--json"))
        assert told["emission_kt"] == row.emission_kt
        assert told["interval"]["lower_kt"] == row.lower_kt
        assert told["interval"]["upper_kt"] == row.upper_kt


def test_the_iamc_file(stored, say, tmp_path):
    say("export", "iamc", "--to", tmp_path / "i.csv")
    found = pd.read_csv(tmp_path / "i.csv")
    rows = stored["totals"]
    wanted = rows[rows["level"].isin(["side", "side_gnfr", "region", "region_gnfr"])]
    for column, suffix in (("lower_kt", "2.5th Percentile"), ("upper_kt", "97.5th Percentile")):
        mine = found[found["Variable"].str.endswith(suffix)]
        assert set(mine["2018"]) == set(wanted[column])
    plain = found[~found["Variable"].str.contains("Percentile")]
    assert set(plain["2018"]) == set(wanted["emission_kt"])


def test_the_annex(stored, say, tmp_path):
    rows = stored["totals"]
    rows = rows[(rows["level"] == "region_nfr") & (rows["factor_set"] == "harmonised")]
    for region, own in rows.groupby("region"):
        say("export", "nfr", "--region", region, "--to", tmp_path / "a.xlsx")
        (sheet,) = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
        cells = {cell for line in sheet.iter_rows(values_only=True) for cell in line}
        assert set(own["emission_kt"]) <= cells


def test_the_report(release, stored):
    shown = downloads(release.file("report.html").read_text(encoding="utf-8"))
    rows = stored["totals"]
    as_text = {
        "totals.csv": rows[rows["level"] == "side"],
        "sectors.csv": rows[(rows["level"] == "side_gnfr") & (rows["factor_set"] == "harmonised")],
    }
    for file, wanted in as_text.items():
        assert numbers(shown[file][FIGURES].astype(float), FIGURES) == numbers(wanted, FIGURES)
    parts = stored["decomposition"]
    for side in ("EU", "CN"):
        cells = parts[(parts["base_side"] == side) & (parts["other_side"] == side)]
        cells = cells[(cells["nfr"] != "*") & (cells["part_kt"] != 0)]
        columns = DERIVED["decomposition"]
        found = shown[f"difference_factors_{side}.csv"] if len(cells) else cells
        assert numbers(found[columns].astype(float), columns) == numbers(cells, columns)


def test_a_command_that_reads_says_nothing_and_one_that_computes_says_so(stored, say, tmp_path):
    parts = stored["decomposition"]
    words = ("side=EU,set=harmonised", "side=EU,set=official")
    told = say("decompose", *words, "--to", tmp_path / "p.csv")
    assert "Computed now" not in told
    found = pd.read_csv(tmp_path / "p.csv")
    own = parts[
        (parts["base_side"] == "EU") & (parts["other_side"] == "EU") & (parts["nfr"] != "*")
    ]
    columns = DERIVED["decomposition"]
    assert numbers(found, columns) == numbers(own, columns)
    # The same question, asked so that it is computed, has the draws of the release.
    told = say("decompose", *words, "--by", "region,nfr", "--to", tmp_path / "q.csv")
    assert "Computed now" in told and "100 draws and seed 20180101" in told
    again = pd.read_csv(tmp_path / "q.csv")
    both = found.merge(again, on=["region", "nfr", "head"], suffixes=("", "_again"))
    assert len(both) == len(found)
    for column in columns:
        assert both[column].tolist() == pytest.approx(both[f"{column}_again"].tolist(), rel=1e-6)
    for command in ("compare", "review", "targets", "measures", "nest"):
        assert "Computed now" not in say(command), command
    for words in (("measures", "wood_stoves=0.5"), ("review", "--factor-set", "official")):
        assert ("Computed now" in say(*words)) is (words[0] == "measures")
