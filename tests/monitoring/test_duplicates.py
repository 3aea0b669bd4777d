"""Copies between stations are flagged and reported, and chance agreement is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory import schema
from bc_inventory.monitoring.quality.duplicates import Twin, twins
from bc_inventory.workflow.measurements import ingest_folder


def random_walk(seed, count=3000, decimals=3):
    rng = np.random.default_rng(seed)
    made, noise = np.zeros(count), rng.normal(size=count)
    for at in range(1, count):
        made[at] = 0.95 * made[at - 1] + 0.3 * noise[at]
    return np.round(np.exp(made - 1), decimals)


def of(**series):
    return twins(series, {name: name for name in series})


def test_a_copied_run_is_found_whole_wherever_it_lies():
    a, b = random_walk(1), random_walk(2)
    b[2000:2050] = a[100:150]
    assert of(a=a, b=b) == [Twin("a", "b", 100, 2000, 50)]
    assert of(b=b, c=a) == [Twin("b", "c", 2000, 100, 50)]


def test_two_runs_are_two():
    a, b = random_walk(1), random_walk(2)
    b[500:530], b[2000:2020] = a[100:130], a[1000:1020]
    assert [(t.begin_first, t.length) for t in of(a=a, b=b)] == [(100, 30), (1000, 20)]


def test_a_station_may_repeat_itself():
    a = random_walk(1)
    assert twins({"x": a, "y": a}, {"x": "one", "y": "one"}) == []


@pytest.mark.parametrize("decimals", [3, 1, 0])
def test_coarse_values_of_many_stations_are_no_copies(decimals):
    series = {f"s{n}": random_walk(n, decimals=decimals) for n in range(20)}
    assert of(**series) == []
    series["s3"][50:250] = series["s9"][900:1100]
    found = of(**series)
    if decimals:
        (one,) = found
        assert (one.first, one.second, one.length >= 200) == ("s3", "s9", True)


def test_constant_and_short_series_have_nothing_to_share():
    assert of(a=np.ones(500), b=np.ones(500)) == []
    assert of(a=np.arange(9.0), b=np.arange(9.0)) == []
    assert of(a=np.empty(0), b=np.arange(20.0)) == []


@settings(max_examples=40)
@given(st.integers(0, 900), st.integers(0, 900), st.integers(25, 90), st.integers(0, 99))
def test_any_copy_long_enough_is_found(at, other, length, seed):
    a, b = random_walk(seed, 1000), random_walk(seed + 1000, 1000)
    run = a[at : at + length]
    b[other : other + length] = run[: len(b) - other]
    size = min(len(run), len(b) - other)
    found = of(a=a, b=b)
    if size >= 15:
        assert any(t.begin_first <= at and t.begin_first + t.length >= at + size for t in found)


SETTINGS = """
[record]
rule = "none"
exclude = {exclude}
[[files]]
match = "*.csv"
format = "uk_black_carbon"
licence = "x"
source_id = "y"
"""


def write(folder, site, values, first="2019-12-31T00"):
    end = np.datetime64(first, "s") + (np.arange(len(values)) + 1) * np.timedelta64(3600, "s")
    rows = [f"{site},{str(t).replace('T', ' ')},{v}" for t, v in zip(end, values, strict=True)]
    (folder / f"{site}.csv").write_text("\n".join(["site,date_end,bc", *rows, ""]))


def test_copies_are_marked_and_kept_out_only_where_asked(tmp_path):
    from click.testing import CliRunner

    from bc_inventory.commands.monitor import monitor

    folder = tmp_path / "files"
    folder.mkdir()
    a, b = random_walk(1, 48), random_walk(2, 48)
    b[10:40] = a[0:30]
    write(folder, "aa0001r", a)
    told = tmp_path / "settings.toml"
    told.write_text(SETTINGS.format(exclude="[]"))
    first = ingest_folder(folder, tmp_path / "store", told)
    assert first.copies == ()
    write(folder, "bb0001r", b)
    second = ingest_folder(folder, tmp_path / "store", told)
    ((one, two, length),) = second.copies
    assert (one[:7], two[:7], length) == ("AA0001R", "BB0001R", 30)
    # The new station re-opened the years of the old one, which now has marks.
    assert second.read == ("bb0001r.csv",)
    assert second.recomputed == 4
    frame = schema.read_parquet(second.path / "observations", "observations")
    hours = frame[frame["period"] == "hour"]
    flagged = hours["quality_flags"].astype(object).fillna("").str.contains("duplicate_series")
    assert flagged.groupby(hours["station"].astype(str)).sum().to_dict() == {
        "AA0001R": 30,
        "BB0001R": 30,
    }
    assert hours["ebc_ug_m3"].notna().all()
    stations = schema.read_parquet(second.path / "stations.parquet", "stations")
    assert stations["not_comparable_with"].str.contains("another station has them").all()
    again = ingest_folder(folder, tmp_path / "other", told)
    assert again.generation == second.generation
    told.write_text(SETTINGS.format(exclude='["duplicate_series"]'))
    strict = ingest_folder(folder, tmp_path / "store", told)
    frame = schema.read_parquet(strict.path / "observations", "observations")
    hours = frame[(frame["period"] == "hour") & (frame["station"] == "AA0001R")]
    assert hours["ebc_ug_m3"].isna().sum() == 30
    arguments = [str(folder), "--settings", str(told), "--store", str(tmp_path / "store")]
    assert "share a run of 30 values" in CliRunner().invoke(monitor, arguments).output


def test_a_change_of_method_between_files_is_a_break(tmp_path):
    from bc_inventory.monitoring.quality.flags import names_of
    from bc_inventory.monitoring.record.assemble import joined
    from bc_inventory.schema.series import Description, Series, make_values

    def one(file, first, segment):
        start = np.datetime64(first, "s") + np.arange(3) * np.timedelta64(3600, "s")
        values = make_values(start, start + np.timedelta64(3600, "s"), np.ones(3), [True] * 3)
        values["segment"] = segment
        values["segment"] = values["segment"].astype("category")
        about = Description("X", "eBC", "ug/m3", file, "0" * 64, "test")
        return Series(about, values)

    made = joined([one("b", "2020-01-02", "M8060"), one("a", "2020-01-01", "M8020")])
    marks = [names_of(int(mark)) for mark in made.frame["quality_flags"]]
    assert ["break" in mark for mark in marks] == [False] * 3 + [True] + [False] * 2
