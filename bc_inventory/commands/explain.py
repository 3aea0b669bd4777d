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
    **requested: Any,
) -> None:
    """Print a number as its formula, with what it rests on."""
    from bc_inventory.release.explain.explain import explain as run
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    result = run(release, year=year, facts=facts, **requested)
    if as_json:
        import json

        click.echo(json.dumps(result.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(text(result, top))


def text(explanation: Explanation, top: int) -> str:
    """Return an explanation as text to read.

    Parameters
    ----------
    explanation : Explanation
        What to tell.
    top : int
        Most rows and assumptions to show; what is left out is summed.
    """
    lines = [
        *_heading(explanation),
        "",
        *_rows(explanation, top),
        "",
        *_assumptions(explanation, top),
    ]
    if len(explanation.without_figure):
        lines += ["", "Not in the number:"]
        lines += [
            f"  {row.region} {row.nfr} {row.fuel}: {row.notation_key}"
            for row in explanation.without_figure.head(top).itertuples()
        ]
        if len(explanation.without_figure) > top:
            lines.append(f"  and {len(explanation.without_figure) - top} more")
    lines += ["", "Sources:"]
    lines += [
        f"  {row['source_id']}: {row['title']} ({row['publisher']}"
        f"{', ' + row['published'] if row['published'] else ''}; {row['read']})"
        for row in explanation.sources
    ]
    if explanation.facts_absent:
        lines += [
            "",
            f"Notes and confidence not at hand for: {', '.join(explanation.facts_absent)}",
        ]
        lines += ["  (--facts names the folder of the tables that made this release)"]
    return "\n".join(lines)


def _heading(explanation: Explanation) -> list[str]:
    from bc_inventory.release.explain.explain import FORMULA

    request = explanation.request
    what = ", ".join(
        [
            "/".join(request["region"]) if request["region"] else "all regions",
            "/".join(request["sector"]) if request["sector"] else "all sectors",
            str(request["year"]),
            f"{request['factor_set']} factors",
        ]
    )
    lines = [
        f"Black carbon, {what}{' (memo items)' if request['memo'] else ''}; "
        f"{explanation.release['inventory']} {explanation.release['version']}",
        f"{explanation.emission_kt:.6g} kt, "
        f"+-{explanation.half_width_kt:.3g} kt by error propagation",
    ]
    if explanation.interval:
        drawn = explanation.interval
        lines.append(
            f"95 % interval of {drawn['draws']} draws: "
            f"{drawn['lower_kt']:.4g} to {drawn['upper_kt']:.4g} kt"
        )
    return [*lines, "", FORMULA]


def _rows(explanation: Explanation, top: int) -> list[str]:
    lines = []
    for row in explanation.rows.head(top).to_dict("records"):
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
    rest = explanation.rows.iloc[top:]
    if len(rest):
        lines.append(
            f"and {len(rest)} more rows: {rest['emission_kt'].sum():.4g} kt, "
            f"{rest['share_of_total'].sum():.1%} of the total, "
            f"{rest['share_of_variance'].sum():.1%} of the variance"
        )
    return lines


def _assumptions(explanation: Explanation, top: int) -> list[str]:
    if not explanation.assumptions:
        return ["No part has an interval."]
    lines = ["It hangs on (share of the variance):"]
    for entry in explanation.assumptions[:top]:
        lines.append(
            f"  {entry['share_of_variance']:6.1%} {entry['part']} {entry['name']}: "
            f"+-{entry['half_width_kt']:.3g} kt in {entry['rows']} row(s), "
            f"{entry['share_of_total']:.1%} of the total, "
            f"confidence {entry['confidence'] or 'not known'}"
            + (f", flags {';'.join(entry['flags'])}" if entry["flags"] else "")
        )
        lines += [f"         {_fact(fact)}" for fact in entry["facts"][:3]]
        noted = {fact.get("note") for fact in entry["facts"][:3]}
        lines += [f"         note: {note}" for note in entry["notes"][:3] if note not in noted]
    rest = explanation.assumptions[top:]
    if rest:
        share = sum(item["share_of_variance"] for item in rest)
        lines.append(f"  {share:6.1%} {len(rest)} more parts")
    return lines


def _fact(fact: dict[str, Any]) -> str:
    interval = f" ({fact['lower']}-{fact['upper']})" if "lower" in fact else ""
    value = f" {fact['value']}{interval} {fact.get('unit', '')}".rstrip()
    note = f": {fact['note']}" if "note" in fact else ""
    return f"{fact['table']} row {fact['row']}{value} [{fact['source_id']}]{note}"


def _or_none(value: Any) -> str:
    return value if isinstance(value, str) and value else "none"
