"""Count what becomes of damaged files of each format, for `docs/readers.md`.

    python tools/damage_table.py ../shared 1000

reads that many damaged copies of each format with the harness of the tests and prints the
table. It ends with an error where a value differs and the file could have told.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.readers.activity import test_damage as activity
from tests.readers.inventories import test_fuzz as inventories
from tests.readers.mutate import text_mutants, workbook_mutants
from tests.readers.stations import test_fuzz as stations
from tests.readers.stations.station_texts import TEXTS as STATION_TEXTS

_WORDS = ("refused", "same", "less", "silent")


def _count(kind: str, name: str, shared: str, rounds: int) -> tuple[str, Counter[str]]:
    if kind == "activity":
        return name, Counter(activity.verdicts(name, 2, rounds))
    with tempfile.TemporaryDirectory() as folder:
        if kind == "station":
            return name, Counter(stations.fuzz(Path(shared), Path(folder), name, rounds, seed=3))
        if name in inventories.TEXTS:
            sample = inventories.TEXTS[name]()
            return name, Counter(inventories.run(sample, text_mutants(sample, 2, rounds)))
        book = inventories.BOOKS[name](Path(folder))
        return name, Counter(inventories.run(book, workbook_mutants(book, 2, rounds)))


def main(shared: str, rounds: int) -> None:
    """Print the table."""
    jobs = [
        *(("activity", name) for name in activity.EVERY),
        *(("inventory", name) for name in (*inventories.TEXTS, *inventories.BOOKS)),
        *(("station", name) for name in STATION_TEXTS),
    ]
    print("| format | damaged copies | " + " | ".join(_WORDS) + " |")
    print("| --- |" + " ---: |" * (len(_WORDS) + 1))
    total: Counter[str] = Counter()
    with ProcessPoolExecutor() as pool:
        futures = [pool.submit(_count, kind, name, shared, rounds) for kind, name in jobs]
        for future in futures:
            name, counts = future.result()
            total += counts
            print(_line(name, counts), flush=True)
    print(_line("all", total))


def _line(name: str, counts: Counter[str]) -> str:
    cells = " | ".join(str(counts[word]) for word in _WORDS)
    return f"| {name} | {counts.total()} | {cells} |"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
