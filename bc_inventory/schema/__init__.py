"""Contracts of every table that crosses a border.

A contract names the columns, their kinds, units and limits, the key, and
which triples of columns are a value with its interval. `read_csv` and `check`
hold a table to it and report every breach; `write_parquet, write_tables` puts it into the
file's metadata. The documentation and `data/datapackage.json` are generated
from the same objects.
"""

from bc_inventory.schema.check import check, require_unique, shares_at_most_one
from bc_inventory.schema.contract import Column, Interval, Table
from bc_inventory.schema.read import read_csv, read_parquet
from bc_inventory.schema.tables import TABLES, table
from bc_inventory.schema.write import (
    arrow_schema,
    write_csv,
    write_dataset,
    write_parquet,
    write_tables,
)

__all__ = [
    "TABLES",
    "Column",
    "Interval",
    "Table",
    "arrow_schema",
    "check",
    "read_csv",
    "read_parquet",
    "require_unique",
    "shares_at_most_one",
    "table",
    "write_csv",
    "write_dataset",
    "write_parquet",
    "write_tables",
]
