"""Flags of EBAS: their list, and which of the valid ones GHOST rejects."""

from __future__ import annotations

import csv
import re

import pandas as pd

from curation.maker import Maker, Roots, by_source

__all__ = ["MAKER", "ebas_flags"]

_FILE = "monitoring/ebas_flags.csv"
_FOLDER = "data/obs-ebas-flags"
_SOURCE = "nilu-ebas-flags"
_LIST, _GHOST = "pyaerocom_ebas_flags.csv", "ghost_ebas_flags.yaml"
_ENTRY = re.compile(r'"(\d{3})":\s*\{(.*?)\}', re.DOTALL)
_REJECTED = '"GHOST_decreed_validity": ["I"]'


def ebas_flags(roots: Roots) -> pd.DataFrame:
    """Return the flags of the list, contract `ebas_flags`."""
    folder = roots.shared / _FOLDER
    text = (folder / _GHOST).read_text(encoding="utf-8")
    rejected = {int(flag) for flag, entry in _ENTRY.findall(text) if _REJECTED in entry}
    with (folder / _LIST).open(encoding="utf-8", newline="") as stream:
        rows = [
            (int(flag), category, category == "V" and int(flag) in rejected, description.strip())
            for flag, description, category in csv.reader(stream, quotechar="'")
        ]
    names = ["flag", "category", "ghost_rejects", "description"]
    return pd.DataFrame(rows, columns=names).assign(source_id=_SOURCE)


MAKER = Maker(
    "EBAS flags",
    _FILE,
    "the list of flags; a valid flag that GHOST decrees invalid is marked",
    (f"shared/{_FOLDER}/{_LIST}", f"shared/{_FOLDER}/{_GHOST}"),
    lambda roots: {_FILE: ebas_flags(roots)},
    by_source(_SOURCE),
)
