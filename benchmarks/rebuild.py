"""CPU seconds of a build: cold, with nothing changed, and with one emission factor changed.

    python benchmarks/rebuild.py [configuration] [factor]

Works in a temporary folder on a copy of the embedded facts. Targets: nothing changed within
3 s; one factor at most half of a cold build.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bc_inventory.config import Config, Facts, load_config
from bc_inventory.pipeline.plan import StepRecord
from bc_inventory.reference.paths import data_root
from bc_inventory.workflow.run import build

FACTOR = "h-stove_biomass_traditional-fuelwood"


def used() -> float:
    """Return CPU seconds of this process and those it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def raise_factor(path: Path, factor: str) -> None:
    """Raise one emission factor by 2 %."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    (row,) = [row for row in rows if row["factor_id"] == factor]
    row["value"] = str(float(row["value"]) * 1.02)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def timed(config: Config, output: Path) -> float:
    """Build, print what each step took, and return CPU seconds of all."""
    started, wall = used(), time.perf_counter()
    last = [started]

    def show(record: StepRecord) -> None:
        now = used()
        print(f"  {record.name:14}{now - last[0]:6.2f} s{'  found' if record.reused else ''}")
        last[0] = now

    build(config, output, progress=show)
    whole = used() - started
    print(f"  {'all':14}{whole:6.2f} s CPU, {time.perf_counter() - wall:.1f} s by the clock")
    return whole


def main(name: str, factor: str) -> None:
    """Time the three builds."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shutil.copytree(data_root(), "facts")
        config = dataclasses.replace(load_config(name), facts=Facts(folder="facts"))
        print("cold")
        cold = timed(config, Path("out"))
        print("nothing changed")
        timed(config, Path("out"))
        raise_factor(Path("facts/emission_factors.csv"), factor)
        print(f"{factor} changed")
        changed = timed(config, Path("out"))
        print(f"one factor: {changed / cold:.0%} of a cold build")


if __name__ == "__main__":
    words = [*sys.argv[1:], *("default", FACTOR)[len(sys.argv) - 1 :]]
    main(words[0], words[1])
