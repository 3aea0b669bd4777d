"""Temporal profiles, from the table of published profiles beside the repository."""

from __future__ import annotations

import pandas as pd

from bc_inventory.schema import table
from curation.maker import Maker, Roots

__all__ = ["MAKER", "profiles"]

_FILE = "spatial/temporal_profiles.parquet"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EDGAR = "EDGAR "
# Months by country: profile, and the sector as EDGAR calls it.
_MONTHLY = {
    "cement": "Production of non-metallic minerals, Cement production",
    "coke_ovens": "Transformation industry, Fuel transformation coke ovens",
    "field_burning": "Agricultural waste burning",
    "industry": "Manufacturing industry, Iron and steel industry",
    "minerals": "Manufacturing industry, Non-metallic minerals (combustion)",
    "non_road": "Other non-road transport",
    "power_coal": "Energy industries (coal)",
    "power_gas": "Energy industries (gas)",
    "rail": "Rail transport",
    "road": "Road transport",
    "small_combustion": "Small combustion",
}
# Weekdays and hours of T/CSES 144-2024, and weekdays of CAMS.
_CHINESE = {
    "电力生产 power generation": "power",
    "工业源 industry": "industry",
    "移动源 mobile": "mobile",
    "生活源 residential": "residential",
    "废弃物处理源 waste": "waste",
}
_CAMS = {"A_PublicPower": "power", "B_Industry": "industry", "F_RoadTransport": "mobile"}
_HOURS_NOTE = "Chinese; used for both sides, since none was found for Europe"


def profiles(roots: Roots) -> pd.DataFrame:
    """Return the profiles, contract `temporal_profiles`."""
    frame = pd.read_csv(roots.shared / "factors" / "temporal_profiles.csv", dtype={"period": str})
    steps = {name: step for names in (_MONTHS, _DAYS) for step, name in enumerate(names, 1)}
    frame["step"] = frame["period"].map(steps).fillna(pd.to_numeric(frame["period"], "coerce"))
    countries = pd.read_csv(roots.data / "crosswalk" / "countries.csv", keep_default_na=False)
    alpha_2 = countries.set_index("alpha_3")["alpha_2"]
    of_sector = {_EDGAR + sector: profile for profile, sector in _MONTHLY.items()}
    months = frame[frame["sector"].isin(of_sector) & frame["source"].str.startswith(_EDGAR)]
    week = frame[frame["profile_type"] == "day_of_week"]
    cams = week[week["sector"].isin(_CAMS)]
    chinese = week[week["sector"].isin(_CHINESE)]
    hours = frame[(frame["profile_type"] == "hour_of_day") & frame["sector"].isin(_CHINESE)]
    parts = [
        months.assign(
            profile=months["sector"].map(of_sector),
            cycle="month",
            scope=months["region_scope"].map(alpha_2),
            source_id="edgar-temporal-r1",
            note=months["note"].mask(months["note"] == "country"),
        ),
        cams.assign(
            profile=cams["sector"].map(_CAMS),
            cycle="weekday",
            scope="EU",
            source_id="cams-temporal-gnfr",
            note=None,
        ),
        chinese.assign(
            profile=chinese["sector"].map(_CHINESE),
            cycle="weekday",
            scope="CN",
            source_id="tcses-144-2024",
            note=None,
        ),
        hours.assign(
            profile=hours["sector"].map(_CHINESE),
            cycle="hour",
            scope="*",
            source_id="tcses-144-2024",
            note=_HOURS_NOTE,
        ),
    ]
    both = pd.concat([part.astype({"note": "str"}) for part in parts], ignore_index=True)
    return both[table("temporal_profiles").names].astype({"step": "int64"})


def _make(roots: Roots) -> dict[str, pd.DataFrame]:
    return {_FILE: profiles(roots)}


MAKER = Maker(
    "temporal profiles",
    _FILE,
    "months of EDGAR by country, weekdays and hours of T/CSES 144-2024, weekdays of CAMS",
    ("shared/factors/temporal_profiles.csv", "data/crosswalk/countries.csv"),
    _make,
)
