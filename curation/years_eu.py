"""Activity of EU members in years without statistics: 2000-2014 households, 2022-2024 the rest.

Households before 2015: the published figure where nothing of the series is repaired, else that
figure moved to the level of the repaired series; before it begins, wood follows final consumption
of solid biofuel (Eurostat, 2004-2018) and gross inland consumption before, and fossil fuels the
CO2 of homes (UNFCCC, 1.A.4.b). Solid fuel is led through the part that homes burn of what GAINS
has for homes, services and farms in 2005. After 2021: CO2 by category follows the Common
Reporting Tables of 2026 by member, road vehicles of 2023 the fuel of their class (`nrg_d_traq`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bc_inventory.inventory.fill import repair
from curation.indicators import SERIES, continued, extrapolated, wide

__all__ = ["anchors_of", "crt_table", "earlier", "earlier_outputs", "later", "road_fuel"]

_HOMES = "nrg_d_hhq:FC_OTH_HH_E"
_WOOD, _SOLID = "R5110-5150_W6000RI", "SFF_P1000_S2000"
_FIRST, _BEGIN = 2000, 2015
_REFERENCES = (2015, 2016, 2017)
_ANCHOR = 2005
# Category of the Common Reporting Tables that stands for each of the former tables.
_CRT = {"crf:1.A.1": "1.A.1", "crf:1.A.2": "1.A.2", "crf:1.A.3": "1.A.3", "crf:1.A.4": "1.A.4",
        "crf:2.A": "2.A", "pig_iron": "2.C", _HOMES: "1.A.4",
        "crf:International": "1.A.3", "wb_flaring": ""}  # fmt: skip
_CLASSES = {
    "crf:1.A.3.b.i": ("FC_TRA_RD_CAR_VAN_E",),
    "crf:1.A.3.b.ii": ("FC_TRA_RD_CAR_VAN_E",),
    "crf:1.A.3.b.iii": ("FC_TRA_RD_HDV_E", "FC_TRA_RD_PUB_E"),
    "crf:1.A.3.b.iv": ("FC_TRA_RD_OTH_2WHV_E",),
}
_ROAD_FUELS = ("O4652XR5210B", "O4671XR5220B")
_LAST = 2024


def earlier(
    homes: pd.DataFrame,
    repairs: pd.DataFrame,
    people: pd.DataFrame,
    co2: pd.DataFrame,
    wood: pd.DataFrame,
    anchors: pd.Series,
) -> pd.DataFrame:
    """Return household fuels of 2000 to 2014.

    Parameters
    ----------
    homes : pandas.DataFrame
        Contract `activity_published`, all years as published.
    repairs, people : pandas.DataFrame
        Contracts `activity_repairs` and `population`.
    co2, wood : pandas.DataFrame
        Indicators by region (rows) and year (columns).
    anchors : pandas.Series
        Solid fuel in 2005 by region, TJ.
    """
    since = homes[homes["year"] >= _BEGIN]
    rules = repairs[repairs["source_sector"] == _HOMES]
    mended, log = repair(since, rules, people)
    level, old = wide(mended), wide(homes[homes["quantity"] > 0])
    broken = set(log[SERIES].itertuples(index=False, name=None))
    likes = mended.drop_duplicates(SERIES).set_index(SERIES)
    parts = []
    for series, row in level.iterrows():
        region, _, fuel = series
        like = likes.loc[series]
        figures = row.dropna()
        before = old.loc[series].dropna() if series in old.index else pd.Series(dtype=float)
        before = before[before.index < _BEGIN]
        own = old.loc[series].reindex(_REFERENCES).dropna() if series in old.index else None
        if len(before) and series not in broken:
            mine = homes.merge(pd.DataFrame([series], columns=SERIES))
            parts.append(mine[(mine["year"] < _BEGIN) & (mine["quantity"] > 0)])
        elif len(before) and own is not None and len(own):
            moved = before * figures.reindex(own.index).mean() / own.mean()
            note = "figures of the publisher, moved to the level of the repaired series"
            parts.append(extrapolated(series, moved, _BEGIN, like, note))
            before = moved
        figures = pd.concat([before, figures]).sort_index()
        figures = figures[figures > 0]
        if figures.empty:
            continue
        first = int(figures.index[0])
        # A series that begins later isn't known to have been before.
        if first > _BEGIN:
            continue
        parts.append(_holes(series, figures, like))
        years = range(_FIRST, first)
        if not years:
            continue
        references = [year for year in figures.index if year < first + len(_REFERENCES)]
        table = wood if fuel == _WOOD else co2
        indicator = table.loc[region] if region in table.index else pd.Series(dtype=float)
        values = continued(figures, indicator, references, years)
        note = "follows " + ("solid biofuel" if fuel == _WOOD else "CO2 of homes")
        if fuel == _SOLID and anchors.get(region, 0.0) > 0 and first > _ANCHOR:
            values = _through(anchors[region], figures[references].mean(), indicator, values, first)
            note = "through solid fuel of 2005 (GAINS); before it follows CO2 of homes"
        parts.append(extrapolated(series, values, first, like, note))
    return pd.concat(parts, ignore_index=True)


def _holes(series: tuple[str, str, str], figures: pd.Series, like: pd.Series) -> pd.DataFrame:
    """Return the years without a figure between others, on the line between their neighbours."""
    every = figures.reindex(range(int(figures.index[0]), _BEGIN + 1))
    absent = every.index[every.isna()]
    known = figures.index.to_numpy()
    rows = [
        extrapolated(
            series,
            every.interpolate()[[year]],
            int(known[abs(known - year).argmin()]),
            like,
            "between its neighbours",
        )
        for year in absent
    ]
    return pd.concat(rows) if rows else pd.DataFrame()


def _through(
    anchor: float, level: float, indicator: pd.Series, values: pd.Series, first: int
) -> pd.Series:
    """Lead a series straight from the anchor to its level; before it, follow the indicator."""
    known = pd.Series({_ANCHOR: anchor, first: level})
    years = [year for year in values.index if year >= _ANCHOR]
    line = known.reindex(range(_ANCHOR, first + 1)).interpolate()
    before = continued(known, indicator, [_ANCHOR], [y for y in values.index if y < _ANCHOR])
    return pd.concat([before, line.reindex(years)])


def later(published: pd.DataFrame, crt: pd.DataFrame, road: pd.DataFrame) -> pd.DataFrame:
    """Return figures from the year after the last published one to 2024.

    Parameters
    ----------
    published : pandas.DataFrame
        Contract `activity_published`, of the EU.
    crt : pandas.DataFrame
        CO2 by region and category (rows) and year (columns).
    road : pandas.DataFrame
        Fuel of vehicles by region and class (rows) in 2022 and 2023, TJ.
    """
    usable = published[published["source_sector"].map(_category).notna()]
    table = wide(usable)
    likes = usable.dropna(subset=["quantity"]).drop_duplicates(SERIES, keep="last")
    likes = likes.set_index(SERIES)
    keyed = usable[usable["notation_key"].notna()].groupby(SERIES)["year"].max()
    whole = crt.groupby(level="category").sum(min_count=20)
    parts = []
    for series, row in table.iterrows():
        figures = row.dropna()
        last = int(figures.index[-1])
        # What ended long ago, or doesn't occur since, isn't continued.
        if last < _LAST - 4 or figures.iloc[-1] == 0 or keyed.get(series, 0) > last:
            continue
        category = _category(series[1])
        if category:
            indicator, note = _trend(series, category, crt, whole, road)
        else:
            indicator, note = pd.Series(dtype=float), "as in the last year"
        values = continued(figures, indicator, [last], range(last + 1, _LAST + 1))
        parts.append(extrapolated(series, values, last, likes.loc[series], note))
    return pd.concat(parts, ignore_index=True)


def _trend(
    series: tuple[str, str, str],
    category: str,
    crt: pd.DataFrame,
    whole: pd.DataFrame,
    road: pd.DataFrame,
) -> tuple[pd.Series, str]:
    """Return what a series follows after its last year, and the words for it."""
    key = (series[0], category)
    own = crt.loc[key] if key in crt.index else None
    indicator = _with_classes(_filled(own, whole.loc[category]), series, road)
    note = f"follows CO2 of {category} in the Common Reporting Tables of 2026"
    if series[1] in _CLASSES:
        note += ", and in 2023 the fuel of the vehicle class"
    return indicator, note


def earlier_outputs(published: pd.DataFrame) -> pd.DataFrame:
    """Return pig iron and flared gas back to 2000; iron follows the CO2 of iron works."""
    works = wide(published[published["source_sector"] == "crf:1.A.2.a"])
    co2 = works.droplevel(["source_sector", "source_fuel"])
    mine = published[
        published["source_sector"].isin(["pig_iron:worldsteel", "wb_flaring:flare_volume"])
    ]
    likes = mine.drop_duplicates(SERIES).set_index(SERIES)
    parts = []
    for series, row in wide(mine).iterrows():
        figures = row.dropna()
        first = int(figures.index[0])
        if first > _BEGIN:
            continue
        references = [year for year in figures.index if year < first + len(_REFERENCES)]
        iron = series[1].startswith("pig_iron") and series[0] in co2.index
        indicator = co2.loc[series[0]] if iron else pd.Series(dtype=float)
        values = continued(figures, indicator, references, range(_FIRST, first))
        note = "follows CO2 of iron works" if iron else "as in the first years"
        parts.append(extrapolated(series, values, first, likes.loc[series], note))
    return pd.concat(parts, ignore_index=True)


def _category(sector: str) -> str | None:
    return next((code for name, code in _CRT.items() if sector.startswith(name)), None)


def _filled(own: pd.Series | None, whole: pd.Series) -> pd.Series:
    """Continue a member's series where it ends with the trend of all members."""
    if own is None or own.dropna().empty:
        return whole
    last = own.last_valid_index()
    return own.fillna(whole / whole[last] * own[last])


