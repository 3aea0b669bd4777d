"""EBAS NASA-Ames files: every file reads, the flag decides, and no digit is lost."""

import numpy as np
import pytest

from bc_inventory.errors import DataError, UnitError
from bc_inventory.readers.registry import detect, read_any
from bc_inventory.readers.stations._flags import flag_set, split_numflag
from bc_inventory.readers.stations._text import carbon_unit, concentration_factor
from bc_inventory.readers.stations.ebas import read

FOLDER = "data/obs-ebas-nasaames-ecoc"
# Other components: levoglucosan, sugars, PCBs.
CONTROLS = ("BA0009U.20171213121000", "BE0007R", "ugly_file")

HEADER = """{nlhead} 1001
Someone, A.
XX01L, Laboratory
Someone, A.
EMEP
1 1
2018 01 10 2019 01 01
{interval}
days from file reference point
3
1 1 1
999.999999 99.999 9.999999999
end_time of measurement, days from the file reference point
elemental_carbon, {unit}
numflag elemental_carbon, no unit
0
8
Data definition: EBAS_1.1
Station code: XX0001R
Station latitude: 50.0
Unit: ug C/m3
Matrix: pm25
Standard method: TEMP=EUSAAR_2
Volume std. temperature: ambient
starttime endtime EC flag_EC
"""
ROWS = (
    "0.333333 1.333333 1.250 0.000000000\n"
    "1.333333 2.333333 2.000 0.659000000\n"
    "2.333333 3.333333 99.999 0.999999999\n"
    "3.333333 4.333333 -0.020 0.147780000\n"
    "4.333333 5.333333 3.000 0.659100000\n"
)


def ames(rows=ROWS, *, nlhead=25, unit="ug C/m3", interval=1):
    return HEADER.format(nlhead=nlhead, unit=unit, interval=interval) + rows


