"""Write tables so that the file itself says what its columns mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bc_inventory.schema.check import check
from bc_inventory.schema.contract import Table
from bc_inventory.schema.tables import table as find_table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_schema", "write_csv", "write_dataset", "write_parquet", "write_tables"]


def arrow_schema(contract: str | Table) -> pa.Schema:
    """Return the Arrow schema of a contract, units and prose in its metadata.

    Parameters
    ----------
    contract : str or Table
        Contract, or its name.

    Returns
    -------
    pyarrow.Schema
        Each field's metadata holds `description` and, where it has them,
        `units` and `statistic`; the schema's own metadata holds the contract as JSON.
    """
    import pyarrow as pa

    rules = _rules_of(contract)
    types = {
        "string": pa.string(),
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "timestamp": pa.timestamp("ms", tz="UTC"),
    }
    fields = []
    for column in rules.columns:
        metadata = {"description": column.description}
        if column.unit:
            metadata["units"] = column.unit
        if statistic := rules.statistic(column.name):
            metadata["statistic"] = statistic
        fields.append(
            pa.field(
                column.name, types[column.kind], nullable=not column.required, metadata=metadata
            )
        )
    described = {"name": rules.name, "description": rules.description, "key": list(rules.key)}
    return pa.schema(fields, metadata={"bc_inventory_contract": json.dumps(described)})


def _rules_of(contract: str | Table) -> Table:
    return find_table(contract) if isinstance(contract, str) else contract


def _in_order(frame: pd.DataFrame, rules: Table) -> pd.DataFrame:
    """Return the columns of the contract, sorted by its key, so that bytes repeat."""
    return frame.sort_values(list(rules.key), kind="stable")[rules.names]


def write_parquet(
    frame: pd.DataFrame,
    contract: str | Table,
    path: Path,
    *,
    metadata: dict[str, Any] | None = None,
) -> Path:
    """Write a table as one Parquet file, sorted by its key, the same bytes each time.

    Parameters
    ----------
    frame : pandas.DataFrame
        A checked table.
    contract : str or Table
        Contract, or its name.
    path : Path
        File to write; its folder is made.
    metadata : dict, optional
        More key-value metadata of the file, stored as JSON.

    Returns
    -------
    Path
        `path`.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rules = _rules_of(contract)
    schema = arrow_schema(rules)
    if metadata:
        more = {key: json.dumps(value) for key, value in metadata.items()}
        schema = schema.with_metadata({**(schema.metadata or {}), **more})
    ordered = _in_order(frame, rules)
    arrow = pa.Table.from_pandas(ordered, schema=schema, preserve_index=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(arrow, path, compression="zstd", compression_level=6, write_statistics=True)
    return path


def write_tables(frames: Mapping[str, pd.DataFrame], paths: Mapping[str, Path]) -> None:
    """Check tables and write each as a Parquet file under the contract of its name.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Tables by the name of their contract; columns beyond it are left out.
    paths : mapping of str to Path
        File of each.

    Raises
    ------
    DataError
        If a table breaks its contract.
    """
    for name, frame in frames.items():
        wanted = find_table(name)
        write_parquet(check(frame.reindex(columns=wanted.names), wanted), wanted, paths[name])


def write_dataset(frame: pd.DataFrame, contract: str | Table, folder: Path, partition: str) -> Path:
    """Write a table as a hive-partitioned folder of Parquet files.

    Parameters
    ----------
    frame : pandas.DataFrame
        A checked table.
    contract : str or Table
        Contract, or its name.
    folder : Path
        Folder to make, such as `emissions`.
    partition : str
        Column to partition by; its value stands in the folder's name, as in
        `emissions/side=EU/part-0.parquet`, and not in the file.

    Returns
    -------
    Path
        `folder`.
    """
    rules = _rules_of(contract)
    inner = replace(
        rules,
        columns=tuple(column for column in rules.columns if column.name != partition),
        key=tuple(name for name in rules.key if name != partition),
    )
    for value, part in frame.groupby(partition, sort=True):
        write_parquet(part, inner, folder / f"{partition}={value}" / "part-0.parquet")
    return folder


def write_csv(frame: pd.DataFrame, contract: str | Table, path: Path) -> Path:
    """Write a table as CSV in the contract's order, sorted by its key.

    A column that has its default in every row is left out.

    Parameters
    ----------
    frame : pandas.DataFrame
        A checked table.
    contract : str or Table
        Contract, or its name.
    path : Path
        File to write; its folder is made.

    Returns
    -------
    Path
        `path`.
    """
    rules = _rules_of(contract)
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = _in_order(rules.filled(frame), rules).copy()
    for column in rules.columns:
        if column.default is not None and (ordered[column.name] == column.default).all():
            ordered = ordered.drop(columns=column.name)
        if column.kind == "boolean":
            ordered[column.name] = ordered[column.name].map({True: "true", False: "false"})
        elif column.kind == "timestamp":
            ordered[column.name] = ordered[column.name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    ordered.to_csv(path, index=False, lineterminator="\n")
    return path
