"""Measurements: a year of AE33 minutes, and a hundred station-years of hours.

    python benchmarks/monitoring.py [--days 365] [--stations 100] [--log FILE]

The year of minutes is grown from a real day of an AE33 log (1440 rows of 7 channels,
repeated with new dates): read, brought to 273.15 K, harmonised, marked and averaged to
hours, days, months and the year. Its floor reads the seven columns with pandas and takes
hourly means, with no check of a row, no flag and no coverage. The hundred station-years
go through `ingest`: read, marked, averaged by rule, written as Parquet and CF NetCDF. Each
side runs in a process of its own; wall and CPU seconds and the peak of memory are printed
as JSON, with how time grows with rows.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT.parent / "shared/data/obs-ae33-raw/AE33_AE33-S05-00503_20250305.dat"
HEADER = 8
DAYS = 365


def grow(log, days, path):
    """Write a log of many days from a log of one."""
    lines = log.read_bytes().split(b"\n")
    head, rows = lines[:HEADER], [line[10:] for line in lines[HEADER:] if line.strip()]
    first = np.datetime64("2023-01-01")
    with path.open("wb") as file:
        file.write(b"\n".join(head) + b"\n")
        for day in range(days):
            date = str(first + day).replace("-", "/").encode()
            file.write(b"".join(date + row + b"\n" for row in rows))
    return path


def minutes(path):
    """Take a log through the whole chain; return seconds of the parts and a checksum."""
    from bc_inventory.monitoring.instruments.absorption import to_absorption
    from bc_inventory.monitoring.instruments.ae33 import ebc_series
    from bc_inventory.monitoring.instruments.reference import to_state
    from bc_inventory.monitoring.quality.tests import flagged
    from bc_inventory.monitoring.statistics.averages import chain
    from bc_inventory.readers.stations.ae33 import read

    parts = {}
    start = last = time.perf_counter()

    def lap(name):
        nonlocal last
        now = time.perf_counter()
        parts[name] = parts.get(name, 0) + now - last
        last = now

    log = read(path).data
    lap("read")
    series = ebc_series(log, station="X", utc_offset_h=8, tape="M8060")
    rows = len(log)
    del log
    lap("series")
    annual = []
    for part in series:
        stp = to_state(part, "ebas_stp")
        lap("correct")
        checked = flagged(stp)
        lap("flag")
        for each in (checked, to_absorption(checked, tape="M8060", harmonise=True)):
            means = chain(each, "eu_2008_50", exclude=("range",))
            annual.append(float(means["hour"].reported["value"].mean()))
        lap("average")
    return {"rows": rows, "seconds": time.perf_counter() - start, "parts": parts, "means": annual}


def floor_minutes(path):
    """Read seven columns with pandas and take hourly means, unchecked."""
    import pandas as pd

    start = time.perf_counter()
    used = [0, 1, *(40 + 3 * n for n in range(7))]
    frame = pd.read_csv(path, sep=" ", header=None, skiprows=HEADER, usecols=used)
    index = pd.to_datetime(frame[0] + " " + frame[1], format="%Y/%m/%d %H:%M:%S")
    hours = frame.drop(columns=[0, 1]).set_index(index).resample("h").mean()
    return {
        "rows": len(frame),
        "seconds": time.perf_counter() - start,
        "means": (hours.mean() / 1000).tolist(),
    }


SETTINGS = """
[record]
rule = "eu_2008_50"
exclude = ["duplicate_time"]
[[files]]
match = "*.csv"
format = "uk_black_carbon"
licence = "MIT"
source_id = "uk-bc-network"
"""


def hours(folder, stations):
    """Ingest a year of hours of each of many stations."""
    random = np.random.default_rng(1)
    files = folder / "files"
    files.mkdir()
    end = np.datetime64("2019-01-01T01", "s") + np.arange(8760) * np.timedelta64(3600, "s")
    stamps = [str(moment).replace("T", " ") for moment in end]
    for number in range(stations):
        values = np.round(random.lognormal(0, 0.8, 8760), 3)
        text = "".join(
            f"gb{number:04d}r,{t},{v}\n" for t, v in zip(stamps, values.tolist(), strict=True)
        )
        (files / f"s{number:03d}.csv").write_text("site,date_end,bc\n" + text, encoding="utf-8")
    settings = folder / "settings.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    from bc_inventory.workflow.measurements import ingest_folder

    start = time.perf_counter()
    report = ingest_folder(files, folder / "store", settings)
    first = time.perf_counter() - start
    start = time.perf_counter()
    again = ingest_folder(files, folder / "store", settings)
    assert (len(report.included), again.read) == (stations, ())
    return {
        "stations": stations,
        "rows": 8760 * stations,
        "seconds": first,
        "again_seconds": time.perf_counter() - start,
        "included": len(report.included),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--stations", type=int, default=100)
    parser.add_argument("--log", type=Path, default=LOG)
    parser.add_argument("--one", choices=["minutes", "floor", "hours"])
    parser.add_argument("--path", type=Path)
    arguments = parser.parse_args()
    if arguments.one:
        work = {
            "minutes": lambda: minutes(arguments.path),
            "floor": lambda: floor_minutes(arguments.path),
            "hours": lambda: hours(arguments.path, arguments.stations),
        }
        result = work[arguments.one]()
        used = resource.getrusage(resource.RUSAGE_SELF)
        result |= {"cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}
        print(json.dumps(result))
        return
    results = {"python": platform.python_version(), "machine": platform.machine()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for days in (max(arguments.days // 4, 1), arguments.days):
            log = grow(arguments.log, days, folder / f"year{days}.dat")
            for side in ("floor", "minutes"):
                results[f"{side}_{days}_days"] = apart(side, log, arguments)
            log.unlink()
        for stations in (max(arguments.stations // 4, 1), arguments.stations):
            place = folder / f"hours{stations}"
            place.mkdir()
            how = argparse.Namespace(**{**vars(arguments), "stations": stations})
            results[f"hours_{stations}_stations"] = apart("hours", place, how)
    print(json.dumps(results, indent=1))


def apart(side, path, arguments):
    """Run one side in a process of its own."""
    done = subprocess.run(
        [
            sys.executable,
            __file__,
            "--one",
            side,
            "--path",
            str(path),
            "--stations",
            str(arguments.stations),
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=_environment(),
    )
    return json.loads(done.stdout)


def _environment():
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    main()
