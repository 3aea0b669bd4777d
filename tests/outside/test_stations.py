"""Station files from outside: sentinels, quoted attributes, the settings that the flow ships."""

import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory.commands.monitor import monitor
from bc_inventory.errors import DataError
from bc_inventory.monitoring.quality.flags import bits
from bc_inventory.monitoring.quality.tests import flagged
from bc_inventory.readers.registry import read_any
from bc_inventory.schema.series import Series


@pytest.fixture
def cases(shared):
    return shared / "cases" / "public"


def observations(store):
    files = sorted((store / "generations").rglob("observations/**/*.parquet"))
    return pd.concat([pd.read_parquet(path) for path in files], ignore_index=True)


@pytest.mark.shared
def test_a_sentinel_is_no_value_whatever_the_instrument(cases, tmp_path):
    folder = cases / "11_sentinel_numbers_in_means"
    done = CliRunner().invoke(
        monitor,
        [str(folder / "in"), "--settings", str(folder / "s.toml"), "--store", str(tmp_path / "s")],
    )
    assert done.exit_code == 0, done.output
    days = observations(tmp_path / "s")
    days = days[days["period"].astype(str) == "day"]
    assert len(days) == 10
    values = days["ebc_ug_m3"]
    assert values.between(1.0, 1.1).all()


@pytest.mark.shared
@pytest.mark.parametrize("code", [-9999.0, -999.0, -99.0, -9999.99, 9999.0, 99999.0])
def test_codes_of_missing_values_are_out_of_range(cases, code):
    series = read_any(
        cases / "11_sentinel_numbers_in_means" / "in" / "oaq.json", stamp="end", interval_s=3600
    ).data.series[0]
    frame = series.frame.copy()
    frame.loc[frame.index[3], "value"] = code
    marks = flagged(Series(series.about, frame)).frame["quality_flags"].to_numpy()
    assert marks[3] & bits(["range"])
    rest = np.abs(frame["value"]) < 2
    assert not (marks[rest.to_numpy()] & bits(["range"])).any()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["a.nas", "c.nas"])
def test_a_quoted_comment_rewrites_nothing(cases, name):
    (series,) = read_any(cases / "13_ebas_quoted_comment" / name).data.series
    assert series.about.wavelength_nm == 637
    assert series.about.size_cut == "pm1"


@pytest.mark.shared
def test_the_settings_of_the_flow_read_a_file_of_each_service(cases, shared, tmp_path, root):
    folder = tmp_path / "in"
    shutil.copytree(cases / "22_shipped_flow_settings_eea" / "in", folder)
    settings = root / "flows" / "measurements.toml"
    done = CliRunner().invoke(
        monitor, [str(folder), "--settings", str(settings), "--store", str(tmp_path / "s")]
    )
    assert "0 skipped" in done.output or "0 skipped" in done.output, done.output
    assert done.exit_code == 0


def _monitored(tmp_path, rule, text=None):
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    rows = "".join(
        f"X,2015-01-01T{hour:02d}:00:00Z,bc,µg/m³,1.5,52.5,13.4,DE\n" for hour in range(1, 23)
    )
    head = "location,utc,parameter,unit,value,latitude,longitude,country\n"
    (folder / "o.csv").write_text(head + (text or rows), encoding="utf-8")
    settings = tmp_path / "s.toml"
    settings.write_text(
        '[record]\nrule = "eu_2008_50"\nexclude = []\n\n[[files]]\nmatch = "*.csv"\n'
        'licence = "CC BY 4.0"\nsource_id = "x"\n'
        'options = { stamp = "end", interval_s = 3600 }\n' + rule,
        encoding="utf-8",
    )
    return CliRunner().invoke(
        monitor, [str(folder), "--settings", str(settings), "--store", str(tmp_path / "s")]
    )


def test_settings_that_contradict_the_file_are_said_and_the_file_holds(tmp_path):
    done = _monitored(tmp_path, 'place = { country = "FR", latitude = 48.8, size_cut = "pm25" }\n')
    assert done.exit_code == 0, done.output
    assert "the file says country 'DE' and the settings 'FR'" in done.output
    assert "the file says latitude 52.5 and the settings 48.8" in done.output
    assert "size_cut" not in done.output


def test_settings_that_agree_with_the_file_need_no_word(tmp_path):
    done = _monitored(tmp_path, 'place = { country = "de", latitude = 52.501 }\n')
    assert done.exit_code == 0, done.output
    assert "the settings" not in done.output


def test_a_place_that_the_settings_swap_skips_the_file(tmp_path):
    text = "X,2015-01-01T01:00:00Z,bc,µg/m³,1.5,,,\n"
    done = _monitored(
        tmp_path, 'place = { country = "DE", latitude = 13.4, longitude = 52.5 }\n', text
    )
    assert "skipped    o.csv" in done.output
    assert "look swapped" in done.output


def test_a_station_without_a_place_is_in_the_record_without_one(tmp_path):
    done = _monitored(tmp_path, "", "X,2015-01-01T01:00:00Z,bc,µg/m³,1.5,,,\n")
    assert done.exit_code == 0, done.output
    assert "included" in done.output


@pytest.mark.skipif(sys.platform != "linux", reason="a file that opens and can't be read")
def test_a_file_that_opens_and_cannot_be_read_is_named():
    with pytest.raises(DataError, match=r"mem: found Input/output error when it is read"):
        read_any("/proc/self/mem")