def _with_classes(
    indicator: pd.Series, series: tuple[str, str, str], road: pd.DataFrame
) -> pd.Series:
    """Let a vehicle category of 2023 follow the fuel of its class since 2022."""
    classes = [(series[0], name) for name in _CLASSES.get(series[1], ())]
    known = road.reindex(classes).dropna() if classes else pd.DataFrame()
    if len(known) < len(classes) or not classes:
        return indicator
    fuel = known.sum()
    ratio = fuel[2023] / fuel[2022] if fuel[2022] > 0 else 0.0
    # A class that halves or doubles in a year was counted otherwise.
    if not 0.7 < ratio < 1.4:
        return indicator
    moved = indicator.copy()
    moved[2024] = indicator[2022] * ratio * indicator[2024] / indicator[2023]
    moved[2023] = indicator[2022] * ratio
    return moved


def road_fuel(transport: pd.DataFrame) -> pd.DataFrame:
    """Return the fuel of vehicle classes by region and class, in 2022 and 2023, TJ."""
    mine = transport[
        transport["source_fuel"].isin(_ROAD_FUELS)
        & transport["unit"].eq("TJ")
        & transport["year"].isin([2022, 2023])
        & transport["quantity"].gt(0)
    ]
    classes = mine["source_sector"].str.partition(":")[2]
    table = mine.assign(vehicle=classes).pivot_table(
        "quantity", ["region", "vehicle"], "year", aggfunc="sum"
    )
    return table


def crt_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return CO2 by region and category (rows) and year (columns)."""
    return rows.pivot_table("co2_kt", ["region", "category"], "year", aggfunc="first")


def anchors_of(solids: Mapping[str, float], share: float) -> pd.Series:
    """Return solid fuel of homes in 2005 by region, TJ, as a share of that of homes and others."""
    return pd.Series(solids, dtype=float) * share
