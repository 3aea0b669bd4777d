"""The checks of an inventory review: completeness, implied factors, time series.

EMEP/EEA Guidebook part A ch. 6 (inventory management, QA/QC); stage 1 and 2
tests of the EMEP review. Limits are rows of `data/review_limits.csv` and
`data/implied_factor_ranges.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import DataError, Problem, suggest

__all__ = [
    "completeness",
    "implied_factor_outliers",
    "judge_implied_factor",
    "series_breaks",
    "summary",
]

# Scaled so that the median absolute deviation of a normal is its standard deviation.
_MAD_TO_SIGMA = 1.4826


def completeness(emissions: pd.DataFrame) -> pd.DataFrame:
    """Map what each region reports for each category.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`.

    Returns
    -------
    pandas.DataFrame
        year, region, nfr, state: `figure`, `figure and NE` where a part has no
        figure, a notation key, or `nothing` where a category that another
        region of the table has is without a row.
    """
    by = ["year", "region", "nfr"]
    figure = emissions.groupby(by)["emission_kt"].count() > 0
    keyed = emissions[emissions["notation_key"].notna()]
    keys = keyed.groupby(by)["notation_key"].agg(lambda keys: "/".join(sorted(set(keys))))
    every = pd.MultiIndex.from_product([emissions[name].unique() for name in by], names=by)
    has = figure.astype(object).reindex(every).eq(True)
    key = keys.astype(object).reindex(every).fillna("")
    words = pd.Series("nothing", index=every, dtype=object)
    words[has] = "figure"
    words[has & (key != "")] = "figure and " + key
    words[~has & (key != "")] = key
    return words.rename("state").reset_index().sort_values(by, ignore_index=True)


def implied_factor_outliers(
    emissions: pd.DataFrame, limits: Mapping[str, float], ranges: pd.DataFrame
) -> pd.DataFrame:
    """Hold each region's implied factor against all regions and the guidebook's range.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions` of one year and factor set.
    limits : mapping of str to float
        `outlier_robust_z`, `outlier_least_regions`.
    ranges : pandas.DataFrame
        nfr, fuel, unit, lower, upper: ends of the guidebook's intervals.

    Returns
    -------
    pandas.DataFrame
        region, nfr, fuel, emission_kt, unit, implied_factor (emission per
        activity, after control), median (over regions), robust_z (of logarithms; NaN below
        the least number of regions), lower, upper, outlier, outside_range.
    """
    by = ["nfr", "fuel", "activity_unit", "emission_factor_unit"]
    rows = emissions[(emissions["emission_kt"] > 0) & (emissions["activity"] > 0)]
    rows = rows.assign(used=rows["activity"] * rows["share"])
    sums = rows.groupby([*by, "region"], as_index=False)[["emission_kt", "used"]].sum()
    sums["unit"] = sums["emission_factor_unit"]
    pairs = {
        (per, unit): units.factor(f"kt / ({unit})", per)
        for per, unit in zip(sums["unit"], sums["activity_unit"], strict=True)
    }
    scale = [pairs[key] for key in zip(sums["unit"], sums["activity_unit"], strict=True)]
    sums["implied_factor"] = sums["emission_kt"] / sums["used"] * scale
    logarithm = np.log(sums["implied_factor"])
    group = logarithm.groupby([sums[name] for name in by])
    centre = group.transform("median")
    spread = (logarithm - centre).abs().groupby([sums[name] for name in by]).transform("median")
    spread = (spread * _MAD_TO_SIGMA).where(
        group.transform("size") >= limits["outlier_least_regions"]
    )
    sums["median"] = np.exp(centre)
    # More than half of the regions on one value: any other is judged by the range alone.
    sums["robust_z"] = (logarithm - centre) / spread.where(spread > 1e-9)
    sums["outlier"] = sums["robust_z"].abs() > limits["outlier_robust_z"]
    sums = sums.merge(ranges, on=["nfr", "fuel", "unit"], how="left")
    factor = sums["implied_factor"]
    sums["outside_range"] = (factor < sums["lower"]) | (factor > sums["upper"])
    columns = ["region", "nfr", "fuel", "emission_kt", "unit", "implied_factor", "median"]
    columns.append("robust_z")
    return sums[[*columns, "lower", "upper", "outlier", "outside_range"]]


def judge_implied_factor(
    emission: float,
    emission_unit: str,
    activity: float,
    activity_unit: str,
    quantity: str,
    species: str,
    ranges: pd.DataFrame,
) -> pd.Series:
    """Say whether an emission per activity is credible.

    Parameters
    ----------
    emission, activity : float
        As printed, in their units. Activity above zero.
    emission_unit, activity_unit : str
        Units as printed.
    quantity, species : str
        Row of `ranges`.
    ranges : pandas.DataFrame
        Contract `implied_factor_ranges`.

    Returns
    -------
    pandas.Series
        implied_factor, unit, lower, upper, credible, times_outside (how many
        times it lies above or below the range, 1 inside).

    Raises
    ------
    DataError
        If the quantity isn't in the table, or the activity isn't above zero.
    UnitError
        If the units don't give the unit of the range.
    """
    row = ranges[(ranges["quantity"] == quantity) & (ranges["species"] == species)]
    if row.empty or not activity > 0:
        raise DataError(
            [
                Problem(
                    found=f"{quantity!r} of {species!r}" if row.empty else f"activity {activity:g}",
                    expected="a quantity of implied_factor_ranges" if row.empty else "above zero",
                    remedy=suggest(quantity, ranges["quantity"]),
                )
            ]
        )
    known = row.iloc[0]
    factor = (
        emission / activity * units.factor(f"{emission_unit} / ({activity_unit})", known["unit"])
    )
    outside = max(factor / known["upper"], known["lower"] / factor if factor else np.inf, 1.0)
    return pd.Series(
        {
            "implied_factor": factor,
            "unit": known["unit"],
            "lower": known["lower"],
            "upper": known["upper"],
            "credible": outside == 1.0,
            "times_outside": outside,
        }
    )


def series_breaks(compared: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Find jumps and dips of time series.

    Parameters
    ----------
    compared : pandas.DataFrame
        Contract `compared`.
    limits : mapping of str to float
        `break_robust_z`, `break_least_change`.

    Returns
    -------
    pandas.DataFrame
        inventory, region, sector, year (the later one), emission_kt,
        previous_kt, change (fraction a year), robust_z, of steps between
        neighbouring figures only where they stand out. A step from or to zero
        is one, with robust_z infinite.
    """
    by = ["inventory", "region", "sector"]
    rows = compared[compared["emission_kt"].notna()].sort_values([*by, "year"])
    grouped = rows.groupby(by, sort=False)
    rows = rows.assign(
        previous_kt=grouped["emission_kt"].shift(), span=grouped["year"].diff()
    ).dropna(subset=["previous_kt"])
    now, before = rows["emission_kt"], rows["previous_kt"]
    positive = (now > 0) & (before > 0)
    step = np.log(now.where(positive) / before.where(positive)) / rows["span"]
    keys = [rows[name] for name in by]
    centre = step.groupby(keys).transform("median")
    spread = (step - centre).abs().groupby(keys).transform("median") * _MAD_TO_SIGMA
    robust = (step - centre).div(spread.where(spread > 1e-12, 1e-12))
    rows = rows.assign(change=np.expm1(step), robust_z=robust)
    from_zero = ~positive & (now != before)
    rows.loc[from_zero, "robust_z"] = np.where(now[from_zero] > 0, np.inf, -np.inf)
    least = np.log1p(limits["break_least_change"])
    breaks = (rows["robust_z"].abs() > limits["break_robust_z"]) & (
        (step.abs() > least) | from_zero
    )
    columns = [*by, "year", "emission_kt", "previous_kt", "change", "robust_z"]
    return rows.loc[breaks, columns].reset_index(drop=True)


