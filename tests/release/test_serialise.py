"""What is answered over HTTP equals the table, whatever a column holds."""

import datetime as dt
import decimal
import io
import json

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

import bc_inventory as bci
from bc_inventory.errors import DataError
from bc_inventory.release.serialise import as_csv, as_json


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float_comes_back_whole(values):
    frame = pd.DataFrame({"kt": values})
    assert [row["kt"] for row in json.loads(as_json(frame))] == values
    read = pd.read_csv(io.StringIO(as_csv(frame)), float_precision="round_trip")
    assert read["kt"].tolist() == values


def test_every_type_of_a_column():
    frame = pd.DataFrame(
        {
            "number": [1.5e-13, np.nan],
            "infinite": [np.inf, -np.inf],
            "integer": pd.array([7, None], dtype="Int64"),
            "flag": pd.array([True, None], dtype="boolean"),
            "text": ["碳", None],
            "code": pd.Categorical(["EU", None]),
            "bytes": [b"\x01\xff", None],
            "list": [[1.0, float("nan")], None],
            "struct": [{"a": b"\x02"}, None],
            "array": [np.array([1, 2]), None],
            "moment": [dt.datetime(9999, 12, 31, 23, 59), None],
            "stamp": pd.Series(pd.to_datetime(["2018-01-02T03:04:05Z", None])),
            "day": [dt.date(1, 1, 1), None],
            "time": [dt.time(1, 2, 3), None],
            "span": [dt.timedelta(hours=25), None],
            "decimal": [decimal.Decimal("0.10"), None],
        }
    )
    first, second = json.loads(as_json(frame))
    assert first == {
        "number": 1.5e-13,
        "infinite": "Infinity",
        "integer": 7,
        "flag": True,
        "text": "碳",
        "code": "EU",
        "bytes": "01ff",
        "list": [1.0, None],
        "struct": {"a": "02"},
        "array": [1, 2],
        "moment": "9999-12-31T23:59:00",
        "stamp": "2018-01-02T03:04:05+00:00",
        "day": "0001-01-01",
        "time": "01:02:03",
        "span": "P1DT1H0M0S",
        "decimal": "0.1",
    }
    assert {key for key, value in second.items() if value is not None} == {"infinite"}
    assert as_csv(frame).splitlines()[1].startswith("1.5e-13,Infinity,7,True,碳,EU,01ff,")


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(DataError, match="two columns named 'a'"):
        as_json(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_every_table_of_a_release_is_answered_as_it_is(small_root):
    from bc_inventory.release.service import make_app

    release = bci.open_release(root=small_root)
    client = TestClient(make_app(small_root, release.inventory))
    for name in release.tables:
        answer = client.get(f"/releases/latest/tables/{name}", params={"limit": 50})
        assert answer.status_code == 200, name
        table = release.table(name).head(50)
        for column in table.select_dtypes("float"):
            got = [row[column] for row in answer.json()["rows"]]
            want = [None if np.isnan(value) else value for value in table[column]]
            assert got == want, (name, column)
    for query in (
        "select 1 as a, 2 as a",
        "select interval 1 day as a",
        "select [1, 2] as a",
        "select timestamp '9999-12-31 00:00:00' as a",
        "select date '0001-01-01' as a",
        "select union_value(k := 1) as a",
        "select 'x'::blob as a",
        "select 'nan'::double as a, 'infinity'::double as b",
        "select {'a': 1} as a",
        "select 170141183460469231731687303715884105727::hugeint as a",
        "select uuid() as a",
        "select map {'a': 1} as a",
        "select '101'::bit as a",
        "select time '01:02:03' as a",
    ):
        assert client.get("/releases/latest/sql", params={"query": query}).status_code in {200, 422}
