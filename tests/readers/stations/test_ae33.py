"""AE33 logs: every counter read, cut and swapped columns told with their line."""

import numpy as np
import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.registry import detect, read_any
from bc_inventory.readers.stations.ae33 import read
from bc_inventory.readers.stations.ae33_setup import read_setup

FOLDER = "data/obs-ae33-raw"
NAMES = "Date(yyyy/MM/dd); Time(hh:mm:ss); Timebase; "
NAMES += "".join(f"RefCh{n}; Sen1Ch{n}; Sen2Ch{n}; " for n in range(1, 8))
NAMES += "Flow1; Flow2; FlowC; Pressure(Pa); Temperature(°C); BB (%); ContTemp; SupplyTemp; "
NAMES += "Status; ContStatus; DetectStatus; LedStatus; ValveStatus; LedTemp; "
NAMES += "".join(f"BC{n}1; BC{n}2; BC{n}; " for n in range(1, 8))
NAMES += "".join(f"K{n}; " for n in range(1, 8)) + "TapeAdvCount; "


def row(minute, *, status=0, bc=500, more=""):
    counters = " ".join(["900000 600000 800000"] * 7)
    values = " ".join([f"{bc} {bc} {bc}"] * 7)
    return (
        f"2025/03/05 00:{minute:02d}:00 60 {counters} 4000 1000 5000 101325 21.11 10.0 31 38 "
        f"{status} 0 10 10 00000 33 {values} " + " ".join(["0.001"] * 7) + f" 1034{more}"
    )


def log(rows, ends="\n"):
    head = ["AETHALOMETER", "Serial number = AE33-S01-00001", "Application version = 1", "x", ""]
    return ends.join([*head, NAMES, "", "", *rows, ""])


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "AE33_test.dat"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "measuring", "mean", "negative"),
    [
        ("AE33_AE33-S05-00503_20250305.dat", 1440, 1440, 471.92, 118),
        ("AE33_AE33-S05-00503_20250304.dat", 521, 501, 582.82, 28),
        ("2022_03_AE33-S09-01249.ddat", 134, 130, 4533.07, 0),
    ],
)
def test_check_12_rows_and_status(shared, name, rows, measuring, mean, negative):
    made = read_any(shared / FOLDER / name).data
    good = made.frame[made.frame["status"] == 0]
    assert (len(made), len(good)) == (rows, measuring)
    assert round(good["bc_6"].mean(), 2) == mean
    assert (good["bc_6"] < 0).sum() == negative
    assert made.attributes == {"t_ref_k": 294.26, "p_ref_hpa": 1013.25, "timebase_s": 60}


@pytest.mark.shared
def test_the_setup_record(shared):
    first, second = read_setup(shared / FOLDER / "AE33-test3.txt")
    assert first.sigma_m2_g == (18.47, 14.54, 13.14, 11.58, 10.35, 7.77, 7.19)
    assert (first.scattering_c, first.area_cm2, first.leakage) == (1.39, 0.785, 0.01)
    assert (first.pressure_pa, first.temperature_c) == (101325, 21.11)
    assert second.serial == "AE33-S10-01394"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("more", ["", " 5 0 0"])
def test_both_layouts_read_the_same(tmp_path, ends, encoding, more):
    rows = [row(0, more=more), row(1, bc=-20, more=more), row(2, status=1, bc=0, more=more)]
    made = read(write(tmp_path, log(rows, ends), encoding)).data
    assert made.frame["bc_6"].tolist() == [500, -20, 0]
    assert made.frame["status"].tolist() == [0, 0, 1]
    assert made.frame["time"].iloc[1] == np.datetime64("2025-03-05T00:01:00")
    assert made.serial == "AE33-S01-00001"
    assert detect(write(tmp_path, log(rows, ends), encoding)).name == "ae33"


def test_a_log_still_being_written_loses_only_its_last_line(tmp_path):
    made = read(write(tmp_path, log([row(0), row(1)])[:-40])).data
    assert len(made) == 1
    assert "last line" in made.remarks[0]


@pytest.mark.parametrize(
    ("change", "line", "word"),
    [
        (lambda r: r[: r.rfind(" ")], 10, "cells"),
        (lambda r: r.replace("500 500", "500 x", 1), 10, "a number"),
        (lambda r: r.replace("500 500", "500 5.5", 1), 10, "a number"),
        (lambda r: r.replace("2025/03/05", "05.03.2025"), 10, "date|number|can't be read"),
        (lambda r: r.replace("101325", "1013.25"), None, "swapped"),
        (lambda r: r.replace("101325 21.11", "21.11 101325"), None, "swapped"),
        (lambda r: r.replace(" 60 ", " 0 "), None, "swapped"),
    ],
)
def test_a_damaged_row_is_named(tmp_path, change, line, word):
    with pytest.raises(DataError, match=word) as caught:
        read(write(tmp_path, log([row(0), change(row(1)), row(2)])))
    if line:
        assert caught.value.problems[0].row == line


def test_a_header_without_a_column_is_told(tmp_path):
    with pytest.raises(DataError, match="Status"):
        read(write(tmp_path, log([row(0)]).replace("SupplyTemp; Status; ", "SupplyTemp; X; ")))


def test_two_reference_states_in_one_log_are_refused(tmp_path):
    with pytest.raises(DataError, match="reference states"):
        read(write(tmp_path, log([row(0), row(1).replace("21.11", "0.00")])))
