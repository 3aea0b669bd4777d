"""Time a filtered query over a million emission rows, beside DuckDB by hand.

    python benchmarks/query.py [rows]

Makes a release in a temporary folder, asks it warm, and prints medians. Target:
opening and one filtered query within 150 ms and 1.5 times DuckDB by hand.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import bc_inventory as bci
from bc_inventory import schema
from bc_inventory.pipeline.plan import RunRecord
from bc_inventory.reference import codelists
from bc_inventory.release.store.publish import publish

ROUNDS = 15


def rows(count: int) -> pd.DataFrame:
    """Return emission rows with every column filled, about as repetitive as real ones."""
    chance = np.random.default_rng(1)
    regions = codelists.regions().query("side in ['EU', 'CN']")
    sectors = codelists.sectors().query("estimated")
    region, sector = (chance.integers(0, len(table), count) for table in (regions, sectors))
    frame = pd.DataFrame(
        {
            "year": chance.integers(2000, 2021, count),
            "side": regions["side"].to_numpy(dtype=object)[region],
            "region": regions["region"].to_numpy(dtype=object)[region],
            "nfr": sectors["nfr"].to_numpy(dtype=object)[sector],
            "gnfr": sectors["gnfr"].to_numpy(dtype=object)[sector],
            "species": "BC",
            "factor_set": chance.choice(["harmonised", "official"], count),
            "memo": False,
            "tier": 2,
        }
    )
    rules = schema.table("emissions")
    units = {"activity_unit": "TJ", "emission_factor_unit": "g/GJ"}
    for column in rules.columns:
        if column.name in frame:
            continue
        if column.name in units:
            frame[column.name] = units[column.name]
        elif column.kind == "number":
            frame[column.name] = 0.25 + chance.random(count) / 2
        elif column.kind == "string":
            words = np.array(column.enum or [f"{column.name}-{n}" for n in range(50)], dtype=object)
            frame[column.name] = words[chance.integers(0, len(words), count)]
    for interval in rules.intervals:
        frame[interval.lower] = frame[interval.value] * 0.5
        frame[interval.upper] = frame[interval.value] * 1.5
    frame["activity_id"] = [f"row-{n}" for n in range(count)]  # each row has a key of its own
    return frame


def milliseconds(query: Callable[[], pd.DataFrame], expected: int) -> float:
    """Return the median time of asking, warm."""
    taken = []
    for _ in range(ROUNDS + 2):
        started = time.perf_counter()
        answer = query()
        taken.append((time.perf_counter() - started) * 1e3)
        assert len(answer) == expected, (len(answer), expected)
    return statistics.median(taken[2:])


def measure(count: int, folder: Path) -> dict[str, float]:
    """Return milliseconds by way of asking."""
    import duckdb

    frame = rows(count)
    chosen = frame.query(
        "region == 'CN-HE' and nfr == '1A4bi' and year == 2018 and factor_set == 'harmonised'"
    )
    schema.write_dataset(frame, "emissions", folder / "emissions", "side")
    publish(
        {"emissions": folder / "emissions"},
        root=folder / "releases",
        inventory="large",
        configuration={},
        record=RunRecord(()),
        label="bench",
    )
    path = next((folder / "releases" / "large").glob("bench-*"))
    where = (
        "where region = 'CN-HE' and nfr = '1A4bi' and year = 2018 "
        "and factor_set = 'harmonised' and not memo"
    )

    def by_hand() -> pd.DataFrame:
        with duckdb.connect() as connection:
            return connection.execute(
                f"select * from read_parquet('{path}/emissions/*/*.parquet', "
                f"hive_partitioning = true) {where}"
            ).df()

    def opened() -> Any:
        return bci.open_release(root=folder / "releases")

    release = opened()
    ways: dict[str, Callable[[], pd.DataFrame]] = {
        "DuckDB by hand": by_hand,
        "open_release and emissions": lambda: opened().emissions("Hebei", "1A4bi", 2018),
        "emissions of an open release": lambda: release.emissions("Hebei", "1A4bi", 2018),
        "sql of an open release": lambda: release.sql(f"select * from emissions {where}"),
    }
    return {name: milliseconds(query, len(chosen)) for name, query in ways.items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
        for name, value in measure(wanted, Path(folder)).items():
            print(f"{name:32}{value:8.1f} ms")
