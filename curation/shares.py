"""Bounds of technology shares and of penetration, which follow from the typed value."""

from __future__ import annotations

import pandas as pd

from bc_inventory.schema import table
from curation.intervals import log_odds_bounds, rounded_outwards
from curation.maker import Maker, Roots, read_fact

__all__ = ["PENETRATION", "TECHNOLOGY_SHARES"]

# Standard deviation of the log-odds of a share: smaller where a survey states it, larger where one
# city stands for the country, or where sources differ more (iron: EMEP/EEA and GAINS leave about 1
# g/t, T/CSES with filters on stacks 99, monitored stacks 9).
_DEVIATION = {"lei-2011": 0.35, "xu-2019": 0.35, "baoding-2014": 0.8, "tang-2020": 1.1}
_USUAL = 0.5
_WHOLE = (
    "bcinv-fleet-model",
    "bcinv-wood-stock",
    "eurostat-car-age",
)  # rows that other makers give with bounds


def _deviation(frame: pd.DataFrame) -> pd.Series:
    return frame["source_id"].map(_DEVIATION).fillna(_USUAL)


def _share_bounds(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = read_fact(roots, "technology_shares")
    rows = rows[~rows["source_id"].isin(_WHOLE)]
    bounds = rounded_outwards(rows["share"], _deviation(rows))
    key = rows[list(table("technology_shares").key)]
    return {"technology_shares.csv": pd.concat([key, bounds], axis=1)}


def _open(frame: pd.DataFrame) -> pd.Series[bool]:
    """Claim penetrations that aren't an end: there a bound was typed or is the value."""
    return frame["penetration"].between(0.0, 1.0, inclusive="neither")


def _penetration_bounds(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = read_fact(roots, "penetration")
    rows = rows[_open(rows)]
    bounds = [
        tuple(round(bound, 4) for bound in log_odds_bounds(*pair))
        for pair in zip(rows["penetration"], _deviation(rows), strict=True)
    ]
    result = rows[list(table("penetration").key)].copy()
    result[["penetration_lower", "penetration_upper"]] = bounds
    return {"penetration.csv": result}


TECHNOLOGY_SHARES = Maker(
    "bounds of shares",
    "technology_shares.csv",
    "log-odds of a typed share are normal with a standard deviation of 0.5, of 0.35 where a "
    "survey states the share and of 0.8 where one city stands for China; rounded outwards to four "
    "decimals",
    ("data/technology_shares.csv",),
    _share_bounds,
    lambda frame: ~frame["source_id"].isin(_WHOLE),
    ("share_lower", "share_upper"),
)

PENETRATION = Maker(
    "bounds of penetration",
    "penetration.csv",
    "as for shares, 1.1 for the cleaning of blast furnaces, where sources differ; rounded to four "
    "decimals",
    ("data/penetration.csv",),
    _penetration_bounds,
    _open,
    ("penetration_lower", "penetration_upper"),
)
