import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.errors import DataError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.nfr_annex import TOTAL, annex_rows, write_annex
from bc_inventory.readers.registry import read_any
from bc_inventory.reference import codelists
from bc_inventory.schema import table

_DAY = dt.date(2026, 2, 15)


def rows(cells, year=2018):
    """Return contract rows from values or notation keys by category."""
    memo = codelists.sectors().set_index("nfr")["memo"]
    frame = pd.DataFrame(
        {
            "sector": list(cells),
            "sector_level": ["memo" if memo[code] else "part" for code in cells],
            "value_kt": [None if isinstance(v, str) else v for v in cells.values()],
            "notation_key": [v if isinstance(v, str) else None for v in cells.values()],
        }
    ).assign(
        inventory="x", version="1", scheme="NFR14", region="PL", source_region="PL",
        region_level="country", year=year, fuel=None, species="BC", unit="kt", source_id="nfr14",
        note=None,
    )  # fmt: skip
    for name in ("notation_key", "fuel", "note"):
        frame[name] = frame[name].astype("str")
    frame["value_kt"] = frame["value_kt"].astype(float)
    return frame[table("inventory").names]


def written(frame, tmp_path):
    return write_annex(frame, tmp_path / "a.xlsx", region="PL", version="1", written=_DAY)


def test_values_and_keys_come_back_as_they_were(tmp_path):
    cells = {
        "1A1a": 0.25, "1A4bi": 9.4754397, "1A3bv": "NA", "1A1c": "IE", "2C3": "NO", "3F": "NE",
        "5C1bv": "C", "2K": "NR", "2A1": 0.0, "1A3di(i)": 0.0241101,
    }  # fmt: skip
    path = written(pd.concat([rows(cells), rows(cells, 2019)]), tmp_path)
    result = read_any(path)
    assert result.report.format == "nfr_template"
    assert result.report.years == (2018, 2019)
    assert result.report.notes == ()
    back = result.frame[result.frame["year"] == 2019].set_index("sector")
    for code, value in cells.items():
        if isinstance(value, str):
            assert back["notation_key"][code] == value
            assert pd.isna(back["value_kt"][code])
        else:
            assert back["value_kt"][code] == value
            assert pd.isna(back["notation_key"][code])
    assert back["value_kt"][TOTAL] == pytest.approx(0.25 + 9.4754397)
    assert back["sector_level"]["1A3di(i)"] == "memo"
    # What isn't in the inventory is not estimated, and nothing is 0 that wasn't.
    assert back["notation_key"]["2B1"] == "NE"
    assert (back["value_kt"] == 0).sum() == 1


_VALUES = st.one_of(
    st.floats(0, 500, allow_nan=False).filter(lambda v: v == 0 or v > 1e-12),
    st.sampled_from(["NO", "NE", "NA", "IE", "C", "NR"]),
)


@settings(max_examples=5)
@given(st.lists(_VALUES, min_size=127, max_size=127))
def test_any_mix_of_keys_and_values_survives(tmp_path_factory, values):
    codes = codelists.sectors()["nfr"].tolist()[:127]
    frame = rows(dict(zip(codes, values, strict=True)))
    back = read_any(written(frame, tmp_path_factory.mktemp("a"))).frame
    joined = frame.merge(back, on=["sector", "year", "species"], suffixes=("", "_back"))
    assert len(joined) == len(frame)
    # A workbook keeps 16 figures of the 17 that a double needs.
    assert joined["value_kt_back"].tolist() == pytest.approx(
        joined["value_kt"].tolist(), rel=1e-15, abs=0, nan_ok=True
    )
    assert joined["notation_key"].equals(joined["notation_key_back"])


