"""Global 0.1 to 0.5 degree, eight sectors: this package and its peers.

    python benchmarks/regrid.py [--peer PYTHON] [--sectors 8]

`PYTHON` is an interpreter with `iris` and `xarray-regrid`, which aren't
dependencies of this project; `cdo` is run if it is installed. Every engine
reads the same float32 fields from memory (CDO from a file) on the sphere.
Prints wall and CPU seconds, the peak of memory, the error of the mass and the
greatest difference of a cell from ours over the greatest cell, as JSON.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FINE, COARSE = 0.1, 0.5

PEER = """
import json, resource, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
engine, fields, out, fine, coarse = sys.argv[1:4] + [float(x) for x in sys.argv[4:6]]
values = np.load(fields)
def centres(step):
    n = round(180 / step)
    return -90 + step * (np.arange(n) + 0.5), -180 + step * (np.arange(2 * n) + 0.5)
if engine == "iris":
    import iris
    from iris.analysis import AreaWeighted
    from iris.coords import DimCoord
    from iris.cube import Cube
    def cube(step, data):
        axes = [DimCoord(p, standard_name=n, units="degrees")
                for n, p in zip(("latitude", "longitude"), centres(step))]
        for axis in axes:
            axis.guess_bounds()
        return Cube(data, dim_coords_and_dims=[(a, i + data.ndim - 2) for i, a in enumerate(axes)])
    given, goal = cube(fine, values), cube(coarse, np.zeros([len(c) for c in centres(coarse)]))
    version = iris.__version__
    work = lambda: given.regrid(goal, AreaWeighted()).data
else:
    import xarray as xr, xarray_regrid
    lat, lon = centres(fine)
    given = xr.DataArray(values, dims=("s", "latitude", "longitude"),
                         coords={"latitude": lat, "longitude": lon})
    lat, lon = centres(coarse)
    goal = xr.Dataset(coords={"latitude": lat, "longitude": lon})
    version = xarray_regrid.__version__
    work = lambda: given.regrid.conservative(goal, latitude_coord="latitude").to_numpy()
wall, cpu = time.perf_counter(), time.process_time()
made = np.asarray(work())
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
np.save(out, made)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"version": version, "wall_s": wall, "cpu_s": cpu, "peak_mb": peak}))
"""


def ours(folder):
    """Regrid in this process and print what it took."""
    sys.path.insert(0, str(ROOT))
    import xarray as xr

    from bc_inventory.spatial.cells import make_grid
    from bc_inventory.spatial.regrid import regrid

    values = np.load(folder / "fields.npy")
    fine, coarse = (make_grid(step, "global", earth="sphere") for step in (FINE, COARSE))
    coords = {"lat": fine.lat, "lon": fine.lon}
    field = xr.DataArray(values, dims=("s", "lat", "lon"), coords=coords, attrs={"kind": "flux"})
    regrid(field[:1, :, :], coarse)  # imports
    costs = []
    for _ in range(5):
        wall, cpu = time.perf_counter(), time.process_time()
        moved = regrid(field, coarse)
        costs.append((time.perf_counter() - wall, time.process_time() - cpu))
    np.save(folder / "ours.npy", moved.field.to_numpy())
    wall, cpu = np.median(costs, axis=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall_s": wall, "cpu_s": cpu, "peak_mb": peak}))


def cdo(folder, values):
    """Regrid with CDO from file to file."""
    import xarray as xr

    version = subprocess.run(["cdo", "--version"], capture_output=True, text=True, check=False)
    count = round(180 / FINE)
    lat = -90 + FINE * (np.arange(count) + 0.5)
    lon = -180 + FINE * (np.arange(2 * count) + 0.5)
    data = xr.Dataset({"f": (("time", "lat", "lon"), values)}, coords={"lat": lat, "lon": lon})
    data["lat"].attrs["units"], data["lon"].attrs["units"] = "degrees_north", "degrees_east"
    data.to_netcdf(folder / "cdo-in.nc")
    rows = round(180 / COARSE)
    (folder / "goal.txt").write_text(
        f"gridtype = lonlat\nxsize = {2 * rows}\nysize = {rows}\nxinc = {COARSE}\nyinc = {COARSE}\n"
        f"xfirst = {-180 + COARSE / 2}\nyfirst = {-90 + COARSE / 2}\n"
    )
    before, wall = os.times(), time.perf_counter()
    subprocess.run(
        ["cdo", "-s", f"remapcon,{folder / 'goal.txt'}", "cdo-in.nc", "cdo-out.nc"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    after = os.times()
    with xr.open_dataset(folder / "cdo-out.nc") as moved:
        np.save(folder / "cdo.npy", moved["f"].to_numpy())
    return {
        "version": (version.stderr or version.stdout).splitlines()[0],
        "wall_s": time.perf_counter() - wall,
        "cpu_s": after.children_user + after.children_system - before[2] - before[3],
    }


def main():
    """Run all engines and compare them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer")
    parser.add_argument("--sectors", type=int, default=8)
    parser.add_argument("--ours", default="")
    arguments = parser.parse_args()
    if arguments.ours:
        ours(Path(arguments.ours))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        random = np.random.default_rng(1)
        count = round(180 / FINE)
        shape = (arguments.sectors, count, 2 * count)
        values = random.lognormal(size=shape).astype(np.float32)
        np.save(folder / "fields.npy", values)
        command = [sys.executable, __file__, "--ours", name]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        result = {"ours": json.loads(done.stdout)}
        for engine in ("iris", "xarray_regrid") if arguments.peer else ():
            out = str(folder / f"{engine}.npy")
            steps = [str(FINE), str(COARSE)]
            command = [arguments.peer, "-c", PEER, engine, str(folder / "fields.npy"), out, *steps]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            lines = done.stdout.splitlines() or done.stderr.splitlines()
            result[engine] = (
                json.loads(lines[-1]) if done.returncode == 0 else {"failed": lines[-1:]}
            )
        if shutil.which("cdo"):
            result["cdo"] = cdo(folder, values)
        compare(folder, values, result)
    print(json.dumps({"machine": platform.platform(), **result}, indent=1))


def compare(folder, values, result):
    """Add the errors of mass and cells."""

    def mass(fields):
        edges = np.sin(np.deg2rad(np.linspace(-90, 90, fields.shape[1] + 1)))
        rows = np.diff(edges) / fields.shape[2]
        return float((fields.astype(float).sum(axis=2) @ rows).sum())

    reference, whole = np.load(folder / "ours.npy"), mass(values)
    for engine, cost in result.items():
        if (folder / f"{engine}.npy").exists():
            fields = np.load(folder / f"{engine}.npy")
            cost["mass_error"] = mass(fields) / whole - 1
            cost["cell_error"] = float(np.abs(fields - reference).max() / reference.max())


if __name__ == "__main__":
    main()
