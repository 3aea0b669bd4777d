"""Tables of networks and services: EEA, OpenAQ, SPARTAN, AERONET, China and compilations."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bc_inventory.errors import ConfigError, DataError, SourceError
from bc_inventory.monitoring.quality.tests import identical_series
from bc_inventory.readers.registry import detect, read_any
from bc_inventory.readers.stations import eea

EEA = "data/obs-eea-airquality-format"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "valid", "invalid", "mean"),
    [("SPO-LU0100A_00005_100", 100, 0, 29.1330), ("SPO_NO0110A_5_2064", 98, 2, 8.4867)],
)
def test_check_24_eea_values_and_validity(shared, name, valid, invalid, mean):
    point = eea.read_point(shared / EEA / f"{name}.parquet")
    assert (point.valid.sum(), (~point.valid).sum()) == (valid, invalid)
    assert round(point.value[point.valid].mean(), 4) == mean
    assert point.unit == "ug.m-3"


@pytest.mark.shared
def test_check_24_particles_are_not_black_carbon(shared):
    with pytest.raises(DataError, match="pollutant 5"):
        read_any(shared / EEA / "SPO-LU0100A_00005_100.parquet", utc_offset_h=1)


def test_check_24_bc_is_391_and_black_smoke_is_refused():
    assert eea.pollutant_code("BC") == 391
    assert eea.pollutant_code(1771) == 1771
    for smoke in (6, "6", "BS"):
        with pytest.raises(SourceError, match="black smoke"):
            eea.pollutant_code(smoke)
    with pytest.raises(SourceError, match="isn't one of"):
        eea.pollutant_code("PM10")


def eea_file(tmp_path, *, pollutant=391, unit="ug.m-3", validity=(1, 2, -1)):
    start = np.datetime64("2020-01-01T00", "ns") + np.arange(3) * np.timedelta64(1, "h")
    table = pa.table(
        {
            "Samplingpoint": ["DE/SPO.DE_X_391"] * 3,
            "Pollutant": pa.array([pollutant] * 3, pa.int32()),
            "Start": start,
            "End": start + np.timedelta64(1, "h"),
            "Value": pa.array(["1.5", "0.5", "9"]).cast(pa.decimal128(38, 18)),
            "Unit": [unit] * 3,
            "AggType": ["hour"] * 3,
            "Validity": pa.array(validity, pa.int32()),
        }
    )
    path = tmp_path / "SPO.DE_X_391.parquet"
    pq.write_table(table, path)
    return path


def test_an_eea_file_with_a_damaged_name_of_a_column_is_refused(tmp_path):
    path = eea_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"AggType", b"Agg\xf5ype"))
    with pytest.raises(DataError, match="isn't whole Parquet"):
        read_any(path, "eea_parquet", utc_offset_h=1)


def test_eea_black_carbon(tmp_path):
    path = eea_file(tmp_path)
    assert detect(path).name == "eea_parquet"
    with pytest.raises(ConfigError, match="utc_offset_h"):
        read_any(path)
    (one,) = read_any(path, utc_offset_h=1).data
    assert one.good.tolist() == [1.5, 0.5]
    assert one.about.country == "DE"
    assert one.frame["start"].iloc[0] == np.datetime64("2019-12-31T23:00")
    with pytest.raises(DataError, match="black smoke"):
        read_any(eea_file(tmp_path, pollutant=6), utc_offset_h=1)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises((DataError, SourceError)):
        eea.read(path, utc_offset_h=1)


V3 = {
    "results": [
        {
            "value": 1.2,
            "parameter": {"id": 11, "name": "bc", "units": "µg/m³"},
            "period": {
                "datetimeFrom": {"utc": "2024-01-01T00:00:00Z"},
                "datetimeTo": {"utc": "2024-01-01T01:00:00Z"},
            },
            "coordinates": {"latitude": 48.85, "longitude": 2.35},
            "locationId": 42,
        },
        {
            "value": 7,
            "parameter": {"id": 2, "name": "pm25", "units": "µg/m³"},
            "period": None,
            "date": {"utc": "2024-01-01T01:00:00Z"},
        },
    ]
}


def test_openaq_version_3(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(V3), encoding="utf-8")
    assert detect(path).name == "openaq"
    (one,) = read_any(path).data
    assert one.good.tolist() == [1.2]
    assert (one.about.station, one.about.latitude) == ("42", 48.85)
    assert one.frame["end"].iloc[0] == np.datetime64("2024-01-01T01:00")


def test_an_answer_that_lost_a_location_is_refused(tmp_path):
    path = tmp_path / "answer.json"
    one = V3["results"][0] | {"location": "Paris"}
    path.write_text(json.dumps({"results": [one, {**one, "location": None, "locationId": None}]}))
    with pytest.raises(DataError, match="a result without a location") as caught:
        read_any(path)
    assert caught.value.problems[0].row == 2


CSV = (
    "location,city,country,utc,local,parameter,value,unit,latitude,longitude\n"
    "Oslo,x,NO,2024-01-01T01:00:00Z,x,bc,0.4,µg/m³,59.9,10.7\n"
    "Oslo,x,NO,2024-01-01T02:00:00Z,x,bc,-999,µg/m³,59.9,10.7\n"
    "Krakow,x,PL,2024-01-01T01:00:00Z,x,bc,3.1,µg/m³,50.1,19.9\n"
    "Oslo,x,NO,2024-01-01T02:00:00Z,x,no2,30,µg/m³,59.9,10.7\n"
)


def test_check_24_a_polish_series_is_quarantined(tmp_path):
    path = tmp_path / "archive.csv"
    path.write_text(CSV, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"stamp(.|\n)*interval_s"):
        read_any(path)
    record = read_any(path, stamp="end", interval_s=3600).data
    oslo, krakow = record
    assert oslo.good.tolist() == [0.4]
    assert oslo.frame["start"].iloc[0] == np.datetime64("2024-01-01T00:00")
    assert len(krakow) == 1
    assert not krakow.frame["valid"].any()
    assert krakow.frame["flags"].iloc[0] == "quarantine"
    assert "benzene" in record.remarks[0]
    # Without a country its place tells.
    path.write_text(CSV.replace("country", "nation"), encoding="utf-8")
    assert "Krakow" in read_any(path, stamp="end", interval_s=3600).data.remarks[0]


def test_the_archives_gzip_is_read_within_limits(tmp_path):
    import gzip

    text = CSV.replace("location,", "location_id,").replace("utc,local", "datetime,local")
    path = tmp_path / "location-1.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert detect(path).name == "openaq"
    record = read_any(path, stamp="end", interval_s=3600).data
    assert record.series[0].good.tolist() == [0.4]
    whole = path.read_bytes()
    for damaged in (whole[:-9], whole[:40], b"\x1f\x8bnothing"):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="gzip"):
            read_any(path, "openaq", stamp="end", interval_s=3600)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"results": 3}',
        '{"results": [{"parameter": "bc"}]}',
        '{"results": []}',
        json.dumps(V3).replace("2024-01-01T00:00:00Z", "yesterday"),
        '{"results": ' + "[" * 50_000,
        CSV.replace("0.4", "low"),
        CSV.replace("2024-01-01T01:00:00Z", "2024-13-01T01:00:00Z"),
    ],
)
def test_a_damaged_answer_is_an_error(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        read_any(path, "openaq", stamp="end", interval_s=3600)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("site", "offset", "filters", "mean"),
    [("CHTS", 8, 185, 1.5771), ("ETAD", 3, 175, 5.2446), ("USPA", -8, 156, 0.4670)],
)
def test_check_20_second_rows_are_no_values(shared, site, offset, filters, mean):
    path = shared / f"data/obs-spartan/FilterBased_ChemSpecPM25_{site}.csv"
    record = read_any(path, utc_offset_h=offset, zeros="measured").data
    (ec,) = [s for s in record if s.about.bc_type == "EC"]
    assert (len(ec), round(ec.mean(), 4)) == (filters, mean)
    assert any("detection limit" in remark for remark in record.remarks)


@pytest.mark.shared
def test_check_20_what_a_zero_means_is_explicit(shared):
    path = shared / "data/obs-spartan/FilterBased_ChemSpecPM25_CHTS.csv"
    made = {}
    for zeros in ("measured", "missing"):
        record = read_any(path, utc_offset_h=8, zeros=zeros).data
        (one,) = [s for s in record if s.about.instrument == "smoke stain reflectometer"]
        made[zeros] = (len(one.good), round(one.mean(), 4))
    assert made == {"measured": (177, 3.6679), "missing": (121, 5.3654)}
    with pytest.raises(ConfigError, match="zeros"):
        read_any(path, utc_offset_h=8)
    with pytest.raises(ConfigError, match="'measured' or 'missing'"):
        read_any(path, utc_offset_h=8, zeros="perhaps")


@pytest.mark.shared
def test_check_23_barcelona(shared):
    path = shared / "data/obs-barcelona-hourly-bc/dataSet_timeagg60min.csv"
    record = read_any(path, station="BCN", utc_offset_h=0, stamp="begin").data
    (one,) = record
    assert (len(one), len(one.good), round(one.mean(), 4)) == (19432, 17486, 1.2276)
    assert (one.good < 0).sum() == 19
    assert record.remarks[0].startswith("423 repeated time stamps, 0 ")
    assert "jump back" in record.remarks[1]


@pytest.mark.shared
def test_check_23_three_stations_hold_one_series(shared):
    path = shared / "data/obs-europe-ebc-ec-collocated/df_colocated_shared.csv"
    record = read_any(path, stamp="begin").data
    assert sum(len(s) for s in record if s.about.bc_type == "EC") == 17743
    found = identical_series([s for s in record if s.about.bc_type == "eBC"])
    names = {tuple(sorted(x.split(".")[0] for x in pair[:2])): pair[2] for pair in found}
    assert names["Illmitz", "K-puszta"] == 14
    assert names["Illmitz", "Marczell_Gyorgy"] == 14
    assert names["K-puszta", "Marczell_Gyorgy"] == 14


@pytest.mark.shared
def test_aeronet(shared):
    reading = read_any(shared / "data/obs-aeronet-aod/aeronet_aod_beijing.csv")
    assert reading.report.rows == 346
    assert round(reading.data["AOD_500nm"].mean(), 4) == 0.4227
    assert round(reading.data["AOD_440nm"].mean(), 4) == 0.4779
    other = read_any(shared / "data/obs-aeronet-aod/aeronet-inv-ALM15-SIZ-example.txt")
    assert other.report.rows == 36


def test_an_aeronet_table_without_its_times_is_refused(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text("AERONET Version 3;\nAERONET_Site,Date(dd:mm:yyyy)\nBeijing,01:01:2018\n")
    with pytest.raises(DataError, match="AERONET_Site, Date and Time first") as caught:
        read_any(path, "aeronet")
    assert caught.value.problems[0].row == 2


CHINA = "站点,时间,黑碳（μg/m³）\n北京奥体,2023-01-01 01:00,3.2\n北京奥体,2023-01-01 02:00,—\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_chinese_table_reads_in_both_encodings(tmp_path, encoding):
    path = tmp_path / "北京.csv"
    text = CHINA if encoding.startswith("utf") else CHINA.replace("³", "3")
    path.write_bytes(text.encode(encoding))
    assert detect(path).name == "china_station_csv"
    (one,) = read_any(path, utc_offset_h=8, stamp="end", interval_s=3600).data
    assert one.about.station == "北京奥体"
    assert (one.about.country, one.about.bc_type) == ("CN", "eBC")
    assert one.good.tolist() == [3.2]
    assert one.frame["start"].iloc[0] == np.datetime64("2022-12-31T16:00")


@pytest.mark.parametrize(
    ("text", "value", "start"),
    [
        ("监测点,日期,小时,BC,单位\nA,2023/1/2,5,1500,ng/m3\n", 1.5, "2023-01-01T20:00"),
        (
            "站点名称\t监测时间\t黑碳浓度(微克/立方米)\nA\t2023年01月02日05时\t1.5\n",
            1.5,
            "2023-01-01T20:00",
        ),
        ("点位,时间,BC,PM2.5\nA,2023010205,1.5,40\n", 1.5, "2023-01-01T20:00"),
    ],
)
def test_chinese_tables_of_other_shapes(tmp_path, text, value, start):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    how = {"utc_offset_h": 8, "stamp": "end", "interval_s": 3600}
    if "BC,PM" in text:
        with pytest.raises(ConfigError, match="unit"):
            read_any(path, **how)
        how["unit"] = "ug/m3"
    (one,) = read_any(path, **how).data
    assert one.good.tolist() == [value]
    assert one.frame["start"].iloc[0] == np.datetime64(start)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("3.2", "高"), "高"),
        (("2023-01-01 01:00", "2023-02-30 01:00"), "2023-02-30"),
        (("μg/m³", "ppb"), "mixing ratio"),
        (("2023-01-01 01:00,3.2", "2023-01-01 01:00"), "cells"),
    ],
)
def test_a_wrong_cell_of_a_chinese_table_is_named(tmp_path, change, word):
    path = tmp_path / "x.csv"
    path.write_text(CHINA.replace(*change), encoding="utf-8")
    with pytest.raises(Exception, match=word):
        read_any(path, "china_station_csv", utc_offset_h=8, stamp="end", interval_s=3600)
