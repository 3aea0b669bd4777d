"""Rows of `technology_shares` for road vehicles and machinery, from the fleet model.

Factors of stages are those of vehicles in order. Where a fleet mean of GAINS lies above the mean
of the stages, a share h of the fuel goes to high emitters, the same at each stage:

    h = (fleet mean - mean of stages) / (factor of high emitters - mean of stages)

at most 0.95. Fleet means are linear between their years.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bc_inventory import units
from bc_inventory.schema import table
from curation.fleet import Survival, balanced, growing, interpolated, stage_shares
from curation.intervals import rounded_outwards
from curation.maker import Maker, Roots, by_source, parameters, read_fact

__all__ = ["MAKER", "fleet_rows", "share_rows", "technology_mix"]

SOURCE = "bcinv-fleet-model"
_MOST_HIGH = 0.95  # share of the fuel, at most, that high emitters take
_TWO_STROKE = 2


def fleet_rows(roots: Roots) -> pd.DataFrame:
    """Return the rows of every fleet, contract `technology_shares`."""
    curves = parameters("fleet_curves").set_index(["curve", "year"])["value"]
    stages = parameters("fleet_stages")
    means = (
        parameters("fleet_means").set_index(["scope", "nfr", "fuel", "year"])["value"].sort_index()
    )
    result = []
    for fleet in parameters("fleets").to_dict("records"):
        shares = technology_mix(fleet, stages[stages["stages"] == fleet["stages"]], curves)
        if isinstance(fleet["high"], str):
            mean = means.loc[(fleet["scope"], fleet["nfr"], fleet["fuel"])]
            shares = _with_high_emitters(shares, fleet, mean, _factors(roots, fleet["fuel"]))
        result.append(share_rows(shares, fleet))
    return pd.concat(result, ignore_index=True)


def technology_mix(
    fleet: dict[str, Any],
    stages: pd.DataFrame,
    curves: pd.Series,
    ratios: Mapping[int, npt.NDArray[np.float64]] | None = None,
) -> pd.DataFrame:
    """Return the shares of a fleet before high emitters, rows technologies, columns years.

    Parameters
    ----------
    fleet : dict
        A row of `curation/tables/fleets.csv`.
    stages : pandas.DataFrame
        Its rows of `fleet_stages.csv`.
    curves : pandas.Series
        Values of `fleet_curves.csv` by curve and year.
    ratios : mapping of int to numpy.ndarray, optional
        See `curation.fleet.stage_shares`.
    """
    years = [int(year) for year in fleet["years"].split()]
    sales = (
        interpolated(curves[fleet["sales"]])
        if isinstance(fleet["sales"], str)
        else growing(fleet["growth"])
    )
    survival = Survival(fleet["lifetime"], fleet["steepness"], fleet["mileage_decay"])
    first = stages.drop_duplicates("order")["first_year"].dropna().astype(int)
    of_stage = stage_shares(years, first.tolist(), sales, survival, ratios)
    parts = of_stage.loc[stages["order"]].mul(stages["part"].to_numpy(), axis=0)
    if isinstance(fleet["two_stroke"], str):
        two = curves[fleet["two_stroke"]].reindex(years)
        is_two = (stages["strokes"] == _TWO_STROKE).to_numpy()[:, None]
        parts = parts * np.where(is_two, two.to_numpy(), 1.0 - two.to_numpy())
    parts.index = pd.Index(stages["technology"])
    return parts.groupby(level=0, sort=False).sum()


def _factors(roots: Roots, fuel: str) -> pd.Series:
    """Return the harmonised factors of a fuel, g/GJ by technology.

    Fleet means of GAINS are per energy by one calorific value for all regions, the IPCC's, which
    stands in the table for the EU.
    """
    rows = read_fact(roots, "emission_factors")
    rows = rows[(rows["factor_set"] == "harmonised") & (rows["fuel"] == fuel)]
    rows = rows[rows["unit"].isin(["g/GJ", "g/kg"])].drop_duplicates("technology")
    net = read_fact(roots, "calorific_values")
    net = net[(net["fuel"] == fuel) & (net["scope"] == "EU") & (net["unit"] == "MJ/kg")]
    per_energy = units.factor("g/MJ", "g/GJ") / net["value"].iloc[0]
    rows = rows.set_index("technology")
    factor = rows["value"].where(rows["unit"] == "g/GJ", rows["value"] * per_energy)
    # Factors of road vehicles are taken before they are rounded for `emission_factors`.
    basis = read_fact(roots, "road_factor_basis").query("fuel == @fuel").set_index("technology")
    road = basis["pm25"] * basis["ec_fraction"] / basis["energy"]
    road *= units.factor("mg/MJ", "g/GJ")
    return road.combine_first(factor)


def _with_high_emitters(
    shares: pd.DataFrame, fleet: dict[str, Any], mean: pd.Series, factor: pd.Series
) -> pd.DataFrame:
    """Give a share of the fuel to high emitters, of each stage (`*_high`) or as a class."""
    each = fleet["high"].startswith("*")
    suffix = fleet["high"][1:] if each else ""
    high_factor = factor[shares.index[0] + suffix if each else fleet["high"]]
    of_stages = shares.mul(factor.reindex(shares.index), axis=0).sum()
    goal = interpolated(mean).reindex(shares.columns)
    high = ((goal - of_stages) / (high_factor - of_stages)).clip(0.0, _MOST_HIGH)
    low = shares * (1.0 - high)
    if each:
        return pd.concat([low, (shares * high).rename(index=lambda name: name + suffix)])
    return pd.concat([low, pd.DataFrame([high], index=[fleet["high"]])])


def share_rows(shares: pd.DataFrame, fleet: dict[str, Any]) -> pd.DataFrame:
    """Return rows of `technology_shares` of a fleet.

    Parameters
    ----------
    shares : pandas.DataFrame
        Rows technologies, columns years.
    fleet : dict
        A row of `curation/tables/fleets.csv`.
    """
    rounded = shares.apply(balanced)
    used = rounded[rounded.max(axis=1) > 0]
    long = used.rename_axis("technology").reset_index().melt("technology", None, "year", "share")
    bounds = rounded_outwards(long["share"], pd.Series(fleet["deviation"], long.index))
    result = pd.concat([long, bounds], axis=1).assign(
        **{name: fleet[name] for name in ("scope", "nfr", "fuel", "confidence", "note")},
        source_id=SOURCE,
    )
    result["year"] = result["year"].astype("int64")
    rules = table("technology_shares")
    return rules.filled(result)[rules.names]


MAKER = Maker(
    "fleets",
    "technology_shares.csv",
    "stage dates, sales, survival and use by age; high emitters bring the mean of the stages to "
    "the fleet mean of GAINS",
    (
        "curation/tables/fleets.csv",
        "curation/tables/fleet_stages.csv",
        "curation/tables/fleet_curves.csv",
        "curation/tables/fleet_means.csv",
        "data/emission_factors.csv",
        "data/road_factor_basis.csv",
        "data/calorific_values.csv",
    ),
    lambda roots: {"technology_shares.csv": fleet_rows(roots)},
    by_source(SOURCE),
)
