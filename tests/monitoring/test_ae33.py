"""The AE33 chain from counters to harmonised absorption, on real logs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bc_inventory.errors import ConfigError, DataError
from bc_inventory.monitoring.instruments.absorption import (
    angstrom,
    at_wavelength,
    to_absorption,
    to_ebc,
)
from bc_inventory.monitoring.instruments.ae33 import ebc_series
from bc_inventory.monitoring.instruments.apportion import biomass_share, split
from bc_inventory.monitoring.instruments.counters import fitted_c, loading_corrected, spot1
from bc_inventory.monitoring.instruments.reference import State, conversion, state_named, to_state
from bc_inventory.monitoring.statistics.averages import mean_over
from bc_inventory.readers.stations.ae33 import read
from bc_inventory.readers.stations.ae33_setup import read_setup
from bc_inventory.schema.series import Description, Series, make_values

FOLDER = "data/obs-ae33-raw"
DAY, EVENING, DDAT = (
    "AE33_AE33-S05-00503_20250305.dat",
    "AE33_AE33-S05-00503_20250304.dat",
    "2022_03_AE33-S09-01249.ddat",
)


@pytest.fixture(scope="module")
def logs(shared):
    return {name: read(shared / FOLDER / name).data for name in (DAY, EVENING, DDAT)}


@pytest.fixture(scope="module")
def setup(shared):
    return read_setup(shared / FOLDER / "AE33-test3.txt")[0]


def channels(log):
    return ebc_series(log, station="X", utc_offset_h=0, tape="M8060")


@pytest.mark.shared
@pytest.mark.parametrize(("name", "at_0"), [(DAY, 508.39), (EVENING, 627.86), (DDAT, 4883.40)])
def test_check_13_reference_state(logs, name, at_0):
    ebc = channels(logs[name])[5]
    assert round(conversion(294.26, 1013.25, 273.15, 1013.25), 5) == 1.07728
    assert round(to_state(ebc, "ebas_stp").mean() * 1000, 2) == at_0
    if name == DAY:
        assert round(to_state(ebc, "china_2018").mean() * 1000, 2) == 465.76


@pytest.mark.shared
def test_check_14_hours_of_45_minutes(logs):
    made = {
        n: mean_over(channels(log)[5], "hour", "eu_2008_50", exclude=()) for n, log in logs.items()
    }
    counts = {n: (len(m.reported), len(m.frame)) for n, m in made.items()}
    assert counts == {DAY: (24, 24), EVENING: (7, 10), DDAT: (2, 3)}
    first = made[EVENING].reported.iloc[0]
    assert first["start"] == np.datetime64("2025-03-04T17:00:00")
    assert round(first["value"] * 1000, 2) == 989.00
    assert round(made[EVENING].reported["value"].mean() * 1000, 2) == 576.50


@pytest.mark.shared
def test_check_15_negatives_stay(logs):
    ebc = channels(logs[DAY])[5]
    values = ebc.good * 1000
    assert round(ebc.mean() * 1000, 2) == 471.92
    assert round(values.clip(lower=0).mean(), 2) == 488.42
    assert round(values[values > 0].mean(), 2) == 533.63


@pytest.mark.shared
@pytest.mark.parametrize("name", [DAY, EVENING, DDAT])
def test_check_16_the_counters_give_the_log_back(logs, setup, name):
    for channel in range(1, 8):
        c, r = fitted_c(logs[name], channel, setup)
        assert (round(c, 4), round(r, 4)) == (1.39, 1.0)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "rows"), [(EVENING, 400), (DDAT, 30)])
def test_check_16_loading_by_the_logs_own_k(logs, name, rows):
    frame = logs[name].frame
    for channel in (1, 6):
        off = loading_corrected(logs[name], channel) - frame[f"bc_{channel}"].to_numpy()
        known = np.isfinite(off) & (frame["status"] == 0).to_numpy()
        assert known.sum() > rows
        assert np.abs(off[known]).max() < 1


@pytest.mark.shared
@pytest.mark.parametrize("lacking", [{"scattering_c": float("nan")}, {"leakage": float("nan")}])
def test_check_16_without_c_or_zeta_it_is_an_error(logs, setup, lacking):
    with pytest.raises(ConfigError, match=next(iter(lacking))):
        spot1(logs[DAY], 6, replace(setup, **lacking))
    with pytest.raises(ConfigError, match=r"scattering_c(.|\n)*leakage"):
        spot1(logs[DAY], 6, None)


@pytest.mark.shared
def test_what_the_log_lacks_is_asked_for_by_name(logs):
    with pytest.raises(ConfigError, match="utc_offset_h"):
        ebc_series(logs[DAY], station="X", tape="M8060")
    with pytest.raises(ConfigError, match="no tape"):
        ebc_series(logs[DAY], station="X", utc_offset_h=8)
    with pytest.raises(ConfigError, match="Did you mean 'M8060'"):
        ebc_series(logs[DAY], station="X", utc_offset_h=8, tape="M8600")


@pytest.mark.shared
def test_check_17_absorption_exponent_and_split(logs):
    b = {s.about.wavelength_nm: to_absorption(s, harmonise=False) for s in channels(logs[DAY])}
    assert round(b[880].mean(), 4) == 3.6668
    assert round(angstrom(b[470].mean(), 470, b[950].mean(), 950), 3) == 1.135
    ebc = channels(logs[DDAT])
    b = {s.about.wavelength_nm: to_absorption(s, harmonise=False) for s in ebc}
    firmware = split(ebc[5], b[470], b[950], pair=(1.0, 2.0), over="value")
    zotter = split(ebc[5], b[470], b[950], pair="zotter_2017", over="value")
    assert round(100 * np.nanmean(firmware.share), 2) == 15.80
    assert round(100 * np.nanmean(zotter.share), 2) == 33.64
    short, long = (b[wave].frame["value"][b[wave].frame["valid"]].sum() for wave in (470, 950))
    assert firmware.mean_share == pytest.approx(
        biomass_share(np.array([short]), np.array([long]), (470, 950), (1.0, 2.0))[0]
    )
    assert (zotter.biomass.about.alpha_ff, zotter.biomass.about.alpha_bb) == (0.90, 1.68)
    assert zotter.biomass.about.part == "bb"
    assert firmware.band["zotter_2017"] == pytest.approx(zotter.mean_share)
    whole = firmware.biomass.frame["value"] + firmware.fossil.frame["value"]
    good = ebc[5].frame["valid"]
    np.testing.assert_allclose(whole[good], ebc[5].frame["value"][good])


@pytest.mark.shared
def test_a_pair_of_exponents_is_asked_for(logs):
    ebc = channels(logs[DDAT])
    b = [to_absorption(ebc[i], harmonise=False) for i in (1, 6)]
    with pytest.raises(ConfigError, match="no pair"):
        split(ebc[5], *b, over="value")
    with pytest.raises(ConfigError, match="below"):
        split(ebc[5], *b, pair=(2.0, 1.0), over="value")
    with pytest.raises(DataError, match="shorter and a longer"):
        split(ebc[5], b[1], b[0], pair=(1.0, 2.0), over="value")


@pytest.mark.shared
def test_harmonised_absorption_divides_by_h_of_the_tape(logs):
    ebc = channels(logs[DAY])[5]
    harmonised = to_absorption(ebc, tape="M8060", harmonise=True)
    assert harmonised.mean() == pytest.approx(3.6668357 / 1.76, rel=1e-6)
    assert harmonised.about.harmonisation_h == 1.76
    assert harmonised.about.relative_uncertainty >= 0.19
    with pytest.raises(ConfigError, match="which is in the values"):
        to_absorption(ebc, tape="M8020", harmonise=True)
    with pytest.raises(ConfigError, match="no tape"):
        to_absorption(ebc, harmonise=True)


@pytest.mark.shared
def test_a_change_of_tape_makes_other_series(logs):
    tapes = {"2025-03-01": "M8020", "2025-03-05T12:00": "M8060"}
    made = ebc_series(logs[DAY], station="X", utc_offset_h=0, tape=tapes, channels=(6,))
    assert [s.about.scattering_c for s in made] == [1.57, 1.39]
    assert [len(s) for s in made] == [720, 720]
    assert made[0].about.series_id != made[1].about.series_id
    with pytest.raises(ConfigError, match="since the first row"):
        ebc_series(logs[DAY], station="X", utc_offset_h=0, tape={"2025-04-01": "M8060"})


@pytest.mark.shared
def test_absorption_goes_back_to_mass_by_a_named_cross_section(logs):
    b = to_absorption(channels(logs[DAY])[5], tape="M8060", harmonise=True)
    site = to_ebc(b, mac="melpitz-880")
    # The site's cross-section was fitted on absorption before it is divided by H.
    assert b.about.harmonisation_h == 1.76
    assert site.mean() == pytest.approx(b.mean() * 1.76 / 13.5459)
    assert (site.about.mac_m2_g, site.about.bc_type) == (pytest.approx(13.5459 / 1.76), "eBC")
    own = to_absorption(channels(logs[DAY])[5], harmonise=False)
    assert to_ebc(own, mac="melpitz-880").mean() == pytest.approx(site.mean())
    with pytest.raises(ConfigError, match="of the kind reference, and absorption of the kind inst"):
        to_ebc(at_wavelength(own, 637, aae=1.0), mac="europe-background-637")
    assert site.about.relative_uncertainty > b.about.relative_uncertainty
    with pytest.raises(ConfigError, match="no mac"):
        to_ebc(b)
    with pytest.raises(ConfigError, match="without its uncertainty"):
        to_ebc(b, mac=10.0)
    with pytest.raises(ConfigError, match="637"):
        to_ebc(b, mac="europe-background-637")
    shifted = at_wavelength(b, 637, aae=1.0)
    assert shifted.mean() == pytest.approx(b.mean() * 880 / 637)
    assert to_ebc(shifted, mac="europe-background-637").mean() == pytest.approx(shifted.mean() / 10)
    with pytest.raises(ConfigError, match="no aae"):
        at_wavelength(b, 637)


@pytest.mark.parametrize(
    ("state", "factor"),
    [("sunset_stp", 1.07322), ("ae33_default", 1.07728), ("china_2018", 1.09153)],
)
def test_states_to_zero_degrees(state, factor):
    held = state_named(state)
    assert round(conversion(held.t_k, held.p_hpa, 273.15, 1013.25), 5) == pytest.approx(
        factor, abs=1e-5
    )


@pytest.mark.shared
def test_ambient_values_need_the_state_of_the_air(logs):
    ebc = channels(logs[DAY])[5]
    with pytest.raises(ConfigError, match="actual"):
        to_state(ebc, "actual")
    ambient = to_state(ebc, "actual", actual=State(288.15, 1013.25))
    assert ambient.about.reference == "ambient"
    assert ambient.mean() == pytest.approx(ebc.mean() * 294.26 / 288.15)
    back = to_state(ambient, State(294.26, 1013.25), actual=State(288.15, 1013.25))
    assert back.mean() == pytest.approx(ebc.mean())
    # 15 degrees Celsius at sea level: EBAS optical data are 5.5 % above ambient.
    assert conversion(288.15, 1013.25, 273.15, 1013.25) == pytest.approx(1.055, abs=5e-4)


def test_the_split_gives_back_what_was_put_in():
    long = np.array([1.0, 2.0, 5.0])
    share = np.array([0.0, 0.25, 1.0])
    ratio = 470 / 950
    short = long * ((1 - share) * ratio**-0.9 + share * ratio**-1.68)
    found = biomass_share(short, long, (470, 950), (0.9, 1.68))
    np.testing.assert_allclose(found, share, atol=1e-12)
    assert np.isnan(biomass_share(short, -long, (470, 950), (0.9, 1.68))).all()


def noisy(share, noise, count=4000):
    """Return eBC, and absorption at 470 and 950 nm of a known share with noise in both."""
    generator = np.random.default_rng(5)
    ratio = 470 / 950
    true = {470: (1 - share) * ratio**-0.9 + share * ratio**-1.68, 950: 1.0}
    start = pd.date_range("2020-01-01", periods=count, freq="min")
    end = start + pd.Timedelta("1min")

    def series(kind, unit, values, wavelength):
        about = Description("X", kind, unit, "x", "0" * 64, "t", wavelength_nm=wavelength)
        about = about.but("x", relative_uncertainty=0.1, uncertainty_from="x")
        return Series(about, make_values(start, end, values, np.ones(count, dtype=bool)))

    values = {wave: mean + noise * generator.standard_normal(count) for wave, mean in true.items()}
    ebc = series("eBC", "ug/m3", np.ones(count), 880.0)
    return ebc, *(series("b_abs", "1/Mm", values[wave], float(wave)) for wave in true)


def test_noise_does_not_move_the_share():
    """A true share of 0.18 with noise 0.3 of the absorption: the mean of ratios is far off."""
    made = split(*noisy(0.18, 0.3), pair="zotter_2017", over="value")
    assert made.mean_share == pytest.approx(0.18, abs=0.02)
    assert abs(np.nanmean(made.share) - 0.18) > 0.1


def test_the_interval_of_a_share_holds_every_published_pair():
    made = split(*noisy(0.18, 0.0), pair="zotter_2017", over="value")
    low, high = made.interval
    assert made.mean_share == pytest.approx(0.18)
    assert all(low <= share <= high for share in made.band.values())
    # Both other pairs ask for more wavelength dependence, so they lie below and none above.
    assert high == made.mean_share
    assert made.mean_share - low > 0.1
    for part, share in ((made.biomass, made.mean_share), (made.fossil, 1 - made.mean_share)):
        assert part.about.relative_uncertainty * share >= made.mean_share - low
        assert "opposite in the other part" in part.about.uncertainty_from


@pytest.mark.shared
def test_a_split_over_hours_keeps_the_whole_where_minutes_have_no_share(logs):
    ebc = channels(logs[DAY])
    b = {s.about.wavelength_nm: to_absorption(s, harmonise=False) for s in ebc}
    parts = {
        over: split(ebc[5], b[470], b[950], pair="zotter_2017", over=over)
        for over in ("value", "hour")
    }

    def mean_of_both(made):
        return made.biomass.mean() + made.fossil.mean()

    whole = ebc[5].mean()
    assert mean_of_both(parts["hour"]) == pytest.approx(whole, rel=1e-12)
    # Minute by minute the noise below zero is lost, and the parts are too great together.
    assert mean_of_both(parts["value"]) > 1.05 * whole
    # An hour's share by hand.
    first = ebc[5].frame["start"].dt.floor("h") == ebc[5].frame["start"].dt.floor("h").iloc[0]
    short, long = (b[wave].frame.loc[first, "value"].mean() for wave in (470, 950))
    ratio = 470 / 950
    fossil = (short - long * ratio**-1.68) / (ratio**-0.90 - ratio**-1.68)
    assert parts["hour"].share[0] == pytest.approx(1 - fossil / long)
    with pytest.raises(ConfigError, match="over"):
        split(ebc[5], b[470], b[950], pair="zotter_2017", over="week")
