"""Local statistics of 1 000 x 700 cells: this package against PySAL's esda.

    python benchmarks/hotspots.py [--peer PYTHON] [--rows 700] [--columns 1000]

`PYTHON` is an interpreter that has `esda` and `libpysal`; they aren't
dependencies of this project. Both sides compute Gi* and local Moran on queen
contiguity from the same field; times are CPU seconds of the process, since
machines are shared. Prints one JSON object.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

PEER = """
import json, resource, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np, esda, libpysal
field = np.load(sys.argv[1])
start = time.process_time()
weights = libpysal.weights.lat2W(*field.shape, rook=False)
made = time.process_time()
g = esda.G_Local(field.ravel(), weights, transform="B", star=True, permutations=0)
gi = time.process_time()
m = esda.Moran_Local(field.ravel(), weights, transformation="r", permutations=0)
end = time.process_time()
np.savez(sys.argv[2], gi_star=np.asarray(g.Zs), moran=np.asarray(m.Is))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"version": esda.__version__, "weights_s": made - start, "gi_star_s": gi - made,
                  "moran_s": end - gi, "peak_mb": peak}))
"""


def ours(field):
    """Return the statistics and what they cost."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from bc_inventory.analysis.hotspots.statistics import getis_ord, local_moran, square_window

    domain = np.ones(field.shape, dtype=bool)
    window = square_window(field.shape[0])
    gi_times, moran_times = [], []
    for _ in range(5):
        start = time.process_time()
        gi_star, _ = getis_ord(field, domain, window)
        middle = time.process_time()
        moran, _, _ = local_moran(field, domain, window)
        gi_times.append(middle - start)
        moran_times.append(time.process_time() - middle)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cost = {
        "gi_star_s": float(np.median(gi_times)),
        "moran_s": float(np.median(moran_times)),
        "peak_mb": peak,
    }
    return gi_star.ravel(), moran.ravel(), cost


def main():
    """Run both and print what came out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer")
    parser.add_argument("--rows", type=int, default=700)
    parser.add_argument("--columns", type=int, default=1000)
    chosen = parser.parse_args()
    field = np.random.default_rng(1).lognormal(size=(chosen.rows, chosen.columns))
    gi_star, moran, cost = ours(field)
    result = {"cells": field.size, "python": platform.python_version(), "ours": cost}
    if chosen.peer:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            given, found = Path(folder) / "field.npy", Path(folder) / "found.npz"
            np.save(given, field)
            command = [chosen.peer, "-c", PEER, str(given), str(found)]
            text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            result["esda"] = json.loads(text.strip().splitlines()[-1])
            with np.load(found) as peer:
                result["largest_difference"] = {
                    "gi_star": float(np.abs(peer["gi_star"] - gi_star).max()),
                    "moran": float(np.abs(peer["moran"] - moran).max()),
                }
        peer_s = result["esda"]["gi_star_s"]
        result["gi_star_ratio"] = peer_s / cost["gi_star_s"]
        result["gi_star_ratio_with_weights"] = (peer_s + result["esda"]["weights_s"]) / cost[
            "gi_star_s"
        ]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
