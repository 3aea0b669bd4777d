"""`bc-inventory decompose`: why two parts of the inventory differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bc_inventory.commands.options import release_options, use_facts_of

if TYPE_CHECKING:
    import pandas as pd

    from bc_inventory.release.read.built_with import BuiltWith
    from bc_inventory.release.read.release import Release

__all__ = ["decompose"]

_KEYS = ("side", "region", "year", "set", "release")
_SHOWN = 8


@click.command()
@click.argument("base", metavar="BASE")
@click.argument("other", metavar="OTHER")
@click.option(
    "--by",
    help="Columns to compare within, such as region,nfr; by default the category, and the "
    "region too where both have the same regions.",
)
@click.option(
    "--method",
    type=click.Choice(["lmdi", "shapley"]),
    default="lmdi",
    show_default=True,
    help="Exact method that splits the difference.",
)
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="CSV file for every part."
)
@release_options
def decompose(
    base: str,
    other: str,
    by: str | None,
    method: Any,
    to: Path | None,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Take the difference OTHER - BASE apart, along the chain that makes an emission.

    Heads are activity, fuel mix, technology mix, emission factor, abatement, coverage (what
    one side lacks) and combined (what can't be distinguished); they add up to the difference.

    Each is said as KEY=VALUE, joined by commas; keys are side, region, year, set
    (harmonised, official) and release (a version, or latest). Sides, and factor sets of a side,
    are read from the release as it was built; what else is asked for is computed with its draws.

    \b
    bc-inventory decompose side=EU side=CN
    bc-inventory decompose side=CN,year=2015 side=CN,year=2018
    bc-inventory decompose side=EU,set=harmonised side=EU,set=official --to parts.csv
    """
    from bc_inventory.commands.released import computed_now
    from bc_inventory.release.read.built_with import built_with

    parts = [_part(_selector(text), inventory, releases) for text in (base, other)]
    matches = None if by or method != "lmdi" else _released(*parts)
    if matches is None:
        built = built_with(parts[0].release)
        heads, cells, within = _computed(parts[0].rows(), parts[1].rows(), by, method, built)
        click.echo(computed_now(f"{base} and {other}, by {','.join(within)}, {method}", built))
    else:
        heads, cells, within = matches
    click.echo(f"{base}: {parts[0].total():,.2f} kt")
    for row in heads[heads["part_kt"] != 0].itertuples():
        reach = f"  ({row.lower_kt:+,.2f} to {row.upper_kt:+,.2f})"
        click.echo(f"  {row.head:<16}{row.part_kt:+12,.2f}{reach}")
    click.echo(f"{other}: {parts[1].total():,.2f} kt")
    largest = cells.reindex(cells["part_kt"].abs().sort_values(ascending=False).index)
    click.echo("largest parts, kt:")
    for row in largest.head(_SHOWN).to_dict("records"):
        place = " ".join(str(row[name]) for name in within)
        click.echo(f"  {place} {row['head']} {row['part_kt']:+,.2f}")
    if to is not None:
        from bc_inventory.report.exports import write_csv

        click.echo(f"Written: {write_csv(cells, to)}")


@dataclass(frozen=True)
class _Part:
    """A part of a release that a difference starts from or leads to."""

    release: Release
    place: str | None
    whole_side: bool
    year: int
    factor_set: str

    def rows(self) -> pd.DataFrame:
        """Return its rows of the emission table."""
        from bc_inventory.errors import DataError, Problem

        rows = self.release.emissions(
            self.place, None, self.year, factor_set=self.factor_set, memo=None
        )
        if rows.empty:
            text = f"no rows for {self.place or 'any region'}, {self.factor_set}"
            raise DataError([Problem(text, "a part of the release")])
        return rows

    def total(self) -> float:
        """Return its published total, kt; a group's is the sum of those of its members."""
        rows = self.release.totals(self.place, None, self.year, factor_set=self.factor_set)
        from bc_inventory.errors import DataError, Problem
        from bc_inventory.inventory.whole_years import incomplete

        if incomplete(rows).any():
            raise DataError(
                [
                    Problem(
                        f"{self.place or 'all'} in {self.year}, which is incomplete",
                        "a year that is whole",
                        remedy="`bc-inventory show` says what each year lacks.",
                    )
                ]
            )
        return float(rows["emission_kt"].sum())


def _released(base: _Part, other: _Part) -> tuple[pd.DataFrame, pd.DataFrame, list[str]] | None:
    """Return heads, cells and the columns of cells as the release has them, None if it hasn't."""
    from bc_inventory.commands.released import derived
    from bc_inventory.schema.analysis import DECOMPOSITION_HEADS

    table = derived(base.release, "decomposition")
    same = base.release.version == other.release.version and base.year == other.year
    if table is None or not same or not (base.whole_side and other.whole_side):
        return None
    rows = table[
        (table["year"] == base.year)
        & (table["base_side"] == base.place)
        & (table["base_set"] == base.factor_set)
        & (table["other_side"] == other.place)
        & (table["other_set"] == other.factor_set)
    ]
    if rows.empty:
        return None
    of_all = (rows["region"] == "*") & (rows["nfr"] == "*")
    within = [name for name in ("region", "nfr") if (rows.loc[~of_all, name] != "*").any()]
    columns = [*within, "head", "part_kt", "lower_kt", "upper_kt", "shapley_kt"]
    # The order of the chain, which the table's own order by key isn't.
    heads = rows[of_all].set_index("head").reindex(DECOMPOSITION_HEADS).reset_index()
    return heads, rows.loc[~of_all, columns].reset_index(drop=True), within


def _computed(
    base: pd.DataFrame, other: pd.DataFrame, by: str | None, method: Any, built: BuiltWith
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    from bc_inventory.analysis.decomposition.decompose import drawn_parts

    same = set(base["region"]) == set(other["region"])
    within = by.split(",") if by else ["region", "nfr"] if same else ["nfr"]
    unknown = [name for name in within if name not in base.columns]
    if unknown:
        raise click.BadParameter(f"no column {unknown[0]!r} in the emission table", param_hint="by")
    parts = drawn_parts(base, other, by=within, method=method, draws=built.draws, seed=built.seed)
    return parts.table(()), parts.table(), within


def _selector(text: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for part in text.split(","):
        key, mark, value = part.partition("=")
        key = key.strip()
        if not mark or not value or key not in _KEYS or key in names:
            raise click.BadParameter(
                f"{part!r}; expected KEY=VALUE once each, with one of {', '.join(_KEYS)}",
                param_hint=text,
            )
        names[key] = value.strip()
    return names


def _part(chosen: dict[str, str], inventory: str | None, releases: str) -> _Part:
    from bc_inventory.errors import DataError, Problem
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.release import open_release

    release = open_release(chosen.get("release", "latest"), inventory=inventory, root=releases)
    use_facts_of(release)
    years = sorted({int(year) for year in release.table("totals")["year"].unique()})
    text = chosen.get("year", str(built_with(release).year))
    if not text.isdigit() or int(text) not in years:
        raise DataError(
            [
                Problem(
                    found=f"the year {text}",
                    expected=f"one of {', '.join(map(str, years))}",
                    remedy="Build a release of that year (years under [inventory]).",
                )
            ]
        )
    return _Part(
        release,
        chosen.get("region", chosen.get("side")),
        "region" not in chosen and "side" in chosen,
        int(text),
        chosen.get("set", "harmonised"),
    )