def summary(
    complete: pd.DataFrame,
    outliers: pd.DataFrame,
    breaks: pd.DataFrame | None,
    emissions: pd.DataFrame,
) -> pd.DataFrame:
    """Return the checks of a review with their verdicts.

    Parameters
    ----------
    complete, outliers, breaks : pandas.DataFrame
        From the functions of this module; no breaks where there is no series.
    emissions : pandas.DataFrame
        Contract `emissions`.

    Returns
    -------
    pandas.DataFrame
        check, passed (NA where nothing could be tested), findings (number of
        findings), detail.
    """
    unknown = complete[complete["state"].isin(["NE", "nothing"])]
    counted = emissions[emissions["emission_kt"].notna()]
    outside = counted[
        (counted["emission_kt"] < counted["lower_kt"])
        | (counted["emission_kt"] > counted["upper_kt"])
    ]
    above = counted[counted["emission_kt"] > counted["pm25_kt"] * (1 + 1e-9)]
    silent = counted[counted["factor_source"].isna() | counted["activity_source"].isna()]
    checks = [
        ("every category has a figure or a reason other than NE", unknown, ["region", "nfr"]),
        ("implied factors near those of other regions", outliers[outliers["outlier"]], None),
        ("implied factors within the guidebook's range", outliers[outliers["outside_range"]], None),
        ("time series without breaks", breaks, ["inventory", "region", "sector", "year"]),
        ("every figure lies in its interval", outside, ["region", "nfr", "fuel"]),
        ("black carbon never exceeds PM2.5", above, ["region", "nfr", "fuel"]),
        ("every figure names its sources", silent, ["region", "nfr", "fuel"]),
    ]
    rows = []
    for name, failing, columns in checks:
        if failing is None:
            rows.append((name, pd.NA, 0, "one year, no series"))
            continue
        shown = failing[columns or ["region", "nfr", "fuel"]].astype(str).drop_duplicates()
        listed = "; ".join(shown.head(5).agg(" ".join, axis=1)) if len(shown) else ""
        more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
        rows.append((name, failing.empty, len(shown), listed + more))
    result = pd.DataFrame(rows, columns=["check", "passed", "findings", "detail"])
    return result.astype({"passed": "boolean"})
