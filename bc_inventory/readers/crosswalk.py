"""Take inventories to common sectors without inventing a split or losing an emission.

A publisher's sector is an NFR category, a GNFR aggregate, or the sum of several
(`F_RoadTransport+I_Offroad`). What neither can express stays in the table as
`not_comparable`. `bc_inventory.analysis.comparison.align` finds the finest sectors that several
inventories have in common from the targets given here.
"""

from __future__ import annotations

import pandas as pd

from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.reference import codelists
from bc_inventory.reference.paths import data_root, per_root
from bc_inventory.schema import read_csv

__all__ = ["NOT_COMPARABLE", "chinese_class", "expand", "sector_table", "to_targets"]

NOT_COMPARABLE = "not_comparable"
_KEY = ["scheme", "sector", "fuel"]
_BOUNDS = {"share": "central_kt", "share_lower": "lower_kt", "share_upper": "upper_kt"}


@per_root
def sector_table() -> pd.DataFrame:
    """Return the crosswalk of sectors (contract `sector_crosswalk`)."""
    return read_csv(data_root() / "crosswalk" / "sectors.csv", "sector_crosswalk")


@per_root
def expand(target: str) -> frozenset[str]:
    """Return the NFR categories of a target.

    Parameters
    ----------
    target : str
        NFR or GNFR codes joined by `+`, or `not_comparable`.

    Returns
    -------
    frozenset of str
        Empty for `not_comparable`.

    Raises
    ------
    DataError
        If a code isn't known.

    Examples
    --------
    >>> sorted(expand("G_Shipping+1A3c"))
    ['1A3c', '1A3di(ii)', '1A3dii']
    """
    if target == NOT_COMPARABLE:
        return frozenset()
    aggregates = set(codelists.sectors()["gnfr"])
    mask: set[str] = set()
    for code in target.split("+"):
        mask |= (
            set(codelists.nfr_of(code)) if code in aggregates else {codelists.resolve_sector(code)}
        )
    return frozenset(mask)


def to_targets(frame: pd.DataFrame) -> pd.DataFrame:
    """Return an inventory by the targets of the crosswalk.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract `inventory`. Rows that are a sum of others are left out.

    Returns
    -------
    pandas.DataFrame
        inventory, version, region, region_level, year, species, target, memo, value_kt,
        lower_kt and upper_kt (from the interval of the shares), notation_keys (of the rows
        without a figure, joined by ;), sources (of the crosswalk, joined by ;).

    Raises
    ------
    DataError
        If a sector has no row in the crosswalk.
    """
    rows = frame[frame["sector_level"] != "aggregate"]
    links = _links(rows[_KEY].drop_duplicates())
    joined = rows.assign(fuel=rows["fuel"].fillna("")).merge(links, on=_KEY, how="left")
    for share, bound in _BOUNDS.items():
        joined[bound] = joined[share] * joined["value_kt"]
    joined = joined.rename(columns={"notation_key": "notation_keys", "link_source": "sources"})
    joined["memo"] = joined["target"].map(_is_memo())
    return _add_up(
        joined.drop(columns="value_kt").rename(columns={"central_kt": "value_kt"}), "target"
    )


def _add_up(rows: pd.DataFrame, sector: str) -> pd.DataFrame:
    """Sum over all but the labels; a sum without a figure has none."""
    by = ["inventory", "version", "region", "region_level", "year", "species", sector, "memo"]
    total = rows.groupby(by, sort=True)[["value_kt", "lower_kt", "upper_kt"]].sum(min_count=1)
    for words in ("notation_keys", "sources"):
        # Few distinct words stand in many rows, so they are joined once each.
        few = rows[[*by, words]].dropna().drop_duplicates()
        joined = few.groupby(by)[words].agg(";".join)
        total[words] = joined.map(_tidy).reindex(total.index, fill_value="")
    return total.reset_index()


def _tidy(words: str) -> str:
    return ";".join(sorted({word for word in words.split(";") if word}))


def _is_memo() -> dict[str, bool]:
    """Map each target to whether all of it lies outside the totals."""
    memo = codelists.memo_items()
    return {
        target: bool(expand(target)) and all(memo[code] for code in expand(target))
        for target in sector_table()["target"].unique()
    }


def _links(wanted: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the crosswalk for each scheme, sector and fuel; a fuel's own win."""
    table = sector_table().rename(columns={"source_sector": "sector", "source_id": "link_source"})
    columns = ["target", "share", "share_lower", "share_upper", "link_source"]
    wanted = wanted.assign(fuel=wanted["fuel"].fillna(""))
    merged = wanted.merge(table.rename(columns={"source_fuel": "fuel"}), on=_KEY)
    rest = wanted.merge(merged[_KEY].drop_duplicates(), on=_KEY, how="left", indicator=True)
    rest = rest[rest["_merge"] == "left_only"][_KEY]
    general = rest.merge(
        table[table["source_fuel"] == "*"].drop(columns="source_fuel"),
        on=["scheme", "sector"],
        how="left",
    )
    missing = general[general["target"].isna()]
    if len(missing):
        known = sector_table()
        raise DataError(
            Problem(
                f"the sector {row.sector!r} of {row.scheme}",
                "a row in crosswalk/sectors.csv",
                remedy=suggest(
                    str(row.sector), known.loc[known["scheme"] == row.scheme, "source_sector"]
                )
                or "Add one, or say that it is not_comparable.",
            )
            for row in missing.itertuples()
        )
    return pd.concat([merged, general])[[*_KEY, *columns]]


@per_root
def _class_table() -> pd.DataFrame:
    return read_csv(data_root() / "crosswalk" / "chinese_classes.csv", "chinese_classes")


def chinese_class(nfr: str, fuel: str, scheme: str = "TCSES144") -> tuple[str, str]:
    """Return the class of an emission in a Chinese guideline scheme.

    Household biomass is 生物质燃烧源 (biomass burning) in the 2014 set and 生活源
    (residential) in T/CSES 144-2024, so the fuel decides.

    Parameters
    ----------
    nfr : str
        NFR category.
    fuel : str
        Fuel.
    scheme : {"MEP2014", "TCSES144"}
        The 2014 set of ten classes, or T/CSES 144-2024 with eight.

    Returns
    -------
    tuple of str
        Class in Chinese and in English.

    Raises
    ------
    DataError
        If the scheme has no class for it.
    """
    table = _class_table()
    code, subset = codelists.resolve_sector(nfr), codelists.resolve_fuel(fuel)
    kind = codelists.fuels().set_index("fuel")["kind"][subset]
    wanted = kind if kind in {"biomass", "product"} else "fossil"
    rows = table[(table["scheme"] == scheme) & (table["nfr"] == code)]
    for fuel_kind in (wanted, "*", "fossil"):
        hit = rows[rows["fuel_kind"] == fuel_kind]
        if len(hit):
            return str(hit["class_zh"].iat[0]), str(hit["class_en"].iat[0])
    problem = Problem(
        f"{code} with {subset}", f"a class of {scheme}", remedy="It is not comparable."
    )
    raise DataError([problem])
