"""Series made by the steps of a rule: each number by hand, each parameter asked for."""

import numpy as np
import pytest

from bc_inventory import schema
from bc_inventory.errors import ConfigError, DataError
from bc_inventory.monitoring.instruments.protocol import to_protocol
from bc_inventory.monitoring.record.derive import derived
from bc_inventory.monitoring.record.settings import load_settings
from bc_inventory.schema.series import Description, Series, make_values
from bc_inventory.workflow.measurements import ingest_folder

DAY = "data/obs-ae33-raw/AE33_AE33-S05-00503_20250305.dat"
RULE = """
[record]
rule = "eu_2008_50"
exclude = []

[[files]]
match = "*.dat"
licence = "MIT"
source_id = "mkndaq-ae33"
absorption = true
options = { station = "Taipei", utc_offset_h = 8, tape = "M8060" }
"""
REGRESSION = {
    "slope": 1.2,
    "intercept_ug_m3": 0.1,
    "slope_half_width": 0.12,
    "intercept_half_width_ug_m3": 0.05,
    "citation": "A and B 2020, one site",
}


def ec(values, protocol="NIOSH", bc_type="EC"):
    start = np.datetime64("2020-01-01", "s") + np.arange(len(values)) * np.timedelta64(1, "D")
    about = Description(
        "X", bc_type, "ug/m3", "x.nas", "0" * 64, "test", protocol=protocol, size_cut="pm25"
    )
    values = np.array(values, dtype=float)
    day = np.timedelta64(86_400, "s")
    return Series(about, make_values(start, start + day, values, np.isfinite(values)))


def test_a_protocol_is_converted_by_a_cited_regression_and_stays_apart():
    before = ec([1.0, 2.0, np.nan])
    after = to_protocol(before, "EUSAAR_2", **REGRESSION)
    np.testing.assert_allclose(after.frame["value"], [1.3, 2.5, np.nan])
    assert after.about.protocol == "EUSAAR_2 from NIOSH by A and B 2020, one site"
    assert after.about.series_id != before.about.series_id
    assert before.about.series_id != ec([1.0], "EUSAAR_2").about.series_id
    # Analysis 25 %, slope 0.12 and intercept 0.05 at the mean of 1.5, over the mean of 1.9.
    expected = np.sqrt((0.25 * 1.2 * 1.5) ** 2 + (0.12 * 1.5) ** 2 + 0.05**2) / 1.9
    assert after.about.relative_uncertainty == pytest.approx(expected)


@pytest.mark.parametrize("name", REGRESSION)
def test_each_part_of_a_regression_is_asked_for(name):
    lacking = {key: value for key, value in REGRESSION.items() if key != name}
    with pytest.raises(ConfigError, match=name):
        to_protocol(ec([1.0]), "EUSAAR_2", **lacking)


def test_only_ec_of_a_stated_other_protocol_converts():
    for one in (ec([1.0], "EUSAAR_2"), ec([1.0], None), ec([1.0], bc_type="eBC")):
        with pytest.raises(DataError, match="stated protocol"):
            to_protocol(one, "EUSAAR_2", **REGRESSION)


def test_a_rule_of_several_protocols_converts_only_its_own():
    step = {"make": "protocol", "from": "NIOSH", "to": "EUSAAR_2", **REGRESSION}
    assert len(derived([ec([1.0])], [step])) == 2
    assert len(derived([ec([1.0], "EUSAAR_2")], [step])) == 1


def ingest(tmp_path, shared, more):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "day.dat").symlink_to(shared / DAY)
    settings = tmp_path / "settings.toml"
    settings.write_text(RULE + more, encoding="utf-8")
    report = ingest_folder(folder, tmp_path / "store", settings)
    frame = schema.read_parquet(report.path / "observations", "observations")
    return report, frame[frame["period"] == "hour"].astype({"bc_type": str, "mac_from": str})


@pytest.mark.shared
def test_wavelength_cross_section_and_split_by_the_settings(shared, tmp_path):
    report, hours = ingest(
        tmp_path,
        shared,
        """
[[files.derive]]
make = "split"
of = "eBC"
wavelength_nm = 880
short_nm = 470
long_nm = 950
pair = "zotter_2017"
over = "hour"
[[files.derive]]
make = "wavelength"
from_nm = 880
to_nm = 637
aae = 1.0
[[files.derive]]
make = "ebc"
wavelength_nm = 637
mac = "europe-background-637"
[[files.derive]]
make = "ebc"
wavelength_nm = 880
mac = 10.0
mac_relative_uncertainty = 0.3
""",
    )
    assert report.skipped == ()
    whole = hours[hours["part"].isna()].set_index("start")
    b = whole[whole["bc_type"] == "b_abs"]
    ebc = whole[whole["bc_type"] == "eBC"]
    absorbed = b.loc[b["wavelength_nm"] == 880, "absorption_mm"]
    shifted = b.loc[b["wavelength_nm"] == 637, "absorption_mm"]
    assert len(shifted) == 24
    np.testing.assert_allclose(shifted, absorbed * 880 / 637)
    network = ebc.loc[ebc["wavelength_nm"] == 637]
    np.testing.assert_allclose(network["ebc_ug_m3"], shifted / 10)
    assert network["mac_from"].iloc[0].startswith("europe-background-637")
    user = ebc[ebc["mac_from"] == "user"]
    np.testing.assert_allclose(user["ebc_ug_m3"], absorbed / 10)
    # AE33 20 %, H of M8060 (1.41 to 2.11 about 1.76), the user's 30 %; no hour lacks time.
    spread = np.sqrt(0.2**2 + (0.35 / 1.76) ** 2 + 0.3**2)
    np.testing.assert_allclose(user["half_width"], np.abs(spread * user["ebc_ug_m3"]), rtol=1e-9)
    parts = hours[hours["part"].notna()]
    assert set(parts["part"]) == {"bb", "ff"}
    assert set(zip(parts["alpha_ff"], parts["alpha_bb"], strict=True)) == {(0.9, 1.68)}
    assert parts["uncertainty_from"].iloc[0].startswith("instrument AE33; exponents of the split")
    both = parts.groupby("start")["ebc_ug_m3"].sum(min_count=2)
    firmware = ebc[(ebc["mac_m2_g"] == 7.77) & (ebc["mac_from"] == "instrument")]
    firmware = firmware.loc[firmware["wavelength_nm"] == 880, "ebc_ug_m3"]
    assert both.notna().sum() > 20
    np.testing.assert_allclose(both.dropna(), firmware.reindex(both.dropna().index))


