"""A number of a release as its formula: what made it, how sure that is, what it hangs on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bc_inventory.errors import DataError, Problem
from bc_inventory.inventory.components import IDENTITY, Component, draw_names, multiplier
from bc_inventory.inventory.variance import Variance, propagate
from bc_inventory.inventory.whole_years import incomplete
from bc_inventory.reference.paths import embedded_root
from bc_inventory.release.explain.provenance import Provenance
from bc_inventory.release.read.select import Names, as_list
from bc_inventory.schema.common import CONFIDENCE

if TYPE_CHECKING:
    from bc_inventory.release.read.release import Release

__all__ = ["FORMULA", "Explanation", "explain"]

FORMULA = "emission = activity x share x emission factor x (1 - abatement)"
# A row of the emission table as it is reported: columns that say nothing of the sum are left out.
_COLUMNS = [
    *("year", "side", "region", "nfr", "gnfr", "fuel", "technology", "factor_set", "memo"),
    *("emission_kt", "lower_kt", "upper_kt", "share_of_total", "share_of_variance", "formula"),
    *("activity", "activity_unit", "activity_lower", "activity_upper"),
    *("activity_id", "activity_source", "activity_confidence"),
    *("share", "share_lower", "share_upper", "share_source"),
    *("emission_factor", "emission_factor_unit", "factor_lower", "factor_upper"),
    *("factor_id", "factor_source", "abatement", "abatement_lower", "abatement_upper"),
    *("abatement_source", "ncv_id", "tier", "confidence", "flag", "note"),
]


@dataclass(frozen=True)
class Explanation:
    """A number of a release and all that makes it.

    Parameters
    ----------
    release : dict
        Inventory and version.
    request : dict
        Region, sector, year, factor set, memo, as given.
    emission_kt : float
        Sum of the rows.
    half_width_kt : float
        Half of the 95 % interval by error propagation; see
        `bc_inventory.inventory.variance`.
    interval : dict or None
        The published total of the same name with its drawn interval, where
        the release has one.
    rows : pandas.DataFrame
        Each row with its formula, intervals, sources, share of the total and
        of the variance; the largest first.
    without_figure : pandas.DataFrame
        Rows with a notation key: what the number doesn't cover.
    assumptions : list of dict
        Named parts by the share of the variance they carry: part, name,
        half_width_kt, share_of_variance, share_of_total (of the rows that use
        it), rows, confidence, flags, notes, and the facts behind it.
    sources : list of dict
        Cited by the rows.
    facts_absent : list of str
        Fact tables that couldn't be looked up, since they aren't at hand as
        they were when the release was made.
    """

    release: dict[str, str]
    request: dict[str, Any]
    emission_kt: float
    half_width_kt: float
    interval: dict[str, Any] | None
    rows: pd.DataFrame
    without_figure: pd.DataFrame
    assumptions: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    facts_absent: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the whole as values of JSON; what isn't known is None."""
        return {
            "release": self.release,
            "request": self.request,
            "formula": FORMULA,
            "emission_kt": self.emission_kt,
            "half_width_kt": self.half_width_kt,
            "interval": self.interval,
            "rows": records(self.rows),
            "without_figure": records(self.without_figure),
            "assumptions": self.assumptions,
            "sources": self.sources,
            "facts_absent": self.facts_absent,
        }


