"""The lineage of a release as a Frictionless data package.

Each file is a resource with its checksum, and says by which steps it was made from which
files with which checksums. Where a table's columns name the rows of facts a row was made
from, they are listed too; so any number can be walked back to rows of files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bc_inventory.release.metadata.file_descriptions import described
from bc_inventory.schema.package import field_of
from bc_inventory.schema.tables import TABLES

__all__ = ["CREATOR", "DATAPACKAGE", "datapackage", "edition_of"]

DATAPACKAGE = "datapackage.json"
CREATOR = "The bc_inventory developers"
_EDITION = re.compile(r"(19|20)\d\d(-\d\d){0,2}")
# Contracts of tables whose file has another name.
_CONTRACTS = {
    "activity_unmapped": "activity_published",
    "climate": "co2_equivalents",
    "points": "point_emissions",
}
_KINDS = {
    "parquet": "application/vnd.apache.parquet",
    "nc": "application/x-netcdf",
    "geojson": "application/geo+json",
    "json": "application/json",
    "html": "text/html",
    "png": "image/png",
}
# Columns of the tables that name a row of an input: table, column, file, column there.
_ROWS = (
    ("activity", "activity_id", "data/activity_mapping.csv", "mapping_id"),
    ("activity", "activity_id", "data/activity_national.csv", "activity_id"),
    ("activity", "ncv_id", "data/calorific_values.csv", "ncv_id"),
    ("emissions", "activity_id", "activity.parquet", "activity_id"),
    ("emissions", "factor_id", "data/emission_factors.csv", "factor_id"),
    ("emissions", "ncv_id", "data/calorific_values.csv", "ncv_id"),
)


def datapackage(core: Mapping[str, Any], version: str) -> str:
    """Return the description of a release as JSON.

    Parameters
    ----------
    core : mapping
        The manifest.
    version : str
        Its version.
    """
    steps = {step["name"]: step for step in core["steps"]}
    described_as = {
        "profile": "data-package",
        "name": core["inventory"],
        "id": f"{core['inventory']}/{version}",
        "title": core["title"],
        "version": version,
        "description": "Black carbon emissions; see README.md. `lineage` of each resource names "
        "the steps and the input files, with SHA-256, that made it.",
        "sources": [
            {
                "title": row.get("title") or row["source_id"],
                "name": row["source_id"],
                "citation": row.get("citation"),
                "licence": row.get("licence"),
                **({"path": row["address"]} if _is_address(row.get("address")) else {}),
            }
            for row in core["sources"]
        ],
        "licenses": _licences(core),
        "contributors": _contributors(core),
        **({"created": _moment(edition)} if (edition := edition_of(core)) else {}),
        "software": dict(core["software"]),
        "inputs": [dict(entry) for entry in core["inputs"]],
        "resources": [_resource(entry, steps) for entry in core["files"]],
    }
    return json.dumps(described_as, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def edition_of(core: Mapping[str, Any]) -> str:
    """Return when the newest of the inputs was published, a year or a date; empty if unknown.

    Parameters
    ----------
    core : mapping
        The manifest. The clock has no part in it, so that the same inputs give the same release.
    """
    stated = [str(row.get("published") or "") for row in core["sources"]]
    return max((text for text in stated if _EDITION.fullmatch(text)), default="")


def _moment(edition: str) -> str:
    """Return the first moment of a year, month or day, as the format wants it."""
    return f"{edition}{'-01-01'[len(edition) - 4 :]}T00:00:00Z"


def _licences(core: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the licences that the inputs come under; whoever passes data on heeds each."""
    by_licence: dict[str, list[str]] = {}
    for row in core["sources"]:
        name = str(row.get("licence_id") or row.get("licence") or "not known")
        by_licence.setdefault(name, []).append(row["source_id"])
    return [
        {
            "name": re.sub(r"[^A-Za-z0-9._-]+", "-", licence).strip("-"),
            "title": licence,
            "sources": sorted(sources),
        }
        for licence, sources in sorted(by_licence.items())
    ]


def _contributors(core: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return who made the release, and who published what it was made from."""
    publishers = {str(row.get("publisher") or "") for row in core["sources"]} - {"", "bc_inventory"}
    return [
        {"title": CREATOR, "role": "author"},
        *({"title": name, "role": "contributor"} for name in sorted(publishers)),
    ]


def _schema(path: str) -> dict[str, Any]:
    """Return the columns of a published table as a Frictionless schema; empty without one."""
    name = path.partition("/")[0].removesuffix(".parquet")
    table = TABLES.get(_CONTRACTS.get(name, name))
    if not path.endswith(".parquet") or path.startswith("facts/") or table is None:
        return {}
    fields = [field_of(table, column) for column in table.columns]
    return {"schema": {"fields": fields, "primaryKey": list(table.key)}}


def _is_address(text: str | None) -> bool:
    return bool(text) and str(text).startswith(("https://", "http://"))


def _resource(entry: Mapping[str, Any], steps: Mapping[str, Any]) -> dict[str, Any]:
    path = str(entry["path"])
    ending = path.rpartition(".")[2]
    fields: dict[str, Any] = {
        "name": "".join(mark if mark.isalnum() else "-" for mark in path.lower()),
        "type": "file",
        "path": path,
        "description": described(path),
        "format": ending,
        "mediatype": _KINDS.get(ending, "application/octet-stream"),
        "bytes": entry["bytes"],
        "hash": f"sha256:{entry['sha256']}",
    }
    fields |= _schema(path)
    if entry["produced_by"] is not None:
        chain = list(_chain(entry["produced_by"]["step"], steps))
        table = path.partition("/")[0].removesuffix(".parquet")
        fields["lineage"] = {
            "steps": [
                {name: steps[step][name] for name in ("name", "function", "code", "parameters")}
                for step in chain
            ],
            "inputs": _inputs(chain, steps),
            "rows": [
                {"column": column, "of": file, "by": key}
                for of, column, file, key in _ROWS
                if of == table
            ],
        }
    return fields


def _chain(name: str, steps: Mapping[str, Any], seen: set[str] | None = None) -> Iterator[str]:
    """Yield a step and all it stands on, those first."""
    seen = set() if seen is None else seen
    if name in seen:
        return
    seen.add(name)
    for used in steps[name]["inputs"].values():
        before, mark, _ = used["origin"].partition(":")
        if mark:
            yield from _chain(before, steps, seen)
    yield name


def _inputs(chain: list[str], steps: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the files and folders that no step made, with their digests."""
    by_name = {
        used["origin"]: used["sha256"]
        for step in chain
        for used in steps[step]["inputs"].values()
        if ":" not in used["origin"]
    }
    return [{"path": path, "sha256": digest} for path, digest in sorted(by_name.items())]
