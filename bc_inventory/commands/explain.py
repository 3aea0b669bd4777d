"""`bc-inventory explain`: a number of a release as its formula."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bc_inventory.commands.options import factor_set_option, release_options, version_option

if TYPE_CHECKING:
    from bc_inventory.release.explain.explain import Explanation

__all__ = ["explain"]


@click.command()
@click.option("--region", help="Side, country or province, by code or name; by default all.")
@click.option("--sector", help="NFR category at any level, GNFR aggregate; by default all.")
@click.option("--year", type=int, required=True, help="Calendar year.")
@factor_set_option
@click.option("--memo", is_flag=True, help="Explain memo items, which aren't in the totals.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as JSON.")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Lines shown.")
@version_option
@click.option(
    "--facts",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the fact tables that made the release; by default those at hand.",
)
@release_options
def explain(
    *,
    year: int,
    as_json: bool,
    top: int,
    version: str,
    inventory: str | None,
    releases: str,
    facts: Path | None,
    **asked: Any,
) -> None:
    """Print a number as its formula, with what it rests on."""
    from bc_inventory.release.explain.explain import explain as run
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    made = run(release, year=year, facts=facts, **asked)
    if as_json:
        import json

        click.echo(json.dumps(made.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(text(made, top))


def text(made: Explanation, top: int) -> str:
    """Return an explanation as text to read.

    Parameters
    ----------
    made : Explanation
        What to tell.
    top : int
        Most rows and assumptions to show; what is left out is summed.
    """
    lines = [*_heading(made), "", *_rows(made, top), "", *_assumptions(made, top)]
    if len(made.without_figure):
        lines += ["", "Not in the number:"]
        lines += [
            f"  {row.region} {row.nfr} {row.fuel}: {row.notation_key}"
            for row in made.without_figure.head(top).itertuples()
        ]
        if len(made.without_figure) > top:
            lines.append(f"  and {len(made.without_figure) - top} more")
    lines += ["", "Sources:"]
    lines += [
        f"  {row['source_id']}: {row['title']} ({row['publisher']}"
        f"{', ' + row['published'] if row['published'] else ''}; {row['read']})"
        for row in made.sources
    ]
    if made.facts_absent:
        lines += ["", f"Notes and confidence not at hand for: {', '.join(made.facts_absent)}"]
        lines += ["  (--facts names the folder of the tables that made this release)"]
    return "\n".join(lines)


def _heading(made: Explanation) -> list[str]:
    from bc_inventory.release.explain.explain import FORMULA

    asked = made.asked
    what = ", ".join(
        [
            "/".join(asked["region"]) if asked["region"] else "all regions",
            "/".join(asked["sector"]) if asked["sector"] else "all sectors",
            str(asked["year"]),
            f"{asked['factor_set']} factors",
        ]
    )
    lines = [
        f"Black carbon, {what}{' (memo items)' if asked['memo'] else ''}; "
        f"{made.release['inventory']} {made.release['version']}",
        f"{made.emission_kt:.6g} kt, +-{made.half_width_kt:.3g} kt by error propagation",
    ]
    if made.interval:
        drawn = made.interval
        lines.append(
            f"95 % interval of {drawn['draws']} draws: "
            f"{drawn['lower_kt']:.4g} to {drawn['upper_kt']:.4g} kt"
        )
    return [*lines, "", FORMULA]


def _rows(made: Explanation, top: int) -> list[str]:
    lines = []
    for row in made.rows.head(top).to_dict("records"):
        lines += [
            f"{row['region']} {row['nfr']} {row['fuel']}, {row['technology']}: "
            f"{row['emission_kt']:.4g} kt ({row['lower_kt']:.3g}-{row['upper_kt']:.3g}), "
            f"{row['share_of_total']:.1%} of the total, "
            f"{row['share_of_variance']:.1%} of the variance",
            f"  {row['formula']}",
            f"  activity {row['activity_lower']:.4g}-{row['activity_upper']:.4g} "
            f"{row['activity_unit']}, {row['activity_id']} [{_or_none(row['activity_source'])}]"
            f", confidence {_or_none(row['activity_confidence'])}",
            f"  share {row['share_lower']:.3g}-{row['share_upper']:.3g} "
            f"[{_or_none(row['share_source'])}]",
            f"  factor {row['factor_lower']:.4g}-{row['factor_upper']:.4g} "
            f"{row['emission_factor_unit']}, {row['factor_id']} [{row['factor_source']}]",
            f"  abatement {row['abatement_lower']:.3g}-{row['abatement_upper']:.3g} "
            f"[{_or_none(row['abatement_source'])}]",
            f"  tier {row['tier']}, weakest confidence {row['confidence']}, "
            f"flags {_or_none(row['flag'])}",
        ]
    rest = made.rows.iloc[top:]
    if len(rest):
        lines.append(
            f"and {len(rest)} more rows: {rest['emission_kt'].sum():.4g} kt, "
            f"{rest['share_of_total'].sum():.1%} of the total, "
            f"{rest['share_of_variance'].sum():.1%} of the variance"
        )
    return lines


def _assumptions(made: Explanation, top: int) -> list[str]:
    if not made.assumptions:
        return ["No part has an interval."]
    lines = ["It hangs on (share of the variance):"]
    for one in made.assumptions[:top]:
        lines.append(
            f"  {one['share_of_variance']:6.1%} {one['part']} {one['name']}: "
            f"+-{one['half_width_kt']:.3g} kt in {one['rows']} row(s), "
            f"{one['share_of_total']:.1%} of the total, "
            f"confidence {one['confidence'] or 'not known'}"
            + (f", flags {';'.join(one['flags'])}" if one["flags"] else "")
        )
        lines += [f"         {_fact(fact)}" for fact in one["facts"][:3]]
        noted = {fact.get("note") for fact in one["facts"][:3]}
        lines += [f"         note: {note}" for note in one["notes"][:3] if note not in noted]
    rest = made.assumptions[top:]
    if rest:
        share = sum(one["share_of_variance"] for one in rest)
        lines.append(f"  {share:6.1%} {len(rest)} more parts")
    return lines


def _fact(fact: dict[str, Any]) -> str:
    interval = f" ({fact['lower']}-{fact['upper']})" if "lower" in fact else ""
    value = f" {fact['value']}{interval} {fact.get('unit', '')}".rstrip()
    note = f": {fact['note']}" if "note" in fact else ""
    return f"{fact['table']} row {fact['row']}{value} [{fact['source_id']}]{note}"


def _or_none(value: Any) -> str:
    return value if isinstance(value, str) and value else "none"