def explain(
    release: Release,
    region: Names,
    sector: Names,
    year: int,
    *,
    factor_set: str = "harmonised",
    memo: bool = False,
    facts: Path | None = None,
) -> Explanation:
    """Explain the emission of a region and sector in a year.

    Parameters
    ----------
    release : Release
        From `bc_inventory.open_release`.
    region, sector : str, sequence of str or None
        As `Release.emissions` takes them; None for all.
    year : int
        Calendar year.
    factor_set : {"harmonised", "official"}
        Which set of emission factors.
    memo : bool
        Explain memo items, which stand outside the totals.
    facts : Path, optional
        Folder of the fact tables; by default those that ship with the project, with the
        tables that the release brings along. A table is used only if it is the one that
        made the release.

    Returns
    -------
    Explanation
        Its `emission_kt` is the sum of `release.emissions(...)`.

    Raises
    ------
    DataError
        If a name isn't known, or the release has no row of what is asked.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> explanation = bci.explain(bci.open_release(), "CN", None, 2018)
    >>> explanation.rows["share_of_total"].sum().round(9)
    np.float64(1.0)
    """
    matches = release.emissions(region, sector, year, factor_set=factor_set, memo=memo)
    if matches.empty:
        raise DataError([_nothing(region, sector, year, factor_set, memo)])
    published = None if memo else _published(release, region, sector, year, factor_set)
    # The published number where there is one: a sum in another order differs in its last digit.
    total = float(published["emission_kt"] if published else matches["emission_kt"].sum())
    figures = matches["emission_kt"].notna()
    rows = matches[figures].reset_index(drop=True)
    variance = propagate(rows)
    details = _describe(rows, total, variance)
    provenance = Provenance(release.manifest, facts or release.facts or embedded_root())
    by_name = {
        "region": as_list(region) or None,
        "sector": as_list(sector) or None,
        "year": int(year),
        "factor_set": factor_set,
        "memo": memo,
    }
    keyed = matches.loc[~figures, ["region", "nfr", "fuel", "notation_key", "note"]]
    return Explanation(
        release={"inventory": release.inventory, "version": release.version},
        request=by_name,
        emission_kt=total,
        half_width_kt=variance.half_width_kt,
        interval=published,
        rows=details.sort_values("emission_kt", ascending=False, kind="stable", ignore_index=True),
        without_figure=keyed.drop_duplicates().reset_index(drop=True),
        assumptions=_assumptions(details, total, variance, provenance, int(year)),
        sources=_sources(details, release),
        facts_absent=list(provenance.absent),
    )


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as values of JSON.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any; a value that is absent or not finite becomes None.
    """
    columns = {str(name): [_plain(value) for value in frame[name]] for name in frame.columns}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    result = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(result, float) and not math.isfinite(result) else result


def _nothing(region: Names, sector: Names, year: int, factor_set: str, memo: bool) -> Problem:
    text = f"{region or 'all regions'}, {sector or 'all sectors'}, {year}, {factor_set} factors"
    kind = "memo items" if memo else "rows of the totals"
    remedy = "Ask without --memo." if memo else "Memo items are explained with --memo."
    return Problem(f"no {kind} for {text}", "rows to explain", remedy=remedy)


def _describe(rows: pd.DataFrame, total: float, variance: Variance) -> pd.DataFrame:
    result = rows.astype({"tier": "Int64"})
    result["share_of_total"] = result["emission_kt"] / total if total > 0 else 0.0
    result["share_of_variance"] = variance.rows
    least, most = multiplier(result, Component.ABATEMENT).interval()
    result["abatement_lower"], result["abatement_upper"] = 1.0 - most, 1.0 - least
    result["formula"] = [
        f"{row.activity:.6g} {row.activity_unit} x {row.share:.6g} x "
        f"{row.emission_factor:.6g} {row.emission_factor_unit} x (1 - {row.abatement:.6g}) "
        f"= {row.emission_kt:.6g} kt"
        for row in result.itertuples()
    ]
    return result[list(dict.fromkeys([*_COLUMNS, *itertools.chain(*IDENTITY.values())]))]


def _published(
    release: Release, region: Names, sector: Names, year: int, factor_set: str
) -> dict[str, Any] | None:
    if "totals" not in release.tables:
        return None
    matches = release.totals(region, sector, year, factor_set=factor_set)
    if incomplete(matches).any():
        return None
    columns = ["level", "emission_kt", "lower_kt", "upper_kt", "draws"]
    columns += ["approach1_lower_kt", "approach1_upper_kt", "approach1_valid"]
    return records(matches[columns])[0] if len(matches) == 1 else None


def _assumptions(
    rows: pd.DataFrame, total: float, variance: Variance, provenance: Provenance, year: int
) -> list[dict[str, Any]]:
    users_of = _Users(rows, variance)
    entries = []
    for part in variance.parts.itertuples():
        users = users_of.named(str(part.part), str(part.name))
        flags = _words(users["flag"])
        identity = {column: users[column][0] for column in IDENTITY[part.part]}
        facts = provenance.of(str(part.part), identity, year, flags)
        entries.append(
            {
                "part": part.part,
                "name": part.name,
                "half_width_kt": float(part.half_width_kt),
                "share_of_variance": float(part.share_of_variance),
                "share_of_total": float(users["emission_kt"].sum() / total) if total > 0 else 0.0,
                "rows": len(users["emission_kt"]),
                "confidence": _confidence(str(part.part), users, facts),
                "sources": _words(users[_source_column(str(part.part))]),
                "flags": flags if part.part in {"activity", "local"} else [],
                "notes": _notes(str(part.part), users, facts),
                "facts": facts,
            }
        )
    return entries


class _Users:
    """Rows by the named parts that move them."""

    def __init__(self, rows: pd.DataFrame, variance: Variance) -> None:
        columns = ["flag", "note", "activity_confidence"]
        for part in variance.parts["part"].unique():
            columns += [_source_column(part), *IDENTITY[part]]
        # Python's objects: the columns are looked at in thousands of small pieces.
        self._columns = {name: rows[name].to_numpy(dtype=object) for name in columns}
        which, names = draw_names(rows, Component.SHARE)
        self._shares = np.array(names, dtype=object)[which]
        self._columns["emission_kt"] = rows["emission_kt"].to_numpy(dtype=float)
        moved = variance.moved.drop_duplicates(["part", "name", "row"])
        place = pd.Series(np.arange(len(rows)), index=rows.index)
        position = place.reindex(moved["row"]).to_numpy()
        groups = moved.groupby(["part", "name"], sort=False).indices
        self._places = {name: position[index] for name, index in groups.items()}

    def named(self, part: str, name: str) -> dict[str, np.ndarray]:
        """Return columns of the rows that use a part."""
        places = self._places[(part, name)]
        if part == "share":
            places = places[self._shares[places] == name]
        return {column: values[places] for column, values in self._columns.items()}


def _source_column(part: str) -> str:
    return {"local": "activity_source", "conversion": "activity_source"}.get(part, f"{part}_source")


def _confidence(part: str, users: dict[str, np.ndarray], facts: list[dict[str, Any]]) -> str | None:
    """Return the weakest confidence of what a part rests on, None if it isn't known."""
    words = {str(fact["confidence"]) for fact in facts if "confidence" in fact}
    if part == "activity":
        words |= {str(word) for word in users["activity_confidence"] if not pd.isna(word)}
    ranked = [word for word in CONFIDENCE if word in words]
    return ranked[-1] if ranked else None


def _notes(part: str, users: dict[str, np.ndarray], facts: list[dict[str, Any]]) -> list[str]:
    notes = [str(fact["note"]) for fact in facts if fact.get("note")]
    if part in {"activity", "local"}:
        # The row's own note says how its activity came about.
        notes += [str(note) for note in users["note"] if not pd.isna(note)]
    return list(dict.fromkeys(notes))


def _words(cells: Iterable[Any]) -> list[str]:
    """Return the distinct words of cells that separate them by `;`."""
    texts = {str(cell) for cell in cells if not pd.isna(cell)}
    words = (word.strip() for text in texts for word in text.split(";"))
    return sorted({word for word in words if word})


def _sources(rows: pd.DataFrame, release: Release) -> list[dict[str, Any]]:
    columns = ("activity_source", "share_source", "factor_source", "abatement_source")
    cited = {word for name in columns for word in _words(rows[name])}
    return [dict(row) for row in release.manifest["sources"] if row["source_id"] in cited]
