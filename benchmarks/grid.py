"""Monthly grids of both sides at 0.1 degree: this package against the bare work.

    python benchmarks/grid.py [--resolution 0.1] [--sectors 23] [--scheduler here]

The floor multiplies the same annual fields by twelve numbers with numpy and
writes as many bytes with netCDF4, chunked and compressed alike; no inventory
can be gridded and written in less. Emissions are synthetic: every region has
every category. Each side runs in a process of its own; wall and CPU seconds
and the peak of memory are printed as JSON, and how time grows with sectors and
months.
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
YEAR = 2018


def table(categories):
    """Return synthetic emissions of every region and category."""
    import pandas as pd

    from bc_inventory.spatial.tables import read_tables

    tables = read_tables()
    random = np.random.default_rng(1)
    apart = {"PT-20", "PT-30", "ES-CN", "HK", "MO", "TW"}
    nfr = sorted(set(tables.ladder["nfr"]) - {"*"})[:categories]
    rows = [
        ("CN" if region.startswith("CN-") else "EU", region, code, code[:3], "hard_coal", kt)
        for region in sorted(set(tables.cells["region"]) - apart)
        for code, kt in zip(nfr, random.lognormal(size=len(nfr)), strict=True)
    ]
    names = ["side", "region", "nfr", "gnfr", "fuel", "emission_kt"]
    return pd.DataFrame(rows, columns=names), tables


def ours(arguments, folder):
    """Allocate and write; return seconds of the parts."""
    from bc_inventory.spatial.allocate import allocate
    from bc_inventory.spatial.calendar import month_bounds
    from bc_inventory.spatial.cells import make_grid
    from bc_inventory.spatial.netcdf import write_grid
    from bc_inventory.spatial.parallel import Compute
    from bc_inventory.spatial.profiles import month_parts, read_profiles

    start = time.perf_counter()
    emissions, tables = table(arguments.sectors)
    allocation = allocate(emissions, make_grid(arguments.resolution, "all"), tables)
    who = (allocation.sectors["nfr"].tolist(), list(allocation.pairs.names), list(allocation.sides))
    parts = month_parts(read_profiles(), *who)[:, :, : arguments.months]
    middle, cpu = time.perf_counter(), time.process_time()
    bounds = month_bounds(YEAR)[: arguments.months]
    compute = Compute(arguments.scheduler, 2)
    write_grid(allocation, folder / "ours.nc", bounds=bounds, parts=parts, compute=compute)
    end = time.perf_counter()
    return {
        "allocate_s": middle - start,
        "write_s": end - middle,
        "write_cpu_s": time.process_time() - cpu,
    }


def floor(arguments, folder):
    """Multiply annual fields by twelve numbers and write them."""
    import netCDF4

    with netCDF4.Dataset(folder / "ours.nc") as file:
        file.set_auto_maskandscale(False)
        annual = np.asarray(file["emission_flux"][:, 0])
    factors = np.linspace(0.5, 1.5, arguments.months, dtype=np.float32)
    start, cpu = time.perf_counter(), time.process_time()
    with netCDF4.Dataset(folder / "floor.nc", "w") as file:
        for name, size in zip("stjk", (len(annual), len(factors), *annual.shape[1:]), strict=True):
            file.createDimension(name, size)
        chunk = (1, 1, *annual.shape[1:])
        how = {"zlib": True, "complevel": 1, "shuffle": True}
        flux = file.createVariable("flux", "f4", tuple("stjk"), chunksizes=chunk, **how)
        total = file.createVariable("total", "f4", tuple("tjk"), chunksizes=chunk[1:], **how)
        for step, factor in enumerate(factors):
            whole = np.zeros(annual.shape[1:], np.float32)
            for sector, field in enumerate(annual):
                values = np.where(field < 1e19, field * factor, field)
                flux[sector, step] = values
                whole += np.where(field < 1e19, values, 0)
            total[step] = whole
    return {
        "write_s": time.perf_counter() - start,
        "write_cpu_s": time.process_time() - cpu,
        "mb": (folder / "floor.nc").stat().st_size / 1e6,
        "bytes_before_compression": annual[0].nbytes * (len(annual) + 1) * len(factors),
    }


def inside(arguments, folder):
    """Run one side in this process and print what it took."""
    sys.path.insert(0, str(ROOT))
    cpu = time.process_time()
    cost = {"ours": ours, "floor": floor}[arguments.side](arguments, folder)
    cost["cpu_s"] = time.process_time() - cpu
    cost["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(cost))


def run(side, arguments, folder, **changed):
    """Run one side in a new process."""
    options = {**vars(arguments), **changed, "side": side, "folder": folder}
    command = [sys.executable, __file__]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main():
    """Measure both sides, and the growth with sectors and months."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--resolution", type=float, default=0.1)
    parser.add_argument("--sectors", type=int, default=23)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--scheduler", default="here")
    parser.add_argument("--side", choices=["ours", "floor", "both"], default="both")
    parser.add_argument("--folder", default="")
    arguments = parser.parse_args()
    if arguments.side != "both":
        inside(arguments, Path(arguments.folder))
        return
    result = {"machine": platform.platform(), "python": platform.python_version()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result["ours"] = run("ours", arguments, folder)
        result["ours"]["mb"] = (folder / "ours.nc").stat().st_size / 1e6
        result["floor"] = run("floor", arguments, folder)
        for clock in ("write_s", "write_cpu_s"):
            result[f"{clock}_over_floor"] = result["ours"][clock] / result["floor"][clock]
        result["growth"] = [
            {"sectors": sectors, "months": months}
            | run("ours", arguments, folder, sectors=sectors, months=months)
            for sectors, months in ((6, 12), (12, 12), (23, 6), (23, 3))
        ]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
