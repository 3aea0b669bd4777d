"""Beside pyaerocom and pyaro-readers, where they do the same job.

    python benchmarks/monitoring_peers.py --peer PYTHON

`PYTHON` is the interpreter of an environment with pyaerocom 0.38.0, attrs and
pyaro-readers 0.1.12; their pins clash with ours, so each side runs in a process of its
own. Jobs: read a folder of EBAS NASA-Ames files, score a million pairs, find the trends of
100 stations over 240 months. CPU seconds are of the job alone, without imports.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT.parent / "shared/data/obs-ebas-nasaames-ecoc"
SEED = 20240501


def ours_ebas(folder):
    from bc_inventory.errors import DataError
    from bc_inventory.readers.stations.ebas import read

    yield
    rows = valid = refused = 0
    for path in sorted(folder.glob("*.nas")):
        try:
            for series in read(path).data:
                rows, valid = rows + len(series), valid + len(series.good)
        except DataError:
            refused += 1  # levoglucosan and PCBs: no black carbon in them
    yield {"rows": rows, "valid": valid, "refused": refused}


def peer_ebas(folder):
    import pyaro

    yield
    rows = 0
    with pyaro.open_timeseries("nilupmfebas", str(folder), filters=[], vars_to_read=None) as result:
        for name in result.variables():
            if "elemental_carbon" in name:
                rows += len(result.data(name).values)
    yield {"rows": rows}


def pairs():
    rng = np.random.default_rng(SEED)
    observed = rng.lognormal(-0.5, 0.8, 1_000_000)
    model = observed * rng.lognormal(0.1, 0.5, 1_000_000)
    observed[rng.random(1_000_000) < 0.1] = np.nan
    return model, observed


def ours_scores(_):
    from bc_inventory.monitoring.statistics.scores import scores

    model, observed = pairs()
    yield
    result = scores(model, observed, not_positive="keep")
    yield {"nmb": result.nmb, "r": result.r, "fge": result.fge}


def peer_scores(_):
    from pyaerocom.stats.stats import calculate_statistics

    model, observed = pairs()
    yield
    result = calculate_statistics(model, observed)
    yield {"nmb": result["nmb"], "r": result["R"], "fge": result["fge"]}


def months():
    rng = np.random.default_rng(SEED)
    at = np.arange(240)
    level = 0.6 * np.exp(-0.003 * at) * (1 + 0.4 * np.cos(2 * np.pi * at / 12))
    return [level * rng.lognormal(0, 0.3, 240) for _ in range(100)]


def ours_trends(_):
    from bc_inventory.monitoring.statistics.seasonal import seasonal_trend
    from bc_inventory.monitoring.statistics.trends import trend

    result, at = months(), np.arange(240)
    years, season = 2005 + at / 12, at % 12 + 1
    seasonal_trend(years, result[0], season, method="3PW")
    yield
    plain = [trend(years, values, method="plain").relative for values in result]
    seasonal = [seasonal_trend(years, values, season, method="3PW").relative for values in result]
    yield {"plain": float(np.median(plain)), "seasonal_3pw": float(np.median(seasonal))}


def peer_trends(_):
    import pandas as pd
    from pyaerocom.trends_engine import TrendsEngine

    index = pd.date_range("2005-01-01", "2024-12-31", freq="MS")
    result = [pd.Series(values, index=index) for values in months()]
    yield
    found = [TrendsEngine.compute_trend(values, "monthly", 2005, 2024, 10) for values in result]
    yield {"slope_2005": float(np.median([values["slp_2005"] for values in found]))}


JOBS = {name: globals()[name] for name in list(globals()) if name.startswith(("ours_", "peer_"))}


def run_job(job, folder):
    """Run a job in this process; imports and inputs come before its first yield."""
    steps = JOBS[job](folder)
    next(steps)
    wall, cpu = time.perf_counter(), time.process_time()
    result = next(steps)
    result |= {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", type=Path, help="interpreter with pyaerocom and pyaro-readers")
    parser.add_argument("--files", type=Path, default=FILES)
    parser.add_argument("--one", choices=sorted(JOBS))
    arguments = parser.parse_args()
    if arguments.one:
        print("\n" + json.dumps(run_job(arguments.one, arguments.files)))
        return
    results = {}
    # pyaerocom writes settings, caches and logs where it is started.
    with tempfile.TemporaryDirectory() as home:
        for job in sorted(JOBS):
            peer = job.startswith("peer_")
            if peer and arguments.peer is None:
                continue
            python = str(arguments.peer) if peer else sys.executable
            place = {} if peer else {"PYTHONPATH": str(ROOT)}
            done = subprocess.run(
                [python, str(Path(__file__).resolve()), "--one", job, "--files", arguments.files],
                capture_output=True,
                text=True,
                check=True,
                cwd=home,
                env={**os.environ, "HOME": home, **place},
            )
            results[job] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