def write(tmp_path, text, encoding="utf-8", name="XX0001R.nas"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def one(shared, start):
    (path,) = (shared / FOLDER).glob(f"{start}*")
    return read(path).data


@pytest.mark.shared
def test_check_1_every_file_parses_and_is_counted(shared):
    rows = valid = negative = files = 0
    for path in sorted((shared / FOLDER).iterdir()):
        if path.name.startswith((*CONTROLS, "README", "ecoc.nas")):
            continue
        files += 1
        for series in read(path).data:
            rows += len(series)
            valid += len(series.good)
            negative += int((series.good < 0).sum())
    # One file more than the note that the numbers are from counted; its rows are in them.
    assert (files, rows, valid, negative) == (50, 3172, 2505, 15)


@pytest.mark.shared
def test_check_1_the_file_apart(shared):
    (series,) = one(shared, "ecoc.nas")
    assert (len(series), len(series.good)) == (5, 4)
    assert round(series.mean(), 4) == 0.1192


@pytest.mark.shared
@pytest.mark.parametrize(
    ("start", "valid", "total", "mean"),
    [
        # check 2: encodings and line ends
        ("AT0002R", 29, 32, 0.7148),
        ("AT0034G", 29, 31, 0.1278),
        ("CZ0003R.2018", 428, 444, 0.9883),
        ("NO0073U", 69, 99, 0.7498),
        ("IT0020U", 36, 36, 3.1506),
        # check 3: an invalid flag wins over a value that is present
        ("BA0029U", 47, 49, 2.6242),
        ("GR0002R", 115, 118, 0.1902),
        ("SE0021R", 16, 17, 0.1708),
        ("IT0023U", 59, 60, 2.2222),
        # check 4: flag 100 overrides, 147 and 780 are valid, negatives stay
        ("HU0002R.20171128", 136, 333, 1.0486),
        ("HU0002R.20180109", 117, 161, 1.6537),
    ],
)
def test_checks_2_to_4_values_of_single_files(shared, start, valid, total, mean):
    (series,) = one(shared, start)
    assert (len(series.good), len(series)) == (valid, total)
    assert round(series.mean(), 4) == mean


@pytest.mark.shared
def test_check_4_negative_values_stay(shared):
    (series,) = one(shared, "HU0002R.20171128")
    assert int((series.good < 0).sum()) == 7


@pytest.mark.shared
def test_check_5_two_size_cuts_stay_apart(shared):
    found = {s.about.size_cut: (len(s.good), round(s.mean(), 4)) for s in one(shared, "DE0044R")}
    assert found == {"pm25": (74, 0.5385), "pm10": (74, 0.6057)}


@pytest.mark.shared
def test_check_6_a_unit_conflict_is_reported_and_the_column_wins(shared):
    record = one(shared, "BA0029U")
    assert record.series[0].about.unit == "ug/m3"
    assert 0.5 < record.series[0].mean() < 7
    (remark,) = record.remarks
    assert "ng C/m3" in remark
    assert "ug C/m3" in remark


@pytest.mark.shared
def test_check_7_times_are_rounded_to_the_second(shared):
    (series,) = one(shared, "BA0009U.20171213080000")
    assert series.frame["start"].iloc[0] == np.datetime64("2017-12-13T08:00:00")


@pytest.mark.shared
@pytest.mark.parametrize("start", CONTROLS)
def test_check_8_a_file_of_other_components_is_told(shared, start):
    with pytest.raises(DataError, match="no BC/EC variable"):
        one(shared, start)


@pytest.mark.shared
def test_the_state_and_protocol_travel_with_the_values(shared):
    (vienna,), (tartu,) = one(shared, "AT0034G"), one(shared, "EE0004U")
    assert (vienna.about.t_ref_k, vienna.about.p_ref_hpa) == (273.15, 1013.0)
    assert (tartu.about.reference, tartu.about.protocol) == ("ambient", "NIOSH")


def test_a_small_file_by_hand(tmp_path):
    (series,) = read(write(tmp_path, ames())).data
    values = series.frame
    # 659 is invalid, 999 missing, 147 with 780 valid, 100 overrides 659.
    assert values["valid"].tolist() == [True, False, False, True, True]
    assert values["flags"].tolist() == ["", "659", "999", "147;780", "659;100"]
    assert values["value"].tolist()[:2] == [1.25, 2.0]
    assert np.isnan(values["value"].iloc[2])
    assert values["start"].iloc[0] == np.datetime64("2018-01-10T08:00:00")
    assert series.about.interval_s == 86_400


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("change", [("\n", "\r\n"), (" ", "\t"), ("x", "x")])
def test_encodings_and_line_ends_give_the_same_values(tmp_path, encoding, change):
    text = ames().replace("Someone, A.", "Våler, Å.")
    head, body = text[: text.index("starttime")], text[text.index("starttime") :]
    plain = read(write(tmp_path, text)).data.series[0].frame
    ends = (head + body).replace(*change) if change[0] == "\n" else head + body.replace(*change)
    path = write(tmp_path, ends, encoding, "other.nas")
    assert read(path).data.series[0].frame.equals(plain)


def test_ghost_rejects_what_ebas_accepts(tmp_path):
    path = write(tmp_path, ames())
    assert read(path, flags="ebas").data.series[0].frame["valid"].sum() == 3
    # 780 is one of the fourteen flags that GHOST rejects.
    assert read(path, flags="ghost").data.series[0].frame["valid"].sum() == 2
    assert len(flag_set("ebas").valid) - len(flag_set("ghost").valid) == 14
    assert len(flag_set("ebas").valid) == 92


def test_an_unknown_flag_makes_its_value_invalid_and_is_said(tmp_path):
    record = read(write(tmp_path, ames().replace("0.000000000", "0.123000000"))).data
    assert not record.series[0].frame["valid"].iloc[0]
    assert "123" in record.remarks[0]


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("25 1001", "-3 1001", 1, "first line"),
        ("25 1001", "1000000000 1001", 1, "header lines"),
        ("25 1001", "24 1001", None, ""),
        ("25 1001", "26 1001", None, ""),
        ("2018 01 10", "2018 13 10", 7, "reference date"),
        ("\n3\n", "\n1000000000\n", 10, "variables"),
        ("\n3\n", "\n-3\n", 10, "a count"),
        ("1 1 1", "1 x 1", 11, "numbers"),
        ("9.999999999\n", "\n", 12, "missing codes"),
        ("\n0\n8", "\n0\n9000", 17, "counts"),
        (" 1.250 0.000000000", " 1.250", 26, "cells"),
        ("1.250", "1,250", 26, "a number"),
        ("1.250", "nan", 26, "a number"),
        ("0.659000000", "0.6590000", 27, "flag"),
        ("1.333333 2.333333", "2.333333 1.333333", 27, "begin"),
        ("0.333333 1.333333", "-9e9 1.333333", 26, "two centuries"),
        ("ug C/m3\nnumflag", "furlong\nnumflag", 14, "unit"),
        ("Station code", "Station", None, "station code"),
        ("numflag elemental_carbon", "something", 14, "numflag"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, old, new, line, word):
    text = ames()
    assert old in text
    with pytest.raises(DataError) as caught:
        read(write(tmp_path, text.replace(old, new, 1)))
    found = caught.value.problems[0]
    assert found.file == "XX0001R.nas"
    if line is not None:
        assert found.row == line
        assert word in str(found)


def test_a_file_that_was_cut_is_refused(tmp_path):
    text = ames()
    for cut in (3, 8, 25, 200):
        with pytest.raises(DataError):
            read(write(tmp_path, text[:-cut]))


def test_it_is_detected(tmp_path):
    path = write(tmp_path, ames())
    assert detect(path).name == "ebas_nasa_ames"
    assert read_any(path).report.species == ("EC",)


def test_carbon_is_mass_and_never_a_temperature():
    assert carbon_unit("ug C/m3") == "ug/m3"
    assert concentration_factor("ng C/m3") == 0.001
    assert concentration_factor("ug.m-3") == 1
    assert concentration_factor("µg/m³") == 1
    with pytest.raises(UnitError, match="mixing ratio"):
        concentration_factor("ppbv")
    with pytest.raises(UnitError):
        concentration_factor("degC/m3")


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("0", ()),
        ("0.0", ()),
        ("0.147", (147,)),
        ("0.147780000", (147, 780)),
        ("0.659999", (659, 999)),
        ("9.999", (999,)),
        ("0.999", (999,)),
        ("9", (999,)),
    ],
)
def test_flags_in_the_decimals(text, flags):
    assert split_numflag(text) == flags


@pytest.mark.parametrize("text", ["0.14", "1.147", "-0.147", "0.1478", "x", "0.147e3"])
def test_what_is_no_flag_is_refused(text):
    with pytest.raises(ValueError, match=r"flag|decimals"):
        split_numflag(text)
