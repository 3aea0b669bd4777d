"""Formats that others read: layout, values, and names that run nothing."""

import datetime as dt
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from bc_inventory.errors import DataError
from bc_inventory.inventory.uncertainty import totals
from bc_inventory.readers.registry import read_any
from bc_inventory.reference.paths import data_root
from bc_inventory.report.exports import (
    Sheet,
    iamc_table,
    write_csv,
    write_geojson,
    write_iamc,
    write_nfr,
    write_workbook,
)
from bc_inventory.schema import read_csv, read_parquet
from tests.report.conftest import HOSTILE, small_table

REGIONS = read_csv(data_root() / "regions.csv", "regions")


@pytest.fixture(scope="module")
def made():
    table = small_table()
    return table, totals(table, 100, 1)


def test_iamc_is_wide_and_unique(made, tmp_path):
    path = write_iamc(made[1], REGIONS, tmp_path / "a.csv", model="bc_inventory")
    frame = pd.read_csv(path)
    assert frame.columns.tolist() == ["Model", "Scenario", "Region", "Variable", "Unit", "2018"]
    assert not frame.duplicated(["Model", "Scenario", "Region", "Variable", "Unit"]).any()
    assert frame.notna().all().all()
    assert set(frame["Unit"]) == {"kt BC/yr"}
    assert set(frame["Scenario"]) == {"harmonised", "official"}
    assert {"Germany and Poland", "Germany", "Hebei"} <= set(frame["Region"])


def test_iamc_sub_variables_add_up(made):
    frame = iamc_table(made[1], REGIONS, model="m")
    one = frame[(frame["Region"] == "Germany and Poland") & (frame["Scenario"] == "harmonised")]
    values = one.set_index("Variable")["2018"]
    parts = [name for name in values.index if name.count("|") == 2 and "Percentile" not in name]
    assert len(parts) == 2
    assert values[parts].sum() == pytest.approx(values["Emissions|BC"])
    assert values["Emissions|BC|2.5th Percentile"] < values["Emissions|BC|97.5th Percentile"]


def test_hostile_names_in_iamc(made):
    regions = REGIONS.assign(name=REGIONS["name"].where(REGIONS["region"] != "DE", "=1+1|x"))
    frame = iamc_table(made[1], regions, model="=cmd()")
    assert set(frame["Model"]) == {"'=cmd()"}
    assert "'=1+1/x" in set(frame["Region"])


def test_workbook_has_units_in_its_headers_and_runs_nothing(tmp_path):
    frame = pd.DataFrame(
        {
            "region": ["DE", HOSTILE, "=HYPERLINK(1)", "\u202eabc", "x" * 10_000],
            "emission_kt": [1.5, np.nan, 0.0, -2.0, 3.0],
            "known": [True, False, True, True, False],
        }
    )
    sheets = [
        Sheet("things", frame, units={"emission_kt": "kt"}, note="=note"),
        Sheet("Things", frame.head(1)),
        Sheet("a/b:c*[d]" + "z" * 60, frame.head(1)),
    ]
    path = write_workbook(sheets, tmp_path / "a.xlsx", title="=title")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["Contents", "things", "Things 2"]
    assert len(set(map(str.casefold, book.sheetnames))) == 4
    rows = list(book["things"].iter_rows())
    assert [cell.value for cell in rows[0]] == ["region", "emission_kt [kt]", "known"]
    assert [cell.value for cell in rows[1]] == ["DE", 1.5, True]
    assert rows[2][1].value is None
    texts = [row[0].value for row in rows[1:]]
    assert texts[2] == "'=HYPERLINK(1)"
    assert texts[3] == "abc"
    assert len(texts[4]) == 10_000
    every = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in every)


def test_workbook_takes_units_from_the_contract(made, tmp_path):
    path = write_workbook([Sheet("totals", made[1], "totals")], tmp_path / "a.xlsx", title="t")
    head = [cell.value for cell in next(openpyxl.load_workbook(path)["totals"].iter_rows())]
    assert "emission_kt [kt]" in head
    assert "region" in head


def test_a_table_too_long_for_a_sheet_is_refused(tmp_path):
    frame = pd.DataFrame({"n": np.zeros(1_048_576)})
    with pytest.raises(DataError, match="1,048,576 rows in long"):
        write_workbook([Sheet("long", frame)], tmp_path / "a.xlsx", title="t")


def test_geojson_is_whole_and_turns_the_right_way(made, tmp_path):
    outlines = read_parquet(data_root() / "spatial" / "outlines.parquet", "spatial_outlines")
    path = write_geojson(
        made[1], REGIONS, outlines, tmp_path / "a.geojson", year=2018, factor_set="harmonised"
    )
    collection = json.loads(path.read_text(encoding="utf-8"))
    features = {feature["id"]: feature for feature in collection["features"]}
    assert set(features) == {"DE", "PL", "CN-HE"}
    germany = features["DE"]["properties"]
    assert germany["emission_kt"] == pytest.approx(2e5 * (74 + 20) * 1e-6)
    assert germany["C_OtherStationaryComb_kt"] + germany["F_RoadTransport_kt"] == pytest.approx(
        germany["emission_kt"]
    )
    for feature in features.values():
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert all(part.exterior.is_ccw for part in shape.geoms)
    assert shapely.from_geojson(json.dumps(features["DE"]["geometry"])).contains(
        shapely.Point(10.0, 51.0)
    )


def test_the_annex_comes_back_with_its_values_and_keys(made, tmp_path):
    table = made[0][made[0]["factor_set"] == "harmonised"]
    path = write_nfr(
        table, tmp_path / "a.xlsx", region="DE", version="1", written=dt.date(2026, 1, 1)
    )
    frame = read_any(path).frame
    back = frame[frame["species"] == "BC"].set_index("sector")
    assert back.loc["1A4bi", "value_kt"] == pytest.approx(14.8)
    assert back.loc["1A3biii", "value_kt"] == pytest.approx(4.0)
    assert back.loc["1B2c", "notation_key"] == "NE"


def test_a_csv_of_names_that_others_gave_runs_nothing(tmp_path):
    names = [HOSTILE, '=HYPERLINK("http://x")', "\u202eabc", "x" * 10_000, None]
    frame = pd.DataFrame({"claim": names, "kt": [-1.5, 2.0, np.nan, 0.0, 1e-12], "known": True})
    back = pd.read_csv(write_csv(frame, tmp_path / "deep" / "a.csv"))
    assert back["claim"].tolist()[1:4] == ["'" + names[1], "abc", names[3]]
    assert back["claim"].isna().tolist() == [False, False, False, False, True]
    assert back["kt"].tolist()[0] == -1.5
    assert back["known"].all()
