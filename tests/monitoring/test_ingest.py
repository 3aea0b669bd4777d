"""An ingest is a function of its files: again, killed, late, bad, or two at once."""

import hashlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.errors import ConfigError, DataError
from bc_inventory.monitoring.record import ingest as module
from bc_inventory.monitoring.record.settings import load_settings
from bc_inventory.storage.prune import stored_results
from bc_inventory.storage.results import RECORD
from bc_inventory.workflow.measurements import ingest_folder

SETTINGS = """
[record]
rule = "eu_2008_50"
exclude = ["duplicate_time"]

[[files]]
match = "uk/*.csv"
format = "uk_black_carbon"
licence = "Open Government Licence v3"
source_id = "uk-bc-network"
place = { size_cut = "pm25", instrument = "AE22", reference = "x" }

[[files]]
match = "*.nas"
licence = "CC BY 4.0"
source_id = "ebas-ec-2017"
"""
SETTINGS = SETTINGS.replace(', reference = "x"', "")


def hours(first, values, site="gb0001r"):
    end = np.datetime64(first, "s") + (np.arange(len(values)) + 1) * np.timedelta64(3600, "s")
    rows = [f"{site},{str(t).replace('T', ' ')},{v}" for t, v in zip(end, values, strict=True)]
    return "\n".join(["site,date_end,bc", *rows, ""])


