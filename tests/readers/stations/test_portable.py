"""Portable and semi-continuous instruments, on their real exports."""

import numpy as np
import pytest

from bc_inventory.errors import ConfigError, DataError
from bc_inventory.readers.registry import detect, read_any
from bc_inventory.readers.stations import ebas, sunset

AE51 = "data/obs-microaeth-raw/2019_09_16_h094851_KAN_AE51.csv"
MA200 = "data/obs-microaeth-raw/MA200-0369_20221201.csv"
BC1054 = "data/obs-bc1054-raw/raw_20250203.csv"
SUNSET = "data/obs-sunset-ocec"


def ng(series):
    return round(series.mean() * 1000, 2)


@pytest.mark.shared
def test_check_19_ae51(shared):
    (one,) = read_any(shared / AE51, station="KAN", utc_offset_h=5.5).data
    assert len(one) == 11838
    assert (one.good < 0).sum() == 727
    assert round(one.mean() * 1000, 1) == 31937.9
    assert round(one.good.clip(lower=0).mean() * 1000, 1) == 32095.9  # what clipping would give
    assert one.frame["start"].iloc[0] == np.datetime64("2019-09-16T04:27:00")


@pytest.mark.shared
@pytest.mark.parametrize("claim", ["0", "18446744073709551616", "-1"])
def test_a_timebase_that_cannot_be_is_refused(shared, tmp_path, claim):
    text = (shared / AE51).read_bytes()
    damaged = text.replace(b"Timebase = 1 s", f"Timebase = {claim} s".encode())
    assert damaged != text
    path = tmp_path / "ae51.csv"
    path.write_bytes(damaged)
    with pytest.raises(DataError, match=r"timebase"):
        read_any(path, "ae51", station="KAN", utc_offset_h=5.5)


@pytest.mark.shared
def test_check_19_ma200(shared):
    record = read_any(shared / MA200, station="CPH", utc_offset_h=1).data
    by_wave = {s.about.wavelength_nm: s for s in record}
    assert (len(by_wave[880]), len(by_wave[880].good)) == (102, 100)
    assert (ng(by_wave[880]), ng(by_wave[375])) == (98.95, 307.73)
    assert "+120 min is suspicious" in record.remarks[0]


@pytest.mark.shared
def test_check_19_bc1054(shared):
    record = read_any(shared / BC1054, station="X", utc_offset_h=8).data
    (nir,) = [s for s in record if s.about.wavelength_nm == 880]
    assert (len(nir), len(nir.good), ng(nir)) == (548, 545, 517.10)
    assert "544 rows" in record.remarks[0]
    assert "3 repeated" in record.remarks[1]


@pytest.mark.shared
def test_check_18_sunset_states(shared):
    local, stp = (
        read_any(
            shared / SUNSET / f"20171128_kpuszta_{kind}.csv", station="K", utc_offset_h=1
        ).data.series[0]
        for kind in ("LCRes", "Res")
    )
    assert [len(local), len(stp), (local.good < 0).sum(), (stp.good < 0).sum()] == [
        333,
        333,
        26,
        26,
    ]
    assert (round(local.mean(), 4), round(stp.mean(), 4)) == (0.9368, 0.8901)
    assert local.about.reference == "ambient"
    assert (stp.about.t_ref_k, stp.about.p_ref_hpa) == (293.15, 1013.25)


@pytest.mark.shared
def test_check_18_raw_is_the_archive(shared):
    local = sunset.read(
        shared / SUNSET / "20171128_kpuszta_LCRes.csv", station="K", utc_offset_h=1
    ).data.series[0]
    (path,) = (shared / "data/obs-ebas-nasaames-ecoc").glob("HU0002R.20171128*")
    archive = ebas.read(path).data.series[0].frame
    archive = archive[archive["valid"]].set_index("start")["value"]
    raw = local.frame.set_index("start")["value"].reindex(archive.index)
    assert len(archive) == 136
    assert np.abs(raw - archive).max() < 0.00051


@pytest.mark.shared
def test_check_18_the_other_version(shared):
    path = shared / SUNSET / "SLI_OCEC_20231210_001801_LCRes.csv"
    (one,) = read_any(path, station="TW", utc_offset_h=8).data
    assert (len(one), round(one.mean(), 4)) == (23, 0.6925)


@pytest.mark.shared
@pytest.mark.parametrize("path", [AE51, MA200, BC1054, f"{SUNSET}/20171128_kpuszta_Res.csv"])
def test_what_the_file_lacks_is_asked_for(shared, path):
    with pytest.raises(ConfigError, match="utc_offset_h"):
        read_any(shared / path, station="X")
    with pytest.raises(ConfigError, match="station"):
        read_any(shared / path, utc_offset_h=0)


def ma200(offset, longitude="12.5", date="2022/12/01"):
    names = ["Serial number", "Datum ID", "Timezone offset (mins)", "Date local (yyyy/MM/dd)"]
    names += ["Time local (hh:mm:ss)", "GPS lat (ddmm.mmmmm)", "GPS long (dddmm.mmmmm)"]
    names += ["Timebase (s)", "Status"] + [f"{c} BCc" for c in ("UV", "Blue", "Green", "Red", "IR")]
    names += ["Readable status"]
    row = ["MA200-1", "1", offset, date, "08:00:00", "55.6", longitude, "300", "64"] + ["1"] * 5
    cells = [names, [*row, ""]]
    return "\n".join(",".join(f'"{c}"' for c in line) for line in cells) + "\n"


@pytest.mark.parametrize(
    ("offset", "longitude", "date", "doubtful"),
    [
        ("120", "12.5", "2022/12/01", True),
        ("60", "12.5", "2022/12/01", False),
        ("120", "12.5", "2022/07/01", False),
        ("480", "87.6", "2022/07/01", True),  # Urumqi keeps Beijing time
        ("480", "116.4", "2022/12/01", False),
    ],
)
def test_a_doubtful_clock_is_reported(tmp_path, offset, longitude, date, doubtful):
    path = tmp_path / "ma200.csv"
    path.write_text(ma200(offset, longitude, date), encoding="utf-8")
    assert detect(path).name == "ma200"
    record = read_any(path, station="X", utc_offset_h=1).data
    assert bool(record.remarks) is doubtful


def test_a_cut_row_is_named(tmp_path):
    path = tmp_path / "ma200.csv"
    path.write_text(ma200("60") + '"MA200-1","1"\n', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_any(path, station="X", utc_offset_h=1)
    assert caught.value.problems[0].row == 3
