"""Shown numbers and the CSV to take along."""

import base64
import csv
import io

import pandas as pd
import pytest

from bc_inventory.report.i18n import Both
from bc_inventory.report.tables import Column, csv_text, number, to_table

HOSTILE = '<script>alert(1)</script>=HYPERLINK("http://x")'
COLUMNS = [
    Column("name", Both("name", "名称")),
    Column("kt", Both("emission", "排放量"), "kt"),
    Column("share", Both("share", "占比"), "1", 2, percent=True),
]


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.0, 3, "0"),
        (837.3, 3, "837"),
        (1587.4, 3, "1,590"),
        (-16.19, 3, "-16.2"),
        (0.09996, 3, "0.100"),
        (1.02e-15, 3, "1.02e-15"),
        (12.0, 2, "12"),
    ],
)
def test_numbers_keep_their_significant_digits(value, digits, shown):
    assert number(value, digits) == shown


def frame():
    return pd.DataFrame(
        {
            "name": ["a", "=1+1", HOSTILE, None, "x" * 10_000],
            "kt": [1.23456, -2.0, float("nan"), 0.0, 5.0],
            "share": [0.5, 0.25, None, 0.0, 1.0],
        }
    )


def test_csv_reads_back_and_runs_nothing():
    rows = list(csv.reader(io.StringIO(csv_text(frame(), COLUMNS), newline="")))
    assert rows[0] == ["name", "kt [kt]", "share [1]"]
    assert rows[1] == ["a", "1.23456", "0.5"]
    assert rows[2] == ["'=1+1", "-2.0", "0.25"]
    assert rows[3][0] == HOSTILE
    assert rows[4][0] == ""
    assert len(rows[5][0]) == 10_000


def test_shown_cells_and_the_file_behind_them():
    table = to_table(frame(), COLUMNS, "things", {"name": {"a": Both("letter a", "字母甲")}})
    first = table.rows[0]
    assert first[0][0] == Both("letter a", "字母甲")
    assert [cell[0].en for cell in first[1:]] == ["1.23", "50 %"]
    assert table.rows[2][1][0].en == "–"
    assert table.file == "things.csv"
    coded = table.address.split(",", 1)[1]
    text = base64.b64decode(coded).decode("utf-8-sig")
    assert text == csv_text(frame(), COLUMNS)


def test_rows_beyond_the_shown_are_in_the_file():
    many = pd.concat([frame()] * 100, ignore_index=True)
    table = to_table(many, COLUMNS, "many")
    assert len(table.rows) == 400
    assert table.more == 100
