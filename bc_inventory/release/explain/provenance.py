"""The rows of facts that stand behind the named parts of an emission table.

A release names what made each row but doesn't carry the fact tables themselves; it
knows their SHA-256. So a fact is looked up in a folder of facts, and believed only
if its file is the very one that made the release.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from bc_inventory.inventory.components import Component
from bc_inventory.inventory.reported import REPORTED
from bc_inventory.storage.hashing import sha256_file

__all__ = ["Provenance"]

_TABLES = (
    "activity_mapping",
    "activity_national",
    "activity_reported",
    "activity_uncertainty",
    "calorific_values",
    "co2_factors",
    "region_shares",
    "technology_shares",
    "emission_factors",
    "penetration",
    "abatement",
)
_SHOWN = (
    "scope",
    "year",
    "confidence",
    "source_id",
    "note",
    "unit",
    "surrogate",
    "controls_included",
)


class Provenance:
    """Fact tables that made a release, as far as they are at hand.

    Parameters
    ----------
    manifest : mapping
        Of the release.
    folder : Path
        Where the fact tables are.
    """

    def __init__(self, manifest: Mapping[str, Any], folder: Path) -> None:
        self.folder = folder
        known = {entry["sha256"] for entry in manifest["inputs"]}
        self._tables: dict[str, list[dict[str, str]]] = {}
        self._indices: dict[tuple[str, ...], dict[tuple[str, ...], list[dict[str, str]]]] = {}
        for name in _TABLES:
            path = folder / f"{name}.csv"
            if path.is_file() and sha256_file(path) in known:
                with path.open(encoding="utf-8-sig", newline="") as stream:
                    rows = list(csv.DictReader(stream))
                self._tables[name] = [row | {"_row": str(n)} for n, row in enumerate(rows, 2)]

    @property
    def absent(self) -> tuple[str, ...]:
        """Tables that aren't there, or aren't those that made the release."""
        return tuple(f"{name}.csv" for name in _TABLES if name not in self._tables)

    def of(
        self, part: str, identity: Mapping[str, Any], year: int, flags: Collection[str] = ()
    ) -> list[dict[str, Any]]:
        """Return the facts behind a component of some rows.

        Parameters
        ----------
        part : str
            A `bc_inventory.inventory.components.Component`.
        identity : mapping of str to value
            What identifies the fact: columns of the rows, `components.IDENTITY`.
        year : int
            Of the emission; anchor years on either side of it are returned.
        flags : collection of str
            Of the rows that use it; published figures may have an uncertainty by
            flag.

        Returns
        -------
        list of dict
            Table, row of the file, value and interval, unit, confidence,
            source and note, as text; empty if the tables aren't at hand.
        """
        match part:
            case Component.ACTIVITY:
                return self._activity(identity["activity_id"], year)
            case Component.LOCAL:
                return self._local(identity, year, flags)
            case Component.CONVERSION:
                return self._conversion(identity["conversion"], year)
            case Component.SHARE:
                wanted = {name: identity[name] for name in ("nfr", "fuel")}
                wanted |= {name: identity[f"share_{name}"] for name in ("scope", "technology")}
                return self._rows("technology_shares", wanted, year, "share")
            case Component.FACTOR:
                return self._rows(
                    "emission_factors", {"factor_id": identity["factor_id"]}, year, "value"
                )
            case Component.ABATEMENT:
                return self._abatement(identity, year)
            case _:
                raise ValueError(f"no component is called {part}")

    def _activity(self, name: str, year: int) -> list[dict[str, Any]]:
        return [
            *self._rows("activity_mapping", {"mapping_id": name}, year, "share"),
            *self._rows("activity_national", {"activity_id": name}, year, "quantity"),
        ]

    def _reported(self, identity: Mapping[str, Any], year: int) -> list[dict[str, Any]]:
        nfr, _, fuel = str(identity["source_sector"]).removeprefix(REPORTED).partition(":")
        wanted = {"year": str(year), "region": identity["region"], "nfr": nfr, "fuel": fuel}
        return self._rows("activity_reported", wanted, year, "quantity")

    def _local(
        self, identity: Mapping[str, Any], year: int, flags: Collection[str]
    ) -> list[dict[str, Any]]:
        driver = identity["driver"]
        if isinstance(driver, str):
            wanted = {"driver": driver, "region": identity["region"]}
            return self._rows("region_shares", wanted, year, "share")
        if str(identity["source_sector"]).startswith(REPORTED):
            return self._reported(identity, year)
        wanted = {"activity_source": identity["statistics_source"]}
        matches = self._rows("activity_uncertainty", wanted, year, "relative")
        return [
            fact
            for fact in matches
            if fact["source_sector"] in {"*", identity["source_sector"]}
            and fact["flag"] in {"*", *flags}
        ]

    def _conversion(self, names: str, year: int) -> list[dict[str, Any]]:
        """Return the calorific values and CO2 factors that a name of conversions lists."""
        facts: list[dict[str, Any]] = []
        for name in re.split(" / |;", names):
            kind, _, fuel = name.partition("co2:")
            facts += (
                self._rows("co2_factors", {"fuel": fuel}, year, "value")
                if fuel
                else self._rows("calorific_values", {"ncv_id": kind}, year, "value")
            )
        return facts

    def _abatement(self, identity: Mapping[str, Any], year: int) -> list[dict[str, Any]]:
        keys = ("scope", "nfr", "fuel", "technology")
        wanted = {name: identity[f"abatement_{name}"] for name in keys}
        used = self._rows("penetration", wanted, year, "penetration")
        controls = dict.fromkeys(fact["control"] for fact in used)
        return [
            *used,
            *(
                fact
                for control in controls
                for fact in self._rows("abatement", {"control": control}, year, "efficiency")
            ),
        ]

    def _rows(
        self, table: str, wanted: Mapping[str, str], year: int, value: str
    ) -> list[dict[str, Any]]:
        if table not in self._tables or not wanted:
            return []
        columns = (table, *wanted)
        if columns not in self._indices:
            index: dict[tuple[str, ...], list[dict[str, str]]] = {}
            for row in self._tables[table]:
                index.setdefault(tuple(row[name] for name in wanted), []).append(row)
            self._indices[columns] = index
        entry = self._indices[columns].get(tuple(wanted.values()), [])
        return [_fact(table, row, value) for row in _anchors(entry, year)]


def _anchors(rows: list[dict[str, str]], year: int) -> list[dict[str, str]]:
    """Return the rows of the anchor years that hold for a year."""
    if not rows or "year" not in rows[0]:
        return rows
    years = {int(row["year"]) for row in rows}
    before = [entry for entry in years if entry <= year]
    after = [item for item in years if item >= year]
    remaining = {*([max(before)] if before else []), *([min(after)] if after else [])}
    return [row for row in rows if int(row["year"]) in remaining]


def _fact(table: str, row: Mapping[str, str], value: str) -> dict[str, Any]:
    names = (value, f"{value}_lower", f"{value}_upper")
    fact: dict[str, Any] = {"table": f"{table}.csv", "row": int(row["_row"])}
    fact |= {
        key: row[name]
        for key, name in zip(("value", "lower", "upper"), names, strict=True)
        if row.get(name)
    }
    extra = ("control", "source_sector", "source_fuel", "flag", "driver", "relative_uncertainty")
    return fact | {name: row[name] for name in (*_SHOWN, *extra) if row.get(name)}
