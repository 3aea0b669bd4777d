"""Scores as AeroCom defines them, and flags that never delete."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.monitoring.quality.flags import names_of
from bc_inventory.monitoring.quality.tests import flagged, identical_series
from bc_inventory.monitoring.statistics.scores import scores
from bc_inventory.schema.series import Description, Series, make_values


def series(values, *, station="X", minutes=60, segment=None, instrument=None, start=None):
    begin = np.datetime64("2020-01-01", "s") + np.arange(len(values)) * np.timedelta64(
        minutes * 60, "s"
    )
    begin = begin if start is None else np.array(start, dtype="datetime64[s]")
    about = Description(
        station,
        "eBC",
        "ug/m3",
        "x",
        "0" * 64,
        "test",
        interval_s=minutes * 60,
        instrument=instrument,
    )
    value = np.array(values, dtype=float)
    frame = make_values(begin, begin + np.timedelta64(minutes * 60, "s"), value, np.isfinite(value))
    if segment is not None:
        frame["segment"] = segment
        frame["segment"] = frame["segment"].astype("category")
    return Series(about, frame)


def marks(one):
    return [names_of(int(m)) for m in flagged(one).frame["quality_flags"]]


@pytest.mark.shared
def test_check_23_scores_of_the_collocated_set(shared):
    (path,) = (shared / "data/obs-europe-ebc-ec-collocated").glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    model, observed = (np.array([float(r[c]) for r in rows]) for c in ("BC", "EC"))
    made = scores(model, observed, not_positive="keep")
    assert made.pairs == 17743
    assert round(made.r, 4) == 0.8620
    assert round(100 * made.nmb, 2) == 85.04
    assert round(100 * made.mnmb, 2) == 50.70
    assert round(100 * made.fge, 2) == 62.39
    assert round(made.fac2, 4) == 0.5948
    assert round(made.rmse, 4) == 1.5212
    # The pairs that make the fractional scores unbounded are counted, and can be left out.
    assert made.not_positive == 274
    assert scores(model, observed, not_positive="exclude").excluded == 274


def test_scores_by_hand():
    made = scores(np.array([1.0, 4.0, np.nan]), np.array([2.0, 2.0, 1.0]), not_positive="keep")
    assert (made.pairs, made.missing) == (2, 1)
    assert made.nmb == pytest.approx(0.25)
    assert made.mnmb == pytest.approx(-1 / 3 + 2 / 6)
    assert made.fge == pytest.approx(1 / 3 + 2 / 6)
    assert made.fac2 == 1.0
    assert made.rmse == pytest.approx(np.sqrt(2.5))


def test_a_score_without_a_base_is_missing_and_not_zero():
    made = scores(np.array([1.0, -1.0]), np.array([1.0, -1.0]), not_positive="exclude")
    assert np.isnan(made.nmb)
    assert made.excluded == 1
    assert np.isnan(scores(np.array([]), np.array([]), not_positive="keep").r)
    assert np.isnan(scores(np.ones(3), np.ones(3), not_positive="keep").r)
    with pytest.raises(ValueError, match="keep"):
        scores(np.ones(1), np.ones(1), not_positive="drop")
    with pytest.raises(ValueError, match="against"):
        scores(np.ones(1), np.ones(2), not_positive="keep")


@settings(max_examples=50)
@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=40), st.floats(0.6, 1.9))
def test_a_constant_factor_is_the_bias(values, factor):
    observed = np.array(values)
    made = scores(observed * factor, observed, not_positive="exclude")
    assert made.nmb == pytest.approx(factor - 1)
    assert made.fge == pytest.approx(abs(made.mnmb))
    assert made.fac2 == 1.0


def test_marks_never_change_a_value():
    values = [1.0, 2.0, np.nan, 500.0, -20.0, 0.0] * 10
    one = series(values, instrument="AE33")
    after = flagged(one)
    np.testing.assert_array_equal(after.frame["value"], one.frame["value"])
    assert after.frame["valid"].equals(one.frame["valid"])
    assert len(after) == len(one)
    assert "range" in names_of(int(after.frame["quality_flags"].iloc[3]))
    assert "below_detection" in names_of(int(after.frame["quality_flags"].iloc[4]))


def test_persistence_needs_number_and_time():
    found = marks(series([1.0, 2.0] + [3.0] * 8 + [1.0]))
    assert [bool("persistence" in m) for m in found] == [False] * 2 + [True] * 8 + [False]
    short = marks(series([1.0, 2.0] + [3.0] * 8 + [1.0], minutes=1))
    assert not any("persistence" in m for m in short)
    assert not any("persistence" in m for m in marks(series([0.0] * 20)))


def test_a_spike_is_a_single_value_far_off():
    rng = np.random.default_rng(1)
    values = 1 + 0.1 * rng.normal(size=100)
    values[40] = 30
    assert [i for i, m in enumerate(marks(series(values))) if "spike" in m] == [40]


def test_repeated_stamps_and_jumps_of_the_clock():
    stamps = ["2020-10-25T01", "2020-10-25T02", "2020-10-25T02", "2020-10-25T03", "2020-10-24T03"]
    found = marks(series([1, 2, 3, 4, 5], start=stamps))
    assert ["duplicate_time" in m for m in found] == [False, False, True, False, False]
    assert ["clock_jump" in m for m in found] == [False, False, False, False, True]
    off = marks(series([1, 2], start=["2020-01-01T00:00", "2020-01-01T01:07"]))
    assert "clock_jump" in off[1]


def test_a_change_of_segment_is_a_break():
    found = marks(series([1, 2, 3], segment=["M8020", "M8020", "M8060"]))
    assert ["break" in m for m in found] == [False, False, True]


def test_zeros_that_stand_for_nothing():
    found = marks(series([0.0, 0.0, 5.0, 6.0, 7.0]))
    assert ["zero_block" in m for m in found] == [True, True, False, False, False]
    assert not any("zero_block" in m for m in marks(series([0.0, 0.0, 5.0, -0.1])))


def test_equal_runs_at_two_stations_whatever_their_times():
    run = list(np.random.default_rng(5).random(14))
    a = series([9.0, *run], station="A")
    b = series([*run, 1.0, 2.0], station="B", minutes=1440)
    c = series(list(np.random.default_rng(6).random(30)), station="C")
    ((first, second, length),) = identical_series([a, b, c])
    assert (first.split(".")[0], second.split(".")[0], length) == ("A", "B", 14)
    constant = [series([1.0] * 20, station=name) for name in "DE"]
    assert identical_series(constant) == []
