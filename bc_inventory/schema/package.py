"""Describe the embedded tables: a Frictionless data package and a data dictionary.

Both are made from the contracts, so that they can't say anything else than
what `read_csv` checks. `python -m bc_inventory.schema.package` in a checkout
writes `data/datapackage.json` and `docs/data.md` anew.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from bc_inventory.errors import DataError, Problem
from bc_inventory.schema.contract import Column, Table
from bc_inventory.schema.tables import TABLES

__all__ = ["contracts_of", "descriptor", "dictionary", "field_of", "write"]

# What the format calls a kind of ours.
_TYPES = {"timestamp": "datetime"}
_HOW = "python -m bc_inventory.schema.package"


def contracts_of(data: Path) -> dict[str, Table]:
    """Return the contract of every CSV and Parquet table in a folder.

    A table is known by its columns.

    Parameters
    ----------
    data : Path
        Folder such as the project's `data/`.

    Returns
    -------
    dict of str to Table
        By path relative to `data`, sorted.

    Raises
    ------
    DataError
        Naming each table whose columns are those of no contract, or of several.
    """
    by_name: dict[str, Table] = {}
    problems = []
    for path in sorted([*data.rglob("*.csv"), *data.rglob("*.parquet")]):
        name = path.relative_to(data).as_posix()
        header = _header(path)
        fits = [table for table in TABLES.values() if table.fits(header)]
        if len(fits) == 1:
            by_name[name] = fits[0]
        else:
            problems.append(
                Problem(
                    f"the columns {', '.join(header)}",
                    "the columns of one contract, in its order",
                    name,
                    remedy=f"They fit {', '.join(table.name for table in fits) or 'none'}.",
                )
            )
    if problems:
        raise DataError(problems)
    return by_name


def _header(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return list(pq.read_schema(path).names)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream), [])


def descriptor(data: Path) -> dict[str, Any]:
    """Return the Frictionless descriptor of a folder of facts.

    Parameters
    ----------
    data : Path
        Folder such as the project's `data/`.

    Returns
    -------
    dict
        Data package version 1. Each CSV file is a tabular resource with its
        schema; a Parquet file carries its own schema and is listed as a file.
        A column that also allows `*` has no foreign key, since the format has
        none for it.

    Raises
    ------
    DataError
        See `contracts_of`.
    """
    tables = contracts_of(data)
    files: dict[str, list[str]] = {}
    for path, table in tables.items():
        files.setdefault(table.name, []).append(path)
    names = {
        path: table.name
        if len(files[table.name]) == 1
        else f"{table.name}_{Path(path).stem}".lower()
        for path, table in tables.items()
    }
    single = {table.name for path, table in tables.items() if names[path] == table.name}
    return {
        "profile": "data-package",
        "name": "bc-inventory-facts",
        "title": "Embedded facts of bc_inventory",
        "description": "Activity, emission factors, technology splits, controls, calorific values, "
        "crosswalks and places that black carbon inventories are made of. Rows cite "
        "`sources`, which has the licence of each.",
        "resources": [
            _resource(data / path, path, names[path], table, single)
            for path, table in tables.items()
        ],
    }


def _resource(file: Path, path: str, name: str, table: Table, single: set[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": name, "path": path, "description": table.description}
    if path.endswith(".parquet"):
        return fields | {
            "type": "file",
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
        }
    header = _header(file)
    present = [column for column in table.columns if column.name in header]
    schema: dict[str, Any] = {"fields": [field_of(table, column) for column in present]}
    schema["primaryKey"] = list(table.key)
    keys = [_foreign_key(column) for column in table.columns if _joins(column, single)]
    if keys:
        schema["foreignKeys"] = keys
    return fields | {
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def field_of(table: Table, column: Column) -> dict[str, Any]:
    """Return a column as a Frictionless field: type, unit, description and constraints.

    Parameters
    ----------
    table : Table
        Contract of the column.
    column : Column
        One of its columns.
    """
    mask: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, column.kind),
        "description": column.description,
    }
    if column.unit:
        mask["unit"] = column.unit
    if statistic := table.statistic(column.name):
        mask["statistic"] = statistic
    if column.kind == "boolean":
        mask |= {"trueValues": ["true"], "falseValues": ["false"]}
    limits: dict[str, Any] = {"required": True} if column.required else {}
    if column.minimum is not None:
        limits["minimum"] = _plain(column, column.minimum)
    if column.maximum is not None:
        limits["maximum"] = _plain(column, column.maximum)
    if column.allowed:
        limits["enum"] = [*column.allowed, *(["*"] if column.wildcard else [])]
    if limits:
        mask["constraints"] = limits
    return mask


def _plain(column: Column, limit: float) -> float | int:
    return int(limit) if column.kind == "integer" else float(limit)


def _joins(column: Column, single: set[str]) -> bool:
    """Tell whether a reference can be a foreign key of the package."""
    if column.references is None or column.wildcard:
        return False
    table, field = column.references.split(".")
    return table in single and field in TABLES[table].names


def _foreign_key(column: Column) -> dict[str, Any]:
    table, field = str(column.references).split(".")
    return {"fields": [column.name], "reference": {"resource": table, "fields": [field]}}


def dictionary(data: Path) -> str:
    """Return the data dictionary as Markdown.

    Parameters
    ----------
    data : Path
        Folder such as the project's `data/`; says which tables are embedded.

    Returns
    -------
    str
        A section for each contract.

    Raises
    ------
    DataError
        See `contracts_of`.
    """
    files: dict[str, list[str]] = {}
    for path, table in contracts_of(data).items():
        files.setdefault(table.name, []).append(path)
    lines = [
        "# Data dictionary",
        "",
        f"Made from the contracts by `{_HOW}`; don't edit it by hand.",
        "",
        "An empty cell is an absent value. Columns `x`, `x_lower`, `x_upper` are a value with its "
        "95 % interval, and the interval contains the value. `statistic` says which one of its "
        "distribution a number is: values are expected ones, so that sums of them are too.",
    ]
    for name in sorted(TABLES):
        lines += _section(TABLES[name], files.get(name, []))
    return "\n".join(lines) + "\n"


def _section(table: Table, files: list[str]) -> list[str]:
    folder = sorted({str(Path(path).parent.as_posix()) for path in files})
    if len(files) > 2:
        where = "Files: " + ", ".join(f"`data/{name}/*`" for name in folder)
    elif files:
        where = "File: " + ", ".join(f"`data/{path}`" for path in files)
    else:
        where = "Made or read at run time; no file in `data/`"
    lines = [
        "",
        f"## {table.name}",
        "",
        table.description,
        "",
        f"{where}. Key: {', '.join(f'`{column}`' for column in table.key)}.",
        "",
        "| column | kind | unit | statistic | meaning | allowed |",
        "|---|---|---|---|---|---|",
    ]
    return lines + [
        f"| `{column.name}` | {column.kind}{'' if column.required else ', may be empty'} "
        f"| {column.unit or ''} | {table.statistic(column.name) or ''} "
        f"| {_cell(column.description)} | {_cell(_allowed(column))} |"
        for column in table.columns
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("*", "\\*")


def _allowed(column: Column) -> str:
    parts = []
    if column.allowed:
        parts.append(", ".join(column.allowed))
    if column.references:
        parts.append(column.references)
    if column.unit_like:
        parts.append(f"a unit like {column.unit_like}")
    if column.minimum is not None:
        parts.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        parts.append(f"at most {column.maximum:g}")
    if column.wildcard:
        parts.append("or *")
    if column.default is not None:
        parts.append(f"{column.default} where the file leaves the column out")
    return "; ".join(parts)


def write(root: Path) -> list[Path]:
    """Write `data/datapackage.json` and `docs/data.md` of a checkout.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    list of Path
        The files written.
    """
    data = root / "data"
    texts = {
        data / "datapackage.json": json.dumps(descriptor(data), indent=1, ensure_ascii=False)
        + "\n",
        root / "docs" / "data.md": dictionary(data),
    }
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


if __name__ == "__main__":
    for written in write(Path.cwd()):
        print(written)
