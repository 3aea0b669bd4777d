"""Coke of China: output, provinces, and what ovens capture.

A unit-based inventory of independent plants (Chen et al. 2023) gives PM2.5 and CO2 of 2001 and
2018. CO2 goes with coke, so the PM2.5 of a tonne of coke fell to 8 %. Capture is what makes the
generation factor fall like that, at a constant rate, from ovens without it in 2001.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.schema import table
from curation.fleet import balanced
from curation.maker import Maker, Roots, by_source, parameters, read_fact

__all__ = ["MAKERS", "captured", "gaps_filled"]

_NATIONAL, _REGIONS, _CONTROL = "activity_national.csv", "region_shares.csv", "penetration.csv"
_MONTHS = "data-new/nbs-monthly-industry-output-by-province/monthly_industry_stats.csv"
_BALANCES = "data-new/ceads-provincial-energy-2011-2022/derived_selected_rows_2011_2022.csv"
_SERIES = "Output: Coke: YTD"
# Before 2010 the monthly series lacks small plants.
_FIRST = 2010
_HALF_WIDTH, _PROVINCE = 0.05, 0.15
_NBS, _CEADS, _CHEN = "nbs-monthly", "ceads-energy-2022", "chen-2023"


def _output(roots: Roots) -> dict[str, pd.DataFrame]:
    text = pd.read_csv(roots.shared / _MONTHS, skiprows=1, dtype=str, encoding="utf-8-sig")
    rows = text[text["Name"].str.endswith("-12")]
    year = rows["Name"].str[:4].astype(int)
    figures = rows[_SERIES].str.strip().str.replace(",", "").astype(float)[year >= _FIRST]
    quantity = units.convert(figures.to_numpy(), "1e4 t", "Mt")
    made = pd.DataFrame(
        {
            "year": year[year >= _FIRST].to_numpy(),
            "quantity": quantity.round(1),
            "quantity_lower": (quantity * (1 - _HALF_WIDTH)).round(2),
            "quantity_upper": (quantity * (1 + _HALF_WIDTH)).round(2),
        }
    ).assign(
        activity_id="cn-coke",
        scope="CN",
        nfr="1A1c",
        fuel="coke_product",
        unit="Mt",
        driver="coke-output",
        tier=2,
        confidence="high",
        source_id=_NBS,
        note="December of the series from January on",
    )
    rules = table("activity_national")
    return {_NATIONAL: rules.filled(made)[rules.names]}


def gaps_filled(output: pd.DataFrame) -> pd.DataFrame:
    """Return output by region and year without the zeros that stand for missing figures.

    A zero between years with output is interpolated; other zeros are none.

    Examples
    --------
    >>> years = pd.DataFrame({2014: [20.0, 0.0], 2015: [0.0, 0.0], 2016: [30.0, 5.0]})
    >>> gaps_filled(years)[2015].tolist()
    [25.0, 0.0]
    """
    made = output.mask(output == 0).interpolate(axis="columns", limit_area="inside")
    return made.fillna(0.0)


def _provinces(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = pd.read_csv(roots.shared / _BALANCES)
    names = read_fact(roots, "regions").query("side == 'CN'").set_index("name")["region"]
    names.index = names.index.str.replace(" ", "")
    region = rows["province"].map(names)
    output = gaps_filled(
        rows.assign(region=region).pivot_table("coke_output", index="region", columns="year")
    )
    parts = []
    for year, figures in output.items():
        share = balanced(figures / figures.sum(), 6).rename("share")
        parts.append(share[share > 0].rename_axis("region").reset_index().assign(year=year))
    made = pd.concat(parts, ignore_index=True).assign(
        driver="coke-output",
        relative_uncertainty=_PROVINCE,
        source_id=_CEADS,
        note="coke in the coking rows of the provincial balances",
    )
    return {_REGIONS: made[table("region_shares").names]}


def captured(year: int, efficiency: float) -> float:
    """Return the part of ovens whose charging and pushing are captured.

    Parameters
    ----------
    year : int
        Calendar year; before and after the inventory's years as in its first and last.
    efficiency : float
        Of the filter.
    """
    facts = parameters("coke").set_index("fact")
    first, last = (int(facts.loc["pm25", name]) for name in ("from_year", "to_year"))
    left = facts.loc["pm25", "value"] / facts.loc["activity", "value"]
    progress = (np.clip(year, first, last) - first) / (last - first)
    return float((1.0 - left**progress) / efficiency)


def _control(roots: Roots) -> dict[str, pd.DataFrame]:
    abatement = read_fact(roots, "abatement").set_index("control")
    efficiency = float(abatement.loc["coke_oven_capture", "efficiency"])
    rows = read_fact(roots, "penetration")
    key = rows.loc[by_source(_CHEN)(rows), list(table("penetration").key)].copy()
    key["penetration"] = [round(captured(year, efficiency), 3) for year in key["year"]]
    return {_CONTROL: key}


MAKERS = (
    Maker(
        "coke output of China",
        _NATIONAL,
        "December of NBS's series from January on",
        (f"shared/{_MONTHS}",),
        _output,
        lambda frame: frame["activity_id"].eq("cn-coke") & by_source(_NBS)(frame),
    ),
    Maker(
        "coke by province",
        _REGIONS,
        "coke in the coking rows of the provincial balances; a zero between years with output is "
        "interpolated",
        (f"shared/{_BALANCES}",),
        _provinces,
        lambda frame: frame["driver"].eq("coke-output") & by_source(_CEADS)(frame),
    ),
    Maker(
        "capture of coke ovens",
        _CONTROL,
        "what makes the generation factor fall as the PM2.5 of a tonne of coke did, at a constant "
        "rate",
        ("curation/tables/coke.csv", "data/abatement.csv", "data/penetration.csv"),
        _control,
        by_source(_CHEN),
        ("penetration",),
    ),
)
