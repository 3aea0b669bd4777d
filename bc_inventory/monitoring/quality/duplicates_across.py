"""Find values of the record that two stations share, over all its parts.

Which values are copies depends on every file, so it is found anew whenever a part comes
or goes, and kept under the digest of all parts until then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bc_inventory.monitoring.quality.duplicates import twins
from bc_inventory.monitoring.record.parts import Part, read_values, series_index
from bc_inventory.storage.hashing import canonical_json, sha256_json
from bc_inventory.storage.results import store_result

__all__ = ["Copied", "copied"]

_COPIES = {"copies": "copies.json"}


@dataclass(frozen=True)
class Copied:
    """What two stations share.

    Parameters
    ----------
    starts : dict of str to numpy.ndarray of int64
        For each series, the begins (seconds since 1970, UTC) of its values that are in a
        shared run, sorted.
    pairs : tuple of tuple
        Two series ids and the length of the longest run they share.
    """

    starts: dict[str, np.ndarray]
    pairs: tuple[tuple[str, str, int], ...]

    def within(self, series_id: str, begin: int, end: int) -> np.ndarray:
        """Return the begins of a series from `begin` up to before `end`."""
        value = self.starts.get(series_id, np.empty(0, dtype=np.int64))
        return value[np.searchsorted(value, begin) : np.searchsorted(value, end)]


def copied(parts: Sequence[Part], folder: Path, code_digest: str) -> tuple[Copied, str]:
    """Return what the series of parts share between stations.

    Parameters
    ----------
    parts : sequence of Part
        In the order of their files.
    folder : Path
        Of results.
    code_digest : str
        Digest of the code.

    Returns
    -------
    tuple of Copied and str
        The answer, and the key of the result it is stored in.
    """
    key = sha256_json([[part.key for part in parts], code_digest])

    def write(outputs: dict[str, Path]) -> None:
        matches = _runs_across([part.path for part in parts])
        plain = {
            "starts": {name: item.tolist() for name, item in sorted(matches.starts.items())},
            "pairs": [list(pair) for pair in matches.pairs],
        }
        outputs["copies"].write_text(canonical_json(plain) + "\n", encoding="utf-8")

    result, _ = store_result(folder, key, _COPIES, write, "values that stations share")
    read = json.loads(result["copies"].path.read_text(encoding="utf-8"))
    return (
        Copied(
            {name: np.array(value, dtype=np.int64) for name, value in read["starts"].items()},
            tuple((str(a), str(b), int(n)) for a, b, n in read["pairs"]),
        ),
        key,
    )


def _runs_across(parts: list[Path]) -> Copied:
    where: dict[tuple[Any, ...], dict[str, list[tuple[Path, int]]]] = {}
    stations: dict[str, str] = {}
    for path in parts:
        for group, details in enumerate(series_index(path)):
            about = details["about"]
            kind = (about["bc_type"], about["wavelength_nm"] or 0.0, about["part"] or "")
            name = details["series_id"]
            stations[name] = about["station"]
            where.setdefault(kind, {}).setdefault(name, []).append((path, group))
    starts: dict[str, list[np.ndarray]] = {}
    longest: dict[tuple[str, str], int] = {}
    for _, series in sorted(where.items()):
        if len({stations[name] for name in series}) < 2:
            continue
        by_name = {name: _joined(places) for name, places in series.items()}
        for twin in twins({name: value for name, (_, value) in by_name.items()}, stations):
            pair = (twin.first, twin.second)
            longest[pair] = max(longest.get(pair, 0), twin.length)
            for name, begin in ((twin.first, twin.begin_first), (twin.second, twin.begin_second)):
                starts.setdefault(name, []).append(by_name[name][0][begin : begin + twin.length])
    return Copied(
        {name: np.unique(np.concatenate(ones)) for name, ones in starts.items()},
        tuple((*pair, length) for pair, length in sorted(longest.items())),
    )


def _joined(places: list[tuple[Path, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return begins and valid values of a series from its parts, each begin once."""
    read = [read_values(path, group) for path, group in places]
    start, value = (np.concatenate(columns) for columns in zip(*read, strict=True))
    begin, first = np.unique(start, return_index=True)
    return begin, value[first]
