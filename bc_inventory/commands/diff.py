"""`bc-inventory diff`: why the numbers of two releases differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bc_inventory.commands.options import release_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bc_inventory.reference.domains import Name
    from bc_inventory.release.explain.diff import Difference

__all__ = ["diff"]


@click.command()
@click.argument("base")
@click.argument("other")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="Form of the answer; csv is one table.",
)
@click.option(
    "--table",
    "name",
    type=click.Choice(["totals", "rows", "inputs", "settings"]),
    default="totals",
    show_default=True,
    help="Table of --format csv.",
)
@click.option(
    "--method",
    type=click.Choice(["lmdi", "shapley"]),
    default="lmdi",
    show_default=True,
    help="Exact method that splits a change.",
)
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Lines shown.")
@release_options
def diff(
    base: str,
    other: str,
    *,
    form: str,
    name: str,
    method: Any,
    top: int,
    inventory: str | None,
    releases: str,
) -> None:
    r"""Split the change of every total from release BASE to release OTHER.

    A release is a version, latest, or a variant; of another inventory INVENTORY/VERSION.
    Two inventories are compared on the regions and years that both have.

    \b
    bc-inventory diff 2018-1a2b3c4d latest
    bc-inventory diff latest what-if --inventory poland
    bc-inventory diff eu-china/latest poland/latest
    """
    from bc_inventory.release.explain.diff import diff as run
    from bc_inventory.release.read.release import open_release

    pair = [open_release(version, inventory=inventory, root=releases) for version in (base, other)]
    result = run(pair[0], pair[1], method=method)
    if form == "json":
        import json

        click.echo(json.dumps(result.to_dict(), indent=1, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        from bc_inventory.release.sanitize import as_text

        table: pd.DataFrame = getattr(result, name)
        click.echo(as_text(table).to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        click.echo(text(result, top, {**pair[0].names, **pair[1].names}))


def text(difference: Difference, top: int, names: Mapping[str, Name]) -> str:
    """Return a difference as text to read.

    Parameters
    ----------
    difference : Difference
        What changed.
    top : int
        Most lines of each table.
    names : mapping of str to Name
        What the part of each domain is called, by its code.
    """
    title = (
        f"From {difference.base['inventory']} {difference.base['version']} "
        f"to {difference.other['inventory']} {difference.other['version']}"
    )
    if difference.empty:
        return f"{title}: nothing changed"
    lines = [title, *(_left_out(what, names) for what, names in difference.left_out.items()), ""]
    lines += _totals(difference, top, names) if len(difference.totals) else ["No total changed."]
    lines += ["", *_rows(difference, top)] if len(difference.rows) else []
    if len(difference.inputs):
        lines += ["", "Facts that changed:"]
        lines += [
            f"  {row['path']}: {row['change']} "
            f"({_short(row['base_sha256'])} to {_short(row['other_sha256'])})"
            for row in difference.inputs.to_dict("records")
        ]
    if len(difference.settings):
        lines += ["", "Configuration, code and libraries that changed:"]
        lines += [
            f"  {row['what']}: {_short(row['base'])} to {_short(row['other'])}"
            for row in difference.settings.to_dict("records")
        ]
    return "\n".join(lines)


def _left_out(what: str, names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"Left out, {what} alone: {shown}"


def _totals(difference: Difference, top: int, names: Mapping[str, Name]) -> list[str]:
    """List the totals of the sides, then those of regions and categories that moved most."""
    from bc_inventory.release.explain.diff import HEADS
    from bc_inventory.schema.enumerations import Level

    heading = f"{'kt':34}{'base':>11}{'other':>11}{'change':>11}" + "".join(
        f"{head:>18}" for head in HEADS
    )
    lines = [heading]
    order = difference.totals["change_kt"].abs().sort_values(ascending=False, kind="stable").index
    sides = difference.totals["level"] == Level.SIDE
    cells = difference.totals["level"] == Level.REGION_NFR
    for shown in (
        difference.totals[sides],
        difference.totals.loc[order][cells.loc[order]].head(top),
    ):
        for row in shown.to_dict("records"):
            place = names[row["side"]].en if row["region"] == "*" else row["region"]
            label = f"{row['year']} {place} {row['nfr']} {row['factor_set']}"
            values = [row["base_kt"], row["other_kt"], row["change_kt"]]
            lines.append(
                f"{label:34}"
                + "".join(f"{value:>11.4g}" for value in values)
                + "".join(f"{row[head]:>18.3g}" for head in HEADS)
            )
    if cells.sum() > top:
        lines.append(f"and {cells.sum() - top} more regions and categories")
    return lines


def _rows(difference: Difference, top: int) -> list[str]:
    lines = [f"Rows that did it ({len(difference.rows)}):"]
    for row in difference.rows.head(top).to_dict("records"):
        key = f"{row['year']} {row['region']} {row['nfr']} {row['fuel']}, {row['technology']}"
        key += f", {row['factor_set']}"
        lines.append(f"  {row['change_kt']:+.4g} kt  {key} ({row['activity_id']}): {_what(row)}")
    if len(difference.rows) > top:
        lines.append(f"  and {len(difference.rows) - top} more")
    return lines


def _what(row: dict[str, Any]) -> str:
    """Tell what of a row changed."""
    if row["in"] != "both":
        heads = ("technology_shares", "method", "coverage")
        head = next((name for name in heads if row[name]), "zero")
        return f"in {row['in']} alone ({head})"
    details = []
    for name in ("activity", "share", "emission_factor", "abatement"):
        old, new = row[f"{name}_base"], row[f"{name}_other"]
        if old != new:
            unit = row.get(f"{name}_unit_other") or ""
            details.append(f"{name} {old:.6g} to {new:.6g} {unit}".rstrip())
    return ", ".join(details) or "by another method"


def _short(value: Any) -> str:
    return value[:40] if isinstance(value, str) else "none"
