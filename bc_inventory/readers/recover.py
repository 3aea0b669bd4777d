"""Turn published emissions back into the activity they were computed from.

Where a publisher multiplied activity by a constant, division by the constant gives the
activity. `data/activity_recovery.csv` holds the constants with their sources: `exact` where
the publisher used this very figure, so that the activity comes back to the digits of the
statistics; `mean_factor` where one mean stands for several figures.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import JoinError, Problem
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import read_csv

__all__ = ["recover"]

# Process CO2 of non-metallic minerals is that of clinker alone.
_PROCESS = ("process", "nonmetallic_minerals", "cement")
_KEY = ["year", "source_region", "region", "region_level", "source_sector", "source_fuel"]


def recover(frame: pd.DataFrame, sources: tuple[str, ...] = ("ceads",)) -> pd.DataFrame:
    """Return the activity behind published CO2.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `activity_read`, CO2 by the publisher's sectors and fuels.
    sources : tuple of str
        Sources whose figures are recovered; others are returned as they are.

    Returns
    -------
    pandas.DataFrame
        Contract `activity_read`: sectors summed to those of `data/activity_groups.csv`,
        quantities in the unit of `data/activity_recovery.csv`, rounded to the digits that
        it holds for, `flag` exact or mean_factor. Figures that round to zero, and fuels
        without a divisor (no statistics of them are used), are left out.

    Raises
    ------
    JoinError
        If a sector has no group.
    """
    mask = frame["source_id"].isin(sources)
    grouped = _grouped(frame[mask])
    result = _divide(grouped)
    return pd.concat([frame[~mask], result[frame.columns]], ignore_index=True)


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    groups = read_csv(data_root() / "activity_groups.csv", "activity_groups")
    name = groups.set_index(["activity_source", "source_sector"])["activity_sector"]
    keys = pd.MultiIndex.from_frame(frame[["source_id", "source_sector"]])
    sector = pd.Series(name.reindex(keys).to_numpy(), index=frame.index)
    if sector.isna().any():
        lost = sorted(set(frame.loc[sector.isna(), "source_sector"]))
        raise JoinError(
            Problem(f"the sector {item!r}", "a group of it", "activity_groups.csv") for item in lost
        )
    process, minerals, product = _PROCESS
    is_process = frame["source_fuel"] == process
    mask = ~is_process | sector.str.endswith(minerals)
    sector = sector.where(~is_process, sector.str.split(":").str[0] + ":" + product)
    fuel = frame["source_fuel"].where(~is_process, product)
    result = frame.assign(source_sector=sector, source_fuel=fuel)[mask]
    columns = [*_KEY, "unit", "source_id"]
    return result.groupby(columns, as_index=False, sort=False)["quantity"].sum()


def _divide(frame: pd.DataFrame) -> pd.DataFrame:
    table = read_csv(data_root() / "activity_recovery.csv", "activity_recovery")
    columns = ["source_sector", "source_fuel", "value", "quantity_unit", "flag", "digits"]
    rules = table[columns].assign(source_id=table["activity_source"], per=table["unit"])
    keys = ["source_id", "source_fuel"]
    merged = frame.merge(rules, on=[*keys, "source_sector"], how="left")
    wide = rules[rules["source_sector"] == "*"].drop(columns="source_sector")
    for_all = frame.merge(wide, on=keys, how="left")
    values = merged.where(merged["value"].notna(), for_all)
    values = values[values["value"].notna()]
    pairs = values[["unit", "per", "quantity_unit"]].drop_duplicates()
    scale = {
        (unit, per, to): units.factor(f"{unit}/({per})", to)
        for unit, per, to in pairs.itertuples(index=False)
    }
    factor = [
        scale[row]
        for row in zip(values["unit"], values["per"], values["quantity_unit"], strict=True)
    ]
    quantity = values["quantity"].astype(float) * factor / values["value"].astype(float)
    digits = values["digits"].astype(int)
    rounded = np.where(
        values["flag"] == "exact",
        np.round(quantity.to_numpy() * 10.0**digits) / 10.0**digits,
        _significant(quantity, digits),
    )
    values = values.assign(
        quantity=rounded, unit=values["quantity_unit"], notation_key=None, note=None
    )
    return values[values["quantity"] > 0].astype({"year": "int64"})


def _significant(values: pd.Series, digits: pd.Series) -> np.ndarray:
    with np.errstate(divide="ignore"):
        place = digits - 1 - np.floor(np.log10(values.where(values > 0, 1.0))).astype(int)
    power = 10.0 ** place.to_numpy(dtype=float)
    return np.round(values.to_numpy() * power) / power