@pytest.mark.shared
def test_ebc_is_made_from_the_counters_where_the_setup_is_given(shared, tmp_path):
    from bc_inventory.monitoring.instruments.ae33 import ebc_series
    from bc_inventory.monitoring.instruments.counters import setup_of
    from bc_inventory.readers.stations.ae33 import read

    log = read(shared / "data/obs-ae33-raw/AE33_AE33-S05-00503_20250304.dat").data
    told = {"station": "X", "utc_offset_h": 0, "tape": "M8060"}
    setup = setup_of(log, scattering_c=1.39, leakage=0.01, area_cm2=0.785)
    logged, counted = ebc_series(log, **told), ebc_series(log, counters=setup, **told)
    for one, other in zip(logged, counted, strict=True):
        good = other.frame["valid"]
        assert good.sum() > 380
        off = (one.frame["value"] - other.frame["value"])[good] * 1000
        # Spot 1 counts whole units, so a minute is good to some ng/m3 and their mean to one.
        assert abs(off.mean()) < 1
    with pytest.raises(ConfigError, match="that of the tape"):
        ebc_series(log, counters=setup, **{**told, "tape": "M8020"})
    report, _ = ingest(
        tmp_path, shared, "counters = { scattering_c = 1.39, leakage = 0.01, area_cm2 = 0.785 }"
    )
    # The log of one day begins after an ATN 0, so nothing can be counted from it.
    assert report.skipped == ()


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ('derive = [{ make = "wavelenth" }]', "Did you mean 'wavelength'"),
        ('derive = [{ make = "wavelength", from_nm = 880, to_nm = 637 }]', "aae"),
        ('derive = [{ make = "ebc", wavelength_nm = 880 }]', "mac"),
        ('derive = [{ make = "ebc", wavelength_nm = true, mac = 10 }]', "wavelength_nm"),
        ('derive = [{ make = "split", of = "eBC", wavelength_nm = 880 }]', "pair"),
        ('derive = [{ make = "protocol", from = "A", to = "B" }]', "citation"),
        ('derive = [{ make = "ebc", wavelength_nm = 880, mac = 1, macc = 2 }]', "macc"),
        ("derive = [3]", "make"),
        ("counters = { scattering_c = 1.39, area_cm2 = 0.785 }", "leakage"),
        ("actual = { t_k = 288.15 }", "p_hpa"),
        ("actual = { t_k = 288.15, p_hpa = 1013, rh = 3 }", "rh"),
        ('counters = "AE33-test3.txt"', "dict"),
    ],
)
def test_a_step_that_lacks_a_number_is_told(tmp_path, more, word):
    path = tmp_path / "settings.toml"
    path.write_text(RULE + more, encoding="utf-8")
    with pytest.raises(ConfigError, match=word):
        load_settings(path)


@pytest.mark.shared
def test_a_step_that_finds_nothing_sets_the_file_aside(shared, tmp_path):
    more = 'derive = [{ make = "ebc", wavelength_nm = 881, mac = "ae33-880" }]'
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "day.dat").symlink_to(shared / DAY)
    settings = tmp_path / "settings.toml"
    settings.write_text(RULE + more, encoding="utf-8")
    report = ingest_folder(folder, tmp_path / "store", settings)
    assert "no series for the step" in report.skipped[0].reason


STATES = ['delivered_state = "ambient"', "actual = { t_k = 288.15, p_hpa = 900 }"]


def test_ambient_values_are_brought_to_a_state_with_that_of_the_air(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "x.csv").write_text(
        "站点,时间,黑碳(ug/m3)\n"
        + "".join(f"A,2020-01-01 {hour:02d}:00,1\n" for hour in range(1, 24)),
        encoding="utf-8",
    )
    settings = tmp_path / "settings.toml"
    text = """
[record]
rule = "none"
exclude = []
[[files]]
match = "*.csv"
licence = "x"
source_id = "y"
reference_state = "ebas_stp"
options = { utc_offset_h = 8, stamp = "end", interval_s = 3600 }
"""
    for more, word in (("", "without a reference state"), (STATES[0], "no actual")):
        settings.write_text(text + more, encoding="utf-8")
        (skipped,) = ingest_folder(folder, tmp_path / "store", settings).skipped
        assert word in skipped.reason
    settings.write_text(text + "\n".join(STATES), encoding="utf-8")
    report = ingest_folder(folder, tmp_path / "store", settings)
    frame = schema.read_parquet(report.path / "observations", "observations")
    # 15 degrees Celsius at 900 hPa, by the ideal gas.
    expected = 288.15 / 273.15 * 1013.25 / 900
    assert frame["ebc_ug_m3"].dropna().to_numpy() == pytest.approx(expected)
    assert set(frame["t_ref_k"]) == {273.15}
