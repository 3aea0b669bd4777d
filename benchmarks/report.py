"""How fast the report of a release opens in Chromium.

    python benchmarks/report.py PAGE [--repeats 5]

PAGE is a `report.html`. The time is that from navigation to the load event in a headless
browser without a network, the least of the repeats; bytes are those of the file.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bc_inventory.report.pdf import HEADLESS, find_browser

PROBE = """<script>addEventListener("load", function () { setTimeout(function () {
document.title = performance.getEntriesByType("navigation")[0].loadEventEnd; }, 0); });</script>
</body>"""


def milliseconds(page, browser):
    """Return how long a page takes to load."""
    with tempfile.TemporaryDirectory() as folder:
        probed = Path(folder) / "page.html"
        probed.write_text(page.read_text("utf-8").replace("</body>", PROBE), "utf-8")
        command = [
            browser, *HEADLESS, "--dump-dom",
            "--virtual-time-budget=5000", f"--user-data-dir={folder}/profile",
            "--host-resolver-rules=MAP * ~NOTFOUND", probed.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return float(done.stdout.split("<title>")[1].split("</title>")[0])


def main():
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    browser = find_browser()
    if browser is None:
        raise SystemExit("this needs Chromium or Chrome on the path")
    times = [milliseconds(given.page, browser) for _ in range(given.repeats)]
    print(json.dumps({"ms": min(times), "bytes": given.page.stat().st_size}))


if __name__ == "__main__":
    main()
