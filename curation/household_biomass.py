"""Wood and crop residue of Chinese households, from surveys and with GAINS as upper bound.

The level is the mean of two. One is that of 1992 by Fernandes et al. 2007, moved as the surveys of
Tao et al. 2018 (to 2012) and Shen et al. 2022 (to 2017) say. The other is the coal of rural
households of 2014 by Wei et al. 2017 times what Zhang et al. 2018 found of straw and wood for each
part of coal in that year, moved by the same changes. After 2017 both follow GAINS. The part of
wood is the mean of what the changes leave and of the survey of Zhang et al.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.readers.registry import read_any
from bc_inventory.schema import table
from curation.gains import HOUSEHOLDS_OF_CHINA, gains_activity
from curation.maker import Maker, Roots, parameters, read_fact

__all__ = ["MAKER", "burnt", "level"]

_FILE = "activity_national.csv"
_BASE = "data/fernandes-biofuels/Fernandes_Biofuels_9.xlsx"
_FUELS = ("fuelwood", "crop_residue")
_YEARS = (2000, 2005, 2010, 2012, 2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020)
_START, _COMPOSITION, _LAST_SURVEY = 1992, 2014, 2017
# One name, so that both fuels share the draw of their level.
_NAME = "cn-residential-biomass"
_NOTE = (
    "mean of Fernandes 2007 moved by Tao 2018 and Shen 2022, and of Zhang 2018 with the coal of "
    "Wei 2017; from 2017 on as GAINS; the interval spans both and GAINS"
)


def level(base: float, changes: pd.DataFrame, year: int) -> float:
    """Return a level that changes at a constant rate between the years of surveys.

    Parameters
    ----------
    base : float
        In the first `from_year`.
    changes : pandas.DataFrame
        from_year, to_year, value: level in `to_year` over that in `from_year`; periods follow
        each other.
    year : int
        Calendar year; after the last survey the level of the last.

    Examples
    --------
    >>> periods = pd.DataFrame({"from_year": [1992], "to_year": [2012], "value": [0.25]})
    >>> level(80.0, periods, 2002)
    40.0
    """
    knots = [changes["from_year"].min(), *changes["to_year"]]
    logarithms = np.concatenate([[0.0], np.cumsum(np.log(changes["value"]))])
    return float(base * np.exp(np.interp(year, knots, logarithms)))


def _base(roots: Roots) -> pd.Series:
    """Return what households of China burnt in the first year, Mt by fuel."""
    rows = read_any(roots.shared / _BASE).frame
    rows = rows[rows["region"].eq("CN") & rows["year"].eq(_START)]
    rows = rows[rows["source_sector"].eq("fernandes:domestic") & rows["source_fuel"].isin(_FUELS)]
    mass = units.convert(rows["quantity"].to_numpy(), rows["unit"].iat[0], "Mt")
    return pd.Series(mass, index=rows["source_fuel"])


def _of_gains(roots: Roots) -> pd.Series:
    """Return household biomass of GAINS, PJ by year."""
    known = gains_activity(roots, HOUSEHOLDS_OF_CHINA)
    return pd.Series(np.interp(_YEARS, known.index, known), index=_YEARS)


def _composed(roots: Roots, part: pd.Series) -> float:
    """Return wood and straw of the year of the composition, Mt, from its coal."""
    coal = parameters("household_coal").query("fact == 'survey' and source_id == 'wei-2017'")
    energy = units.convert(float(coal["value"].iat[0]), "Mtce", "PJ")
    return energy / _heat(roots)["hard_coal"] * part.sum() / (1.0 - part.sum())


def _heat(roots: Roots) -> pd.Series:
    """Return net calorific values of China, PJ/Mt by fuel."""
    rows = read_fact(roots, "calorific_values").query("scope == 'CN' and unit == 'MJ/kg'")
    return rows.drop_duplicates("fuel").set_index("fuel")["value"]


def burnt(roots: Roots) -> pd.DataFrame:
    """Return fuel burnt by households, Mt: fuel, year, quantity and its bounds."""
    facts = parameters("household_biomass").set_index("fact")
    base, gains, heat = _base(roots), _of_gains(roots), _heat(roots)
    part = facts.loc["share"].set_index("fuel")["value"]
    moved = pd.DataFrame(
        {
            fuel: [
                level(base[fuel], facts.loc["change"].query("fuel == @fuel"), year)
                for year in _YEARS
            ]
            for fuel in _FUELS
        },
        index=_YEARS,
    )
    total = moved.sum(axis=1)
    share = (moved.div(total, axis=0) + part / part.sum()) / 2
    later = gains.where(gains.index > _LAST_SURVEY, gains[_LAST_SURVEY]) / gains[_LAST_SURVEY]
    total = total * later
    composed = total * _composed(roots, part) / total[_COMPOSITION]
    known = gains / (share * heat[list(_FUELS)]).sum(axis=1)
    levels = pd.DataFrame({"moved": total, "composed": composed, "gains": known})
    bounds = {
        "quantity": levels[["moved", "composed"]].mean(axis=1),
        "quantity_lower": levels.min(axis=1),
        "quantity_upper": levels.max(axis=1),
    }
    parts = [
        pd.DataFrame({name: of * share[fuel] for name, of in bounds.items()}).assign(fuel=fuel)
        for fuel in sorted(_FUELS)
    ]
    return pd.concat(parts).rename_axis("year").reset_index()


def _make(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = burnt(roots).round(1)
    rows = rows.assign(
        activity_id=_NAME,
        scope="CN",
        nfr="1A4bi",
        unit="Mt",
        driver=rows["fuel"].map(lambda fuel: f"{fuel.replace('_', '-')}-residential"),
        tier=1,
        confidence="low",
        source_id="tao-2018",
        note=_NOTE,
    )
    rules = table("activity_national")
    return {_FILE: rules.filled(rows)[rules.names]}


MAKER = Maker(
    "household biomass of China",
    _FILE,
    "levels of two surveys, moved as surveys say; the interval spans them and GAINS",
    (
        "curation/tables/household_biomass.csv",
        "curation/tables/household_coal.csv",
        "data/calorific_values.csv",
        f"shared/{_BASE}",
        "shared/data/gains-emf30-activity/Global by region-detail_emf30_activity_wSE.csv",
    ),
    _make,
    lambda frame: frame["activity_id"].eq(_NAME),
)
