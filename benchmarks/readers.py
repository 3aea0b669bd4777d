"""Time reading every file of activity and inventories, beside reading its bare cells.

    python benchmarks/readers.py [FOLDER]

FOLDER holds the publishers' files (`../shared/data` beside the repository). Each file is
found by its content, read, and held to its contract, as `bc-inventory ingest` does. The floor
beside it takes the cells of the same files apart and does nothing with them: calamine for
workbooks, the csv module for text. Target: all of them within 60 s on two cores.
"""

from __future__ import annotations

import csv
import io
import resource
import sys
import time
from pathlib import Path

from bc_inventory.errors import BCInventoryError
from bc_inventory.readers.registry import formats, read_any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from formats_table import FOLDERS  # noqa: E402


def cells(path: Path) -> int:
    """Take a file apart into cells and count them."""
    content = path.read_bytes()
    if path.suffix in {".xls", ".xlsx"}:
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
        return sum(len(row) for rows in sheets for row in rows)
    text = content.decode("utf-8", errors="replace")
    delimiter = {".tsv": "\t", ".csv": ","}.get(path.suffix, ";")
    return sum(len(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter))


def main() -> None:
    """Print a line for each folder and the sum."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    formats()  # what is imported once isn't the reading
    began = time.perf_counter()
    sums = [0, 0, 0.0, 0.0, 0.0]
    print(f"{'folder':<42} {'files':>5} {'MB':>5} {'rows':>8} {'CPU s':>6} {'floor s':>7}")
    for folder in FOLDERS:
        files = [path for path in sorted((data / folder).iterdir()) if path.name != "README.md"]
        size = sum(path.stat().st_size for path in files) / 2**20
        at, rows = time.process_time(), 0
        for path in files:
            try:
                rows += read_any(path).report.rows
            except BCInventoryError:
                continue
        taken = time.process_time() - at
        at = time.process_time()
        for path in files:
            cells(path)
        floor = time.process_time() - at
        print(f"{folder:<42} {len(files):>5} {size:>5.1f} {rows:>8} {taken:>6.2f} {floor:>7.2f}")
        for place, value in enumerate((len(files), rows, size, taken, floor)):
            sums[place] += value
    wall = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(
        f"{sums[0]} files, {sums[2]:.0f} MB, {sums[1]} rows: {sums[3]:.1f} s of CPU, floor "
        f"{sums[4]:.1f} s; wall with both {wall:.1f} s, one process; peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
