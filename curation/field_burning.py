"""Crop residue burnt in fields of the EU, from the methane that members report for it.

Common Reporting Tables, 3.F: methane over the default factor of the 2006 IPCC Guidelines (vol. 4
table 2.5, 2.7 g/kg of dry matter) is what was burnt. Which factor a member used isn't in the
tables, so that the interval is a factor of two either way. Shares of members are those of methane.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bc_inventory import units
from bc_inventory.schema import table
from curation.maker import Maker, Roots, by_source, parameters

__all__ = ["DRIVER", "MAKER", "SOURCE", "burnt", "methane"]

SOURCE, DRIVER = "unfccc-crt-3f", "field-burning-eu"
_FILE, _FACTS = "activity_national.csv", "crt_field_burning"
_PER_DRY_MATTER, _TIMES = 2.7, 2.0


def methane(roots: Roots) -> Iterator[tuple[int, pd.Series]]:
    """Return each year with the methane of members, kt."""
    del roots  # the figures are a parameter of curation
    for year, rows in parameters(_FACTS).groupby("year"):
        yield int(year), rows.set_index("region")["ch4_kt"]


def burnt(methane_kt: float) -> float:
    """Return dry matter burnt, Mt.

    Examples
    --------
    >>> burnt(27.0)
    10.0
    """
    return float(units.convert(methane_kt / _PER_DRY_MATTER, "kt / (g/kg)", "Mt"))


def _make(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = pd.DataFrame(
        [(year, burnt(float(known.sum()))) for year, known in methane(roots)],
        columns=["year", "quantity"],
    )
    rows = rows.assign(
        quantity_lower=rows["quantity"] / _TIMES, quantity_upper=rows["quantity"] * _TIMES
    ).round(3)
    rows = rows.assign(
        activity_id="eu-field-burning",
        scope="EU",
        nfr="3F",
        fuel="crop_residue_field",
        unit="Mt",
        driver=DRIVER,
        tier=1,
        confidence="low",
        source_id=SOURCE,
        note="dry matter: CH4 of 3.F over 2.7 g/kg; a factor of two for the factor members used",
    )
    rules = table("activity_national")
    return {_FILE: rules.filled(rows)[rules.names]}


MAKER = Maker(
    "field burning of the EU",
    _FILE,
    "methane that members report for it over the default factor of the IPCC",
    (f"curation/tables/{_FACTS}.csv",),
    _make,
    by_source(SOURCE),
)
