"""Small emission tables for the tests of the analysis."""

import pandas as pd

from bc_inventory import units
from bc_inventory.schema import check, table

_DEFAULTS = {
    "year": 2018,
    "side": "EU",
    "region": "DE",
    "nfr": "1A4bi",
    "gnfr": "C_OtherStationaryComb",
    "fuel": "fuelwood",
    "technology": "stove",
    "species": "BC",
    "factor_set": "harmonised",
    "memo": False,
    "activity_unit": "TJ",
    "share": 1.0,
    "emission_factor_unit": "g/GJ",
    "abatement": 0.0,
    "activity_id": "test",
    "sigma_activity": 0.1,
    "sigma_local": 0.05,
    "sigma_share": 0.0,
    "sigma_factor": 0.4,
    "sigma_abatement": 0.0,
}
_NUMBERS = {column.name for column in table("emissions").columns if column.kind == "number"}


def emissions(*rows: dict) -> pd.DataFrame:
    """Return a checked emission table; each row says what differs from the defaults."""
    made = []
    for row in rows:
        full = dict.fromkeys(table("emissions").names) | _DEFAULTS | row
        if full["notation_key"] is None and full["emission_kt"] is None:
            to_kt = units.factor(f"{full['emission_factor_unit']} * {full['activity_unit']}", "kt")
            full["emission_kt"] = (
                full["activity"]
                * full["share"]
                * full["emission_factor"]
                * (1 - full["abatement"])
                * to_kt
            )
        if full["emission_kt"] is not None and full["lower_kt"] is None:
            full["lower_kt"], full["upper_kt"] = full["emission_kt"] / 2, full["emission_kt"] * 2
        burnt = f"{full['fuel']}/{full['technology']}"
        for name in ("statistics_source", "share_scope", "factor_id", "abatement_scope"):
            full[name] = full[name] or burnt
        made.append(full)
    frame = pd.DataFrame(made, columns=table("emissions").names)
    for name in frame.columns:
        if name in _NUMBERS:
            frame[name] = frame[name].astype(float)
        elif name == "tier":
            frame[name] = frame[name].astype("Int64")
    return check(frame, "emissions")
