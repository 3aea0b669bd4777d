"""Hard coal and lignite in the household coal of EU members, from GAINS for 2005.

Eurostat serves solid fossil fuels of households as one sum. GAINS has hard coal, brown coal and
derived coal (briquettes, coke) of households, services and farms together:

    share of hard coal = (hard + derived / 2) / (hard + brown + derived)

with derived coal as one or the other at the ends of the interval, at least 0.5 in log-odds.
Members whose derived coal is more than a quarter, or that burn peat, keep their typed rows.
"""

from __future__ import annotations

import pandas as pd

from bc_inventory.schema import table
from curation.gains_members import FILE, energy_2005
from curation.intervals import log_odds_bounds
from curation.maker import Maker, Roots, read_fact

__all__ = ["MAKER", "coal_kinds"]

_FILE, _MAPPING, _SOURCE = "activity_mapping.csv", "eu-households-solid", "gains-eu28-2005"
_LEAST, _DERIVED = 0.5, 0.25  # PJ; part of derived coal, at most
_DEVIATION = 0.5
_HARD, _BROWN = ["HC1", "HC2", "HC3"], ["BC1", "BC2"]


def coal_kinds(roots: Roots) -> pd.DataFrame:
    """Return the rows of the members that GAINS tells, contract `activity_mapping`."""
    rows = read_fact(roots, "activity_mapping").query("mapping_id == @_MAPPING")
    peat = rows.loc[rows["fuel"] == "peat", "scope"]
    energy = energy_2005(roots).xs("DOM", level="sector").drop(index=peat, errors="ignore")
    hard, brown, derived = energy[_HARD].sum(axis=1), energy[_BROWN].sum(axis=1), energy["DC"]
    whole = hard + brown + derived
    known = whole.index[(whole > _LEAST) & (derived <= _DERIVED * whole)]
    made = []
    for member in known:
        parts = [
            (hard[member] + part * derived[member]) / whole[member] for part in (0.5, 0.0, 1.0)
        ]
        share, low, high = (min(max(part, 0.01), 0.99) for part in parts)
        below, above = log_odds_bounds(share, _DEVIATION)
        low, high = min(low, below), max(high, above)
        made.append((member, "hard_coal", share, low, high))
        made.append((member, "lignite", 1.0 - share, 1.0 - high, 1.0 - low))
    frame = pd.DataFrame(
        made, columns=["scope", "fuel", "share", "share_lower", "share_upper"]
    ).round(4)
    rules = table("activity_mapping")
    like = rows[rules.names].iloc[0]
    frame = frame.assign(
        **{name: like[name] for name in rules.names if name not in frame},
    ).assign(
        confidence="low",
        source_id=_SOURCE,
        note="hard coal against brown coal of households, services and farms in 2005",
    )
    return rules.filled(frame)[rules.names]


MAKER = Maker(
    "kinds of household coal",
    _FILE,
    "hard, brown and derived coal of households, services and farms in 2005 by GAINS",
    (FILE, f"data/{_FILE}"),
    lambda roots: {_FILE: coal_kinds(roots)},
    lambda frame: frame["mapping_id"].eq(_MAPPING) & frame["source_id"].eq(_SOURCE),
)
