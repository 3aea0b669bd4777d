"""Energy of EU members in 2005 by GAINS, PJ by member, sector and kind of fuel."""

from __future__ import annotations

from functools import cache

import pandas as pd

from curation.maker import Roots

__all__ = ["FILE", "energy_2005"]

FILE = "shared/data-new/gains-activity-eu28-2005/GAINS_aen_act_sect-nohead-EU28.csv"
_MEMBERS = {
    "AUST": "AT",
    "BELG": "BE",
    "BULG": "BG",
    "CROA": "HR",
    "CYPR": "CY",
    "CZRE": "CZ",
    "DENM": "DK",
    "ESTO": "EE",
    "FINL": "FI",
    "FRAN": "FR",
    "GERM": "DE",
    "GREE": "GR",
    "HUNG": "HU",
    "IREL": "IE",
    "ITAL": "IT",
    "LATV": "LV",
    "LITH": "LT",
    "LUXE": "LU",
    "MALT": "MT",
    "NETH": "NL",
    "POLA": "PL",
    "PORT": "PT",
    "ROMA": "RO",
    "SKRE": "SK",
    "SLOV": "SI",
    "SPAI": "ES",
    "SWED": "SE",
}


@cache
def energy_2005(roots: Roots) -> pd.DataFrame:
    """Return PJ, rows member and sector, columns kinds of fuel as GAINS codes them.

    Rows of sums and of the United Kingdom are left out; "n.a" is none.
    """
    path = roots.shared / FILE.removeprefix("shared/")
    rows = pd.read_csv(path, na_values="n.a", keep_default_na=False)
    rows.columns = rows.columns.str.strip()
    rows["region"] = rows["cou_abb"].map(_MEMBERS)
    rows = rows.dropna(subset=["region"]).rename(columns={"sector/activity": "sector"})
    figures = rows.drop(columns=["cou_abb", "reg_abb", "Sum"]).set_index(["region", "sector"])
    return figures.apply(pd.to_numeric, errors="coerce").fillna(0.0).sort_index()