def _changed(path, row, column, value):
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.cell(row, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return Source(io.BytesIO(buffer.getvalue()), "a.xlsx")


_BC = 12


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (16, _BC, "N.O.", "found N.O."),
        (16, _BC, "1,5", "found 1,5"),
        (16, _BC, dt.datetime(2018, 1, 2), "2018-01-02"),
        (16, 2, "1A9z", "the category '1A9z'"),
        (12, _BC, "kg", "in kt, below the header"),
        (7, 2, 2017, "must say the same"),
        (4, 2, "Ruritania", "a known region"),
        (11, _BC, "Black carbon", "the header of Annex I"),
        (11, 5, "BC", "twice"),
    ],
)
def test_a_changed_cell_is_refused(tmp_path, row, column, value, message):
    path = written(rows({"1A1a": 0.5}), tmp_path)
    with pytest.raises(DataError, match=message):
        read_any(_changed(path, row, column, value), "nfr_template")


def test_a_total_that_is_not_the_sum_of_its_parts_is_noted(tmp_path):
    path = written(rows({"1A1a": 0.5}), tmp_path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    place = next(row for row in range(1, 200) if sheet.cell(row, 2).value == TOTAL)
    result = read_any(_changed(path, place, _BC, 50.0), "nfr_template")
    assert "BC adds up to 0.5, stated total 50" in result.report.notes[0]


def test_rows_below_the_categories_are_told_apart_and_never_parts(tmp_path):
    path = written(rows({"1A1a": 0.5, "1A3bi": 0.25}), tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    below = [
        ("1A3bi(fu)", "Road transport: Passenger cars (fuel used)", 0.2, "memo"),
        ("1A3", "Transport (fuel used)", 0.3, "memo"),
        ("NATIONAL TOTAL (FU)", "National total based on fuel used", 0.7, "aggregate"),
        ("COMPLIANCE TOTAL (CLRTAP)", "", 0.6, "aggregate"),
        ("COMPLIANCE TOTAL (NECD)", "", 0.65, "aggregate"),
        ("ADJUSTMENTS (CLRTAP)", "", -0.1, "memo"),
        ("FLEXIBILITIES (NECD)", "", "NA", "memo"),
    ]
    for code, name, value, _ in below:
        sheet.append([None, code, name, None, *[None] * 7, value])
    buffer = io.BytesIO()
    book.save(buffer)
    result = read_any(Source(io.BytesIO(buffer.getvalue()), "a.xlsx"))
    frame = result.frame.set_index("sector")
    assert ("a negative adjustment", 1) in [(s.reason, s.rows) for s in result.report.skipped]
    below = [row for row in below if not row[0].startswith("ADJ")]
    names = ["1A3bi(fu)", "1A3", f"{TOTAL} (fu)", "NT COMPLIANCE", "NT COMPLIANCE (NECD)"]
    names += ["FLEXIBILITIES"]
    assert frame.loc[names, "sector_level"].tolist() == [level for *_, level in below]
    assert frame.loc[names[:5], "value_kt"].tolist() == [0.2, 0.3, 0.7, 0.6, 0.65]
    assert frame.loc["FLEXIBILITIES", "notation_key"] == "NA"
    assert frame.loc[frame["sector_level"] == "part", "value_kt"].sum() == 0.75


def test_only_nfr_categories_of_the_region_are_written(tmp_path):
    with pytest.raises(DataError, match="no rows of DE"):
        write_annex(
            rows({"1A1a": 1.0}), tmp_path / "a.xlsx", region="DE", version="1", written=_DAY
        )


def test_an_emission_table_becomes_annex_rows():
    emissions = pd.DataFrame(
        {
            "year": 2018,
            "region": "PL",
            "nfr": ["1A4bi", "1A4bi", "3F", "1A3di(i)"],
            "fuel": ["wood", "peat", "residue", "hfo"],
            "technology": ["stove", "stove", "field", "ship"],
            "species": "BC",
            "factor_set": "harmonised",
            "memo": [False, False, False, True],
            "emission_kt": [2.0, None, None, 0.5],
            "notation_key": [None, "NO", "NE", None],
        }
    )
    made = annex_rows(emissions, "PL", "harmonised").set_index("sector")
    assert made["value_kt"]["1A4bi"] == 2.0
    assert made["note"]["1A4bi"] == "without NO peat stove"
    assert made["notation_key"]["3F"] == "NE"
    assert made["sector_level"]["1A3di(i)"] == "memo"
    with pytest.raises(DataError, match="no emissions of DE"):
        annex_rows(emissions, "DE", "harmonised")
