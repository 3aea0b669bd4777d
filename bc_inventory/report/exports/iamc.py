"""The time series format of the Integrated Assessment Modeling Consortium.

One row for each model, scenario, region, variable and unit, one column a year;
`pyam` reads the CSV. Sub-variables of one level add up to their parent.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory.reference.naming import names_by_domain
from bc_inventory.release.sanitize import for_spreadsheet
from bc_inventory.schema.enumerations import Level

__all__ = ["iamc_table", "write_iamc"]

_UNIT = "kt BC/yr"
_INDEX = ["Model", "Scenario", "Region", "Variable", "Unit"]
# Sub-variables for the interval, as percentiles of the draws.
_VALUES = {
    "emission_kt": "",
    "lower_kt": "|2.5th Percentile",
    "median_kt": "|50.0th Percentile",
    "upper_kt": "|97.5th Percentile",
}


def iamc_table(
    totals: pd.DataFrame,
    regions: pd.DataFrame,
    *,
    model: str,
    levels: tuple[Level, ...] = (Level.SIDE, Level.SIDE_GNFR, Level.REGION, Level.REGION_GNFR),
) -> pd.DataFrame:
    """Return totals in the wide IAMC layout.

    Parameters
    ----------
    totals : pandas.DataFrame
        Contract `totals`. The factor set becomes the scenario.
    regions : pandas.DataFrame
        Contract `regions`, for their names.
    model : str
        Name of the model column.
    levels : tuple of Level
        Which totals.

    Returns
    -------
    pandas.DataFrame
        Model, Scenario, Region, Variable, Unit, and a column a year (text).
        `Emissions|BC`, `Emissions|BC|<sector>` and their percentiles. What is incomplete in a
        year is blank.
    """
    rows = totals[totals["level"].isin(levels)]
    names = dict(zip(regions["region"], regions["name"], strict=True))
    names |= {code: name.en for code, name in names_by_domain(totals["region"]).items()}
    place = rows["region"].where(rows["region"] != "*", rows["side"]).map(names)
    code = rows["gnfr"].where(rows["gnfr"] != "*", rows["nfr"])
    sector = code.str.partition("_")[2].where(code != "*", "")
    base = "Emissions|BC" + ("|" + sector).where(sector != "", "")
    parts = []
    for column, suffix in _VALUES.items():
        frame = pd.DataFrame(
            {
                "Model": for_spreadsheet(model),
                "Scenario": rows["factor_set"],
                "Region": place.map(_plain),
                "Variable": base + suffix,
                "Unit": _UNIT,
                "year": rows["year"],
                "value": rows[column],
            }
        )
        parts.append(frame)
    long = pd.concat(parts, ignore_index=True)
    wide = long.pivot_table(
        index=_INDEX, columns="year", values="value", aggfunc="first"
    ).reset_index()
    wide.columns = pd.Index([str(name) for name in wide.columns])
    return wide.sort_values(_INDEX, ignore_index=True)


def _plain(name: object) -> str:
    # A pipe parts the levels of a name in this format.
    return for_spreadsheet(name).replace("|", "/")


def write_iamc(totals: pd.DataFrame, regions: pd.DataFrame, path: Path, *, model: str) -> Path:
    """Write totals as an IAMC CSV file; see `iamc_table`.

    Parameters
    ----------
    totals, regions, model
        See `iamc_table`.
    path : Path
        File to write; its folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    iamc_table(totals, regions, model=model).to_csv(path, index=False, lineterminator="\n")
    return path
