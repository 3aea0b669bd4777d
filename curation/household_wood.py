"""Shares of wood appliances in the household wood of EU members, from stocks and surveys.

Of the wood energy of households a share p is pellets and chips fed automatically. Of the rest

    b = boilers x use / (stoves + boilers x use)

is burnt in boilers, with the energy of a boiler over that of a room heater from pellets a year
by appliance. Boilers are modern (the Guidebook's ecolabelled class) or conventional. Room
heaters are open or closed, and closed ones old, advanced or between. What belongs to which class
of the Guidebook follows from the PM2.5 by year of make that Denmark's environment agency states
(930 g/GJ before 1990, 465 to 295 later, 235 and less since 2018).

Parts are linear between their years. A member group has the mean of its members with evidence.
"""

from __future__ import annotations

import pandas as pd

from bc_inventory.schema import table
from curation.fleet import balanced, interpolated
from curation.intervals import rounded_outwards
from curation.maker import Maker, Roots, by_source, parameters

__all__ = ["MAKER", "wood_mix", "wood_rows"]

SOURCE = "bcinv-wood-stock"
_YEARS = (2000, 2005, 2010, 2013, 2015, 2018, 2020, 2022)
_STOCK = "household_stock"
_LADDER = ("high", "medium", "low", "recalled", "assumed")
# Groups without a stock of their own, and the members whose mean they take.
_GROUPS = {"EU": ("AT", "DE", "DK", "ES", "FR", "IT"), "EU-CENTRAL": ("CZ", "HU", "PL", "RO")}
_COUNTS = ("stoves", "boilers")
# Parts that the share of a technology is made of.
_MADE_OF = {
    "wood_pellet": ("pellets",),
    "wood_boiler_conventional": ("pellets", *_COUNTS, "modern_boilers"),
    "wood_fireplace": ("pellets", *_COUNTS, "open"),
    "wood_stove_conventional": ("pellets", *_COUNTS, "open", "old"),
    "wood_stove_efficient": ("pellets", *_COUNTS, "open", "old", "advanced"),
    "wood_stove_ecolabelled": ("pellets", *_COUNTS, "open", "modern_boilers", "advanced"),
}
# Deviation of the log-odds of a share: of members with a stock, and of groups by analogy.
_MEMBER, _GROUP = 0.4, 0.6


def wood_mix(parts: pd.DataFrame, use: float) -> pd.DataFrame:
    """Return the shares of technologies in the energy of household wood.

    Parameters
    ----------
    parts : pandas.DataFrame
        Columns `pellets, stoves, boilers, modern_boilers, open, old, advanced`; the counts of
        stoves and boilers in one unit, the others shares.
    use : float
        Energy of a boiler over that of a room heater.

    Examples
    --------
    >>> one = pd.DataFrame({"pellets": [0.1], "stoves": [8.0], "boilers": [1.0],
    ...     "modern_boilers": [0.5], "open": [0.25], "old": [0.5], "advanced": [0.1]})
    >>> wood_mix(one, 2.0).round(3).loc[0].to_dict()["wood_boiler_conventional"]
    0.09
    """
    logs = 1.0 - parts["pellets"]
    weight = parts["boilers"] * use
    boilers = logs * weight / (parts["stoves"] + weight)
    rooms = logs - boilers
    closed = rooms * (1.0 - parts["open"])
    modern = boilers * parts["modern_boilers"]
    return pd.DataFrame(
        {
            "wood_pellet": parts["pellets"],
            "wood_boiler_conventional": boilers - modern,
            "wood_fireplace": rooms * parts["open"],
            "wood_stove_conventional": closed * parts["old"],
            "wood_stove_efficient": closed * (1.0 - parts["old"] - parts["advanced"]),
            "wood_stove_ecolabelled": closed * parts["advanced"] + modern,
        }
    )


def wood_rows(roots: Roots) -> pd.DataFrame:
    """Return the rows of members and of groups, contract `technology_shares`."""
    del roots  # every input is a parameter of curation
    stock = parameters(_STOCK)
    use = float(stock.loc[stock["part"] == "boiler_use", "value"].iloc[0])
    stock = stock[stock["part"] != "boiler_use"]
    mixes, rows = {}, []
    for member, facts in stock.groupby("scope"):
        parts = facts.groupby("part")[["year", "value"]].apply(
            lambda one: interpolated(one.set_index("year")["value"]).reindex(_YEARS)
        )
        mixes[member] = wood_mix(parts.T, use)
        rows.append(_rows(member, mixes[member], facts, _MEMBER))
    for group, members in _GROUPS.items():
        mean = sum(mixes[member] for member in members) / len(members)
        rows.append(_rows(group, mean, None, _GROUP, members))
    return pd.concat(rows, ignore_index=True)


def _rows(
    scope: str,
    mix: pd.DataFrame,
    facts: pd.DataFrame | None,
    deviation: float,
    members: tuple[str, ...] = (),
) -> pd.DataFrame:
    rounded = mix.apply(balanced, axis=1).rename_axis(index="year")
    long = rounded.reset_index().melt("year", None, "technology", "share")
    bounds = rounded_outwards(long["share"], pd.Series(deviation, long.index))
    made = pd.concat([long, bounds], axis=1).assign(
        scope=scope, nfr="1A4bi", fuel="fuelwood", source_id=SOURCE
    )
    if facts is None:
        made["confidence"] = "low"
        made["note"] = f"mean of {', '.join(members)}, by analogy"
    else:
        said = {one: _said(facts, one) for one in _MADE_OF}
        made["confidence"] = [
            _weakest(said[technology], year)
            for technology, year in zip(made["technology"], made["year"], strict=True)
        ]
        made["note"] = [
            f"from {'; '.join(dict.fromkeys(said[one]['source_id']))}" for one in made["technology"]
        ]
    rules = table("technology_shares")
    return rules.filled(made)[rules.names]


def _said(facts: pd.DataFrame, technology: str) -> pd.DataFrame:
    return facts[facts["part"].isin(_MADE_OF[technology])]


def _weakest(said: pd.DataFrame, year: int) -> str:
    """Return the weakest confidence among the facts nearest to a year.

    Energy by appliance is known by ratio, so that no share of logs is better than `low`.
    """
    words = ["low"] if len(said["part"].unique()) > 1 else []
    for _, one in said.groupby("part"):
        words.append(one.loc[(one["year"] - year).abs().idxmin(), "confidence"])
    return max(words, key=_LADDER.index)


MAKER = Maker(
    "household wood",
    "technology_shares.csv",
    "pellets, boilers and room heaters by age of members with a stock or a survey; the mean of "
    "these for the other members of a group",
    (f"curation/tables/{_STOCK}.csv",),
    lambda roots: {"technology_shares.csv": wood_rows(roots)},
    by_source(SOURCE),
)
