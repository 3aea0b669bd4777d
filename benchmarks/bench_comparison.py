"""Six inventories, 58 regions, 12 sectors, 20 years: the whole comparison, time and memory.

python benchmarks/bench_comparison.py
"""

import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bc_inventory.analysis.comparison.align import align
from bc_inventory.analysis.comparison.comparability import read_definitions
from bc_inventory.analysis.comparison.pairwise import side_by_side
from bc_inventory.reference.limits import review_limits
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv

LIMIT_SECONDS, LIMIT_GB = 10.0, 1.0
SECTORS = 12
INVENTORIES = (
    "EMEP-CEIP 2025-01-20",
    "GAINS ECLIPSE v6b",
    "MEIC Zheng 2018",
    "REAS v3.2",
    "bc_inventory harmonised",
    "bc_inventory official",
)


def published() -> tuple[pd.DataFrame, dict[str, str]]:
    """Return synthetic figures of full size and the GNFR of each category."""
    data = data_root()
    regions = read_csv(data / "regions.csv", "regions")
    codes = regions.loc[regions["side"].isin(["EU", "CN"]), "region"].tolist()
    sectors = read_csv(data / "sectors.csv", "sectors")
    gnfr_of = dict(zip(sectors["nfr"], sectors["gnfr"], strict=True))
    chosen = sectors.loc[sectors["estimated"].astype(bool), "nfr"].tolist()[:SECTORS]
    random = np.random.default_rng(1)
    index = pd.MultiIndex.from_product(
        [INVENTORIES, range(2000, 2020), codes, chosen],
        names=["inventory", "year", "region", "target"],
    )
    rows = index.to_frame(index=False)
    rows["emission_kt"] = random.lognormal(0, 1, len(rows))
    missing = random.random(len(rows)) < 0.05
    rows.loc[missing, "emission_kt"] = np.nan
    rows["notation_key"] = np.where(missing, "NE", None)
    return rows, gnfr_of


def main() -> None:
    """Run the job once and hold it to its limits."""
    rows, gnfr_of = published()
    start, cpu = time.perf_counter(), time.process_time()
    aligned = align({}, rows, gnfr_of)
    compared = aligned.compared
    compared["lower_kt"] = compared["emission_kt"] / 2
    compared["upper_kt"] = compared["emission_kt"] * 2
    result = side_by_side(aligned, review_limits(), read_definitions())
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    counted = {name: len(frame) for name, frame in result.items()}
    print(
        f"{len(rows)} figures, {seconds:.1f} s ({cpu:.1f} s CPU), {gigabytes:.2f} GB peak, "
        f"rows {counted}"
    )
    # One process: what others do on the machine doesn't count.
    if cpu > LIMIT_SECONDS or gigabytes > LIMIT_GB:
        raise SystemExit(f"over the limit of {LIMIT_SECONDS} s or {LIMIT_GB} GB")


if __name__ == "__main__":
    main()
