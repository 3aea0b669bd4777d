"""Tables are held to their contracts, and every breach is named with its place."""

import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.schema.tables import TABLES

GOOD = (
    "control,name,name_zh,efficiency,efficiency_lower,efficiency_upper,confidence,source_id,note\n"
    "esp,ESP,静电除尘,0.9,0.8,0.95,high,tcses,\n"
)


def read(tmp_path, text, encoding="utf-8", known=None):
    path = tmp_path / "abatement.csv"
    path.write_bytes(text.encode(encoding))
    return schema.read_csv(path, "abatement", known=known)


def problem(tmp_path, text, **how):
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, **how)
    return caught.value.problems[0]


def test_a_good_table_reads(tmp_path):
    frame = read(tmp_path, GOOD)
    assert frame["efficiency"].tolist() == [0.9]
    assert frame["note"].isna().all()


@pytest.mark.parametrize("cell", ["NaN", ":", "-", "…", "1,5", "0x1", "inf", "1 2", "２"])
def test_words_are_not_numbers(tmp_path, cell):
    found = problem(tmp_path, GOOD.replace("0.9,", f'"{cell}",', 1))
    assert (found.row, found.column) == (2, "efficiency")
    assert cell in found.found


@pytest.mark.parametrize(
    ("old", "new", "column", "expected"),
    [
        ("0.9,0.8", "1.2,0.8", "efficiency", "at most 1"),
        ("0.9,0.8", "-0.1,-0.2", "efficiency", "at least 0"),
        ("0.9,0.8", "0.7,0.8", "efficiency", "efficiency_lower <= efficiency"),
        ("high", "hihg", "confidence", "one of"),
        (",tcses", ",", "source_id", "a value"),
    ],
)
def test_breaches_name_column_and_expectation(tmp_path, old, new, column, expected):
    found = problem(tmp_path, GOOD.replace(old, new, 1))
    assert found.column == column
    assert expected in found.expected
    assert found.row == 2


def test_an_unknown_reference_is_refused_with_the_nearest(tmp_path):
    found = problem(tmp_path, GOOD, known={"sources.source_id": {"tcses144", "emep"}})
    assert found.column == "source_id"
    assert "tcses144" in found.remedy


def test_a_key_may_stand_once(tmp_path):
    found = problem(tmp_path, GOOD + GOOD.splitlines()[1] + "\n")
    assert found.row == 3
    assert "control=esp" in found.found


def test_all_problems_are_told_at_once(tmp_path):
    bad = GOOD.replace("0.9,", "-,", 1).replace("0.95", ":")
    with pytest.raises(DataError) as caught:
        read(tmp_path, bad)
    assert {p.column for p in caught.value.problems} == {"efficiency", "efficiency_upper"}


def test_missing_and_unknown_columns(tmp_path):
    found = problem(tmp_path, GOOD.replace("efficiency_lower", "efficiency_low"))
    assert found.column == "efficiency_lower"


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_file(tmp_path, text):
    assert "empty" in problem(tmp_path, text).found


def test_a_wrong_encoding_names_the_line(tmp_path):
    found = problem(tmp_path, GOOD, encoding="gbk")
    assert "UTF-8" in found.found
    assert found.row == 2


def test_a_row_with_too_few_cells(tmp_path):
    found = problem(tmp_path, GOOD + "wet,wet\n")
    assert found.row == 3


def test_parquet_round_trip_keeps_units(tmp_path):
    frame = read(tmp_path, GOOD)
    path = schema.write_parquet(frame, "abatement", tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(schema.read_parquet(path, "abatement"), frame, check_dtype=False)
    import pyarrow.parquet as pq

    metadata = pq.read_schema(path).field("efficiency").metadata
    assert metadata[b"units"] == b"1"
    assert metadata[b"statistic"] == b"mean"
    assert b"statistic" not in pq.read_schema(path).field("control").metadata
    first = path.read_bytes()
    assert schema.write_parquet(frame, "abatement", path).read_bytes() == first


def test_a_truncated_parquet_is_refused(tmp_path):
    path = schema.write_parquet(read(tmp_path, GOOD), "abatement", tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match="Parquet"):
        schema.read_parquet(path, "abatement")


def test_a_parquet_whose_column_has_no_name_in_text_is_refused(tmp_path):
    path = schema.write_parquet(read(tmp_path, GOOD), "abatement", tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes().replace(b"efficiency", b"effici\xf5ncy"))
    with pytest.raises(DataError, match="whole Parquet"):
        schema.read_parquet(path, "abatement")


def test_shares_may_not_exceed_one():
    frame = pd.DataFrame({"fuel": ["a", "a"], "share": [0.7, 0.4]})
    with pytest.raises(DataError, match=r"1\.1"):
        schema.shares_at_most_one(frame, ["fuel"], "share")


def test_every_bound_says_which_statistic_it_is():
    """What is called lower or upper is labelled, or is the end of a printed range."""
    ranges = {"benchmarks", "cryosphere_bands", "cryosphere_responses", "implied_factor_ranges"}
    unlabelled = {
        (name, column.name)
        for name, table in TABLES.items()
        if name not in ranges
        for column in table.columns
        if column.kind == "number"
        and {"lower", "upper"} & set(column.name.split("_"))
        and table.statistic(column.name) is None
    }
    assert unlabelled == {
        ("co2_equivalents", "outer_lower_mt"),
        ("co2_equivalents", "outer_upper_mt"),
        ("targets", "reduction_lower"),
        ("targets", "reduction_upper"),
    }


def test_no_column_is_labelled_twice():
    for table in TABLES.values():
        named = [name for each in table.intervals for name in (each.value, each.lower, each.upper)]
        assert len(named) == len(set(named))
        assert not [name for name in named if table.column(name).statistic]


def test_a_column_with_a_default_may_be_left_out_and_is_written_where_it_differs(tmp_path):
    path = tmp_path / "table.csv"
    row = "boiler,a boiler,,0.5,0.4,0.6,high,x,\n"
    header = "control,name,name_zh,efficiency,efficiency_lower,efficiency_upper,"
    path.write_text(header + "confidence,source_id,note\n" + row, "utf-8")
    frame = schema.read_csv(path, "abatement")
    assert frame["value_kind"].tolist() == ["mean"]
    schema.write_csv(frame, "abatement", tmp_path / "same.csv")
    assert (tmp_path / "same.csv").read_text("utf-8") == path.read_text("utf-8")
    schema.write_csv(frame.assign(value_kind="median"), "abatement", tmp_path / "other.csv")
    assert schema.read_csv(tmp_path / "other.csv", "abatement")["value_kind"].tolist() == ["median"]
    path.write_text(
        header + "value_kind,confidence,source_id,note\n" + row.replace("0.6,", "0.6,mode,")
    )
    with pytest.raises(DataError, match="one of mean, median"):
        schema.read_csv(path, "abatement")
