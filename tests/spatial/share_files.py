"""Shares of proxies as files, for tests of the steps that read them."""

from pathlib import Path

import pandas as pd

from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.proxy_shares import make_shares, write_shares
from bc_inventory.spatial.tables import read_tables


def write_shares_of(table: pd.DataFrame, folder: Path, resolution: float) -> Path:
    """Write where the emissions of a table lie on a grid of both sides; return the folder."""
    counted = table[table["emission_kt"].notna() & ~table["memo"].astype(bool)]
    write_shares(make_shares(counted, make_grid(resolution, "all"), read_tables()), folder)
    return folder