def folder_of(tmp_path, **files):
    folder = tmp_path / "files"
    (folder / "uk").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / "uk" / f"{name}.csv").write_text(text, encoding="utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    return folder, settings


def year(level=1.0, site="gb0001r", first="2019-01-01", count=8760):
    rng = np.random.default_rng(1)
    return hours(first, np.round(level + 0.1 * rng.random(count), 3), site)


def tree(store):
    """Return the digest of every file of a store but its lock."""
    return {
        path.relative_to(store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def record(report):
    return schema.read_parquet(report.path / "observations", "observations")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder, its settings and the store of an ingest that nothing disturbed."""
    base = tmp_path_factory.mktemp("whole")
    files = {f"s{n}": year(n + 1.0, f"gb000{n}r", count=300) for n in range(2)}
    files["s2"] = year(2.0, "gb0002r")
    folder, settings = folder_of(base, **files)
    report = ingest_folder(folder, base / "store", settings)
    return folder, settings, base / "store", report


def test_the_record_holds_every_kind_of_mean(whole):
    frame = record(whole[3])
    counts = frame[frame["station"] == "GB0002R"]["period"].value_counts().to_dict()
    assert counts == {"hour": 8760, "day": 365, "month": 12, "year": 1}
    annual = frame[(frame["station"] == "GB0002R") & (frame["period"] == "year")].iloc[0]
    assert 2.0 < annual["ebc_ug_m3"] < 2.1
    assert annual["coverage"] == 1.0
    assert annual["size_cut"] == "pm25"
    assert annual["half_width"] == pytest.approx(0.3 * annual["ebc_ug_m3"])
    stations = schema.read_parquet(whole[3].path / "stations.parquet", "stations")
    assert stations["station"].tolist() == ["GB0000R", "GB0001R", "GB0002R"]
    assert (whole[3].path / "observations.nc").is_file()


def test_a_second_run_changes_nothing(whole):
    folder, settings, store, first = whole
    before = tree(store)
    # Locks are taken, and the time of a result's record says when it was last used.
    changing = {"lock", ".lock", ".gate", RECORD}
    files = [p for p in store.rglob("*") if p.is_file() and p.name not in changing]
    stamps = {p: p.stat().st_mtime_ns for p in files}
    again = ingest_folder(folder, store, settings)
    assert again.read == ()
    assert again.recomputed == 0
    assert again.generation == first.generation
    assert tree(store) == before
    assert {p: p.stat().st_mtime_ns for p in stamps} == stamps


def test_late_values_open_only_the_year_they_touch(whole, tmp_path):
    half = hours("2019-01-01", [1.0] * 4000)
    folder, settings = folder_of(tmp_path, a=half, b=year(5, "gb0009r"))
    first = ingest_folder(folder, tmp_path / "store", settings)
    annual = record(first).query("period == 'year' and station == 'GB0001R'").iloc[0]
    assert annual["withheld"]
    (folder / "uk" / "late.csv").write_text(hours("2019-06-16T16", [3.0] * 4760), encoding="utf-8")
    second = ingest_folder(folder, tmp_path / "store", settings)
    assert second.read == ("uk/late.csv",)
    assert second.recomputed == 1
    annual = record(second).query("period == 'year' and station == 'GB0001R'").iloc[0]
    assert not annual["withheld"]
    assert annual["ebc_ug_m3"] == pytest.approx((4000 + 3 * 4760) / 8760)
    assert annual["file"] == "a.csv;late.csv"
    # In one go the same bytes come out.
    other = ingest_folder(folder, tmp_path / "other", settings)
    assert tree(tmp_path / "other") == tree(tmp_path / "store")
    assert other.generation == second.generation


def test_a_changed_file_replaces_its_values(tmp_path):
    folder, settings = folder_of(tmp_path, a=year(1))
    store = tmp_path / "store"
    ingest_folder(folder, store, settings)
    (folder / "uk" / "a.csv").write_text(year(7), encoding="utf-8")
    report = ingest_folder(folder, store, settings)
    assert report.read == ("uk/a.csv",)
    assert record(report).query("period == 'year'")["ebc_ug_m3"].iloc[0] > 7
    # A part, what stations share, and the means of the one year.
    assert len(stored_results(store / "results")) == 3
    assert len(list((store / "generations").iterdir())) == 1


def test_a_bad_file_is_skipped_and_the_rest_goes_on(tmp_path):
    folder, settings = folder_of(
        tmp_path, a=year(), b="site,date_end,bc\ngb1,yesterday,1\n", c="", d="nothing of it"
    )
    (folder / "unknown.xyz").write_text("?", encoding="utf-8")
    (folder / "cut.nas").write_text("25 1001\nx\n", encoding="utf-8")
    (folder / "evil.csv").write_bytes(b"\x80\x04\x95pickle")
    report = ingest_folder(folder, tmp_path / "store", settings)
    reasons = {entry.name: entry.reason for entry in report.skipped}
    assert set(reasons) == {
        "uk/b.csv",
        "uk/c.csv",
        "uk/d.csv",
        "unknown.xyz",
        "cut.nas",
        "evil.csv",
    }
    assert "row 2" in reasons["uk/b.csv"]
    assert "yesterday" in reasons["uk/b.csv"]
    assert "no rule" in reasons["unknown.xyz"]
    assert "header lines" in reasons["cut.nas"]
    assert len(report.included) == 1
    # It isn't read again until it or its rule changes.
    assert ingest_folder(folder, tmp_path / "store", settings).read == ()
    (folder / "uk" / "b.csv").write_text(year(2, "gb0002r"), encoding="utf-8")
    mended = ingest_folder(folder, tmp_path / "store", settings)
    assert mended.read == ("uk/b.csv",)
    assert len(mended.included) == 2


def test_check_25_identical_files_are_reported_and_counted_once(tmp_path):
    folder, settings = folder_of(tmp_path, a=year())
    (folder / "uk" / "a2").mkdir()
    (folder / "uk" / "a2" / "a.csv").write_text(year(), encoding="utf-8")
    text = SETTINGS.replace('"uk/*.csv"', '"uk/*"')
    settings.write_text(text, encoding="utf-8")
    report = ingest_folder(folder, tmp_path / "store", settings)
    assert [entry.name for entry in report.identical] == ["uk/a2/a.csv"]
    assert "uk/a.csv" in report.identical[0].reason
    assert record(report).query("period == 'year'")["coverage"].iloc[0] == 1.0


def test_an_hour_of_two_files_counts_once(tmp_path):
    folder, settings = folder_of(
        tmp_path, a=hours("2019-01-01", [1.0] * 24), b=hours("2019-01-01T12", [9.0] * 24)
    )
    report = ingest_folder(folder, tmp_path / "store", settings)
    days = record(report).query("period == 'day'").sort_values("start")
    assert days["ebc_ug_m3"].tolist()[0] == pytest.approx(1.0)
    assert "duplicate_time:12" in days["quality_flags"].iloc[0]


def test_a_change_of_settings_is_felt(tmp_path):
    folder, settings = folder_of(tmp_path, a=hours("2019-01-01", [1.0] * 6570))
    loose = ingest_folder(folder, tmp_path / "store", settings)
    assert record(loose).query("period == 'year'")["withheld"].all()
    settings.write_text(SETTINGS.replace("eu_2008_50", "three_quarters"), encoding="utf-8")
    strict = ingest_folder(folder, tmp_path / "store", settings)
    assert strict.read == ()  # the values are the same, only their means aren't
    assert not record(strict).query("period == 'year'")["withheld"].any()


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("rule = ", "rules = ", "rule"),
        ("eu_2008_50", "eu_2008", "eu_2008_50"),
        ('exclude = ["duplicate_time"]', "", "exclude"),
        ("duplicate_time", "duplicates", "duplicate_time"),
        ("licence", "license", "licence"),
        ("size_cut", "sizecut", "size_cut"),
        ("[record]", "[record", "TOML"),
        ('"AE22"', "22", "str"),
        ('source_id = "uk-bc-network"', 'reference_state = "stp"', "source_id"),
    ],
)
def test_wrong_settings_are_told(tmp_path, old, new, word):
    path = tmp_path / "s.toml"
    assert old in SETTINGS
    path.write_text(SETTINGS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=word):
        load_settings(path)


def test_a_damaged_result_is_made_again(tmp_path):
    folder, settings = folder_of(tmp_path, a=year(1))
    store = tmp_path / "store"
    ingest_folder(folder, store, settings)
    whole = tree(store)
    for path in (store / "results").rglob("files/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    report = ingest_folder(folder, store, settings)
    assert report.read == ("uk/a.csv",)
    assert report.recomputed == 1
    assert tree(store) == whole


def test_a_damaged_state_is_refused(tmp_path):
    folder, settings = folder_of(tmp_path, a=hours("2019-01-01", [1.0]))
    ingest_folder(folder, tmp_path / "store", settings)
    (tmp_path / "store" / "state.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="state"):
        ingest_folder(folder, tmp_path / "store", settings)


class Killed(BaseException):
    """Stands for a process that ends without a word."""


def interruptions():
    """Name every function through which an ingest writes."""
    return ["write_part", "year_means", "assemble", "write_state", "_sweep"]


@pytest.mark.parametrize("name", interruptions())
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", [0, 1])
def test_interrupted_before_or_after_each_write_it_ends_the_same(
    whole, tmp_path, monkeypatch, name, after, call
):
    folder, settings, store, _ = whole
    original = getattr(module, name)
    calls = iter(range(10_000))

    def dies(*args, **kwargs):
        now = next(calls)
        if now == call and not after:
            raise Killed
        made = original(*args, **kwargs)
        if now == call:
            raise Killed
        return made

    monkeypatch.setattr(module, name, dies)
    if name == "write_part" or call == 0:
        with pytest.raises(Killed):
            ingest_folder(folder, tmp_path / "store", settings)
    monkeypatch.undo()
    ingest_folder(folder, tmp_path / "store", settings)
    assert tree(tmp_path / "store") == tree(store)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_killed_at_any_moment_it_ends_the_same(whole, tmp_path, root):
    folder, settings, store, _ = whole
    code = (
        "import sys; from pathlib import Path; "
        "from bc_inventory.workflow.measurements import ingest_folder; "
        "ingest_folder(*map(Path, sys.argv[1:4]))"
    )
    there = tmp_path / "store"
    command = [sys.executable, "-c", code, str(folder), str(there), str(settings)]
    begin = time.monotonic()
    subprocess.run(command, cwd=root, check=True)
    length = time.monotonic() - begin
    assert tree(there) == tree(store)
    for number in range(6):
        there = tmp_path / f"store{number}"
        command[4] = str(there)
        process = subprocess.Popen(command, cwd=root)
        time.sleep(length * (0.3 + 0.11 * number))
        process.send_signal(signal.SIGKILL)
        process.wait()
        ingest_folder(folder, there, settings)
        assert tree(there) == tree(store)


def _ingest(folder, store, settings):
    ingest_folder(folder, store, settings)


@pytest.mark.slow
def test_two_at_once_neither_corrupt_nor_lose(whole, tmp_path):
    folder, settings, store, _ = whole
    there = tmp_path / "store"
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_ingest, args=(folder, there, settings)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(300)
    assert [process.exitcode for process in both] == [0, 0]
    assert tree(there) == tree(store)


def test_the_state_is_readable_and_without_clock(whole):
    held = json.loads((whole[2] / "state.json").read_text(encoding="utf-8"))
    assert [one["status"] for one in held["files"]] == ["included"] * 3
    assert not any("time" in key or "date" in key for key in held["files"][0])


def test_the_command_says_what_it_did(tmp_path):
    from click.testing import CliRunner

    from bc_inventory.commands.monitor import monitor

    folder, settings = folder_of(tmp_path, a=hours("2019-01-01", [1.0] * 48), b="broken")
    done = CliRunner().invoke(
        monitor, [str(folder), "--settings", str(settings), "--store", str(tmp_path / "store")]
    )
    assert done.exit_code == 0, done.output
    assert "1 in the record, 1 skipped" in done.output
    assert "uk/b.csv" in done.output


@pytest.mark.shared
def test_a_folder_of_instruments_and_archives(shared, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "day.dat").symlink_to(shared / "data/obs-ae33-raw/AE33_AE33-S05-00503_20250305.dat")
    (path,) = (shared / "data/obs-ebas-nasaames-ecoc").glob("HU0002R.20171128*")
    (folder / "hu.nas").symlink_to(path)
    settings = tmp_path / "settings.toml"
    settings.write_text(
        """
[record]
rule = "eu_2008_50"
exclude = []

[[files]]
match = "*.dat"
licence = "MIT"
source_id = "mkndaq-ae33"
reference_state = "ebas_stp"
absorption = true
options = { station = "Taipei", utc_offset_h = 8, tape = "M8060" }
place = { country = "TW", size_cut = "pm25" }

[[files]]
match = "*.nas"
licence = "CC BY 4.0"
source_id = "ebas-ec-2017"
""",
        encoding="utf-8",
    )
    report = ingest_folder(folder, tmp_path / "store", settings)
    assert report.skipped == ()
    frame = record(report)
    hour = frame.query("period == 'hour' and wavelength_nm == 880 and bc_type == 'eBC'")
    assert len(hour) == 24
    assert round(hour["ebc_ug_m3"].mean() * 1000, 2) == 508.39
    b = frame.query("period == 'hour' and wavelength_nm == 880 and bc_type == 'b_abs'")
    assert b["absorption_mm"].mean() == pytest.approx(0.5083940 * 7.77 / 1.76, rel=1e-5)
    assert set(b["harmonisation_h"]) == {1.76}
    assert set(frame["side"]) == {"EU", "other"}
    assert pd.notna(frame["file_sha256"]).all()


@pytest.mark.shared
def test_a_station_whose_file_names_no_country_is_placed_by_its_coordinates(shared, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    spartan = shared / "data/obs-spartan"
    for site in ("CHTS", "ETAD"):
        name = f"FilterBased_ChemSpecPM25_{site}.csv"
        (folder / name).symlink_to(spartan / name)
    (melpitz,) = (shared / "data/obs-ebas-pmf-absorption").glob("Melpitz*")
    (folder / melpitz.name).symlink_to(melpitz)
    settings = tmp_path / "settings.toml"
    settings.write_text(
        """
[record]
rule = "eu_2008_50"
exclude = []
[[files]]
match = "*.csv"
licence = "CC BY 4.0"
source_id = "spartan"
options = { utc_offset_h = 8, zeros = "measured" }
[[files]]
match = "*.nas"
licence = "CC BY 4.0"
source_id = "emep-pmf-2017"
""",
        encoding="utf-8",
    )
    report = ingest_folder(folder, tmp_path / "store", settings)
    assert report.skipped == ()
    stations = schema.read_parquet(report.path / "stations.parquet", "stations")
    placed = stations.set_index("station")[["country", "side"]].astype(str).to_dict("index")
    assert placed == {
        "CHTS": {"country": "CN", "side": "CN"},
        "ETAD": {"country": "unknown", "side": "other"},
        "Melpitz": {"country": "DE", "side": "EU"},
    }


@pytest.mark.slow
@pytest.mark.parametrize("suite", ["cf:1.11"])
def test_the_compliance_checker_finds_no_error_in_the_record(
    whole, compliance_checker, tmp_path, suite
):
    report = tmp_path / "report.json"
    file = whole[3].path / "observations.nc"
    subprocess.run(
        [compliance_checker, "-t", suite, "-f", "json", "-o", str(report), str(file)],
        capture_output=True,
        check=False,
    )
    found = json.loads(report.read_text())[suite]
    said = {item["name"]: item["msgs"] for item in found["all_priorities"] if item["msgs"]}
    assert said == {}


def test_a_researcher_opens_the_record_with_xarray(whole):
    import xarray as xr

    with xr.open_dataset(whole[3].path / "observations.nc") as file:
        station = file["station"].to_numpy().astype(str)
        period = file["period"].to_numpy().astype(str)
        sizes = file["row_size"].to_numpy()
        first = np.append(0, np.cumsum(sizes)[:-1])
        (at,) = np.flatnonzero((station == "GB0002R") & (period == "hour"))
        own = slice(int(first[at]), int(first[at] + sizes[at]))
        values = file["ebc_pm25"][own].to_numpy() * 1e9
        times = file["time"][own].to_numpy()
    frame = record(whole[3])
    hours = frame[(frame["station"] == "GB0002R") & (frame["period"] == "hour")]
    hours = hours.sort_values("start")
    np.testing.assert_allclose(values, hours["ebc_ug_m3"], rtol=1e-12)
    stamps = hours["start"].dt.tz_convert(None).to_numpy().astype("datetime64[s]")
    assert (times.astype("datetime64[s]") == stamps).all()


def fails(monkeypatch, name, error):
    """Let the reader fail on files of a name."""
    from bc_inventory.workflow import measurements

    original = measurements.read_station

    def read(path, format_name, options):
        if path.name == name:
            raise error
        return original(path, format_name, options)

    monkeypatch.setattr(measurements, "read_station", read)


@pytest.mark.parametrize(
    ("error", "again"),
    [(OSError("input/output error"), True), (MemoryError(), True), (KeyError("x"), False)],
)
def test_a_file_that_fails_to_read_stops_nothing(tmp_path, monkeypatch, error, again):
    texts = {name: hours("2019-01-01", [1.0] * 24, f"gb000{n}r") for n, name in enumerate("abc")}
    folder, settings = folder_of(tmp_path, **texts)
    with monkeypatch.context() as patch:
        fails(patch, "b.csv", error)
        report = ingest_folder(folder, tmp_path / "store", settings)
    assert len(report.included) == 2
    (skipped,) = report.skipped
    assert skipped.name == "uk/b.csv"
    assert type(error).__name__ in skipped.reason
    # What may pass is tried again; what is a defect waits for other code or another file.
    second = ingest_folder(folder, tmp_path / "store", settings)
    assert second.read == (("uk/b.csv",) if again else ())
    if again:
        ingest_folder(folder, tmp_path / "other", settings)
        assert tree(tmp_path / "store") == tree(tmp_path / "other")


def test_a_file_that_vanishes_stops_nothing(tmp_path, monkeypatch):
    folder, settings = folder_of(tmp_path, a=hours("2019-01-01", [1.0] * 24))
    (folder / "uk" / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    original = module.sha256_file

    def vanishes(path):
        if path.name == "b.csv":
            raise FileNotFoundError(2, "No such file", str(path))
        return original(path)

    (folder / "uk" / "b.csv").write_text("x")
    monkeypatch.setattr(module, "sha256_file", vanishes)
    report = ingest_folder(folder, tmp_path / "store", settings)
    assert [entry.name for entry in report.included] == ["uk/a.csv"]
    assert [entry.name for entry in report.skipped] == ["uk/b.csv"]
