"""The facts of an inventory that aren't the embedded ones."""

from __future__ import annotations

from bc_inventory.report.blocks import Figure
from bc_inventory.report.context import Material
from bc_inventory.report.i18n import Both
from bc_inventory.report.tables import Column, to_table

__all__ = ["changed_facts"]

_CHANGES = {
    "replaced": Both("replaced", "替换"),
    "added": Both("added", "新增"),
    "removed": Both("removed", "删除"),
}


def changed_facts(material: Material) -> tuple[Figure, ...]:
    """Return the table of rows that take the place of embedded ones; nothing without any."""
    changed = material.facts_changed
    if changed is None or changed.empty:
        return ()
    columns = [
        Column("table", Both("table", "表")),
        Column("row", Both("row", "行")),
        Column("change", Both("change", "变化")),
        Column("column", Both("column", "列")),
        Column("embedded", Both("embedded", "内置值")),
        Column("given", Both("in its place", "替换值")),
    ]
    caption = Both(
        f"Facts of this inventory that differ from the embedded ones: {len(changed)} values and "
        "rows. Figures that rest on reported activity carry the flag `reported`.",
        f"本清单与内置数据不同之处：{len(changed)}项。",
    )
    return (
        Figure(caption, None, to_table(changed, columns, "facts_changed", {"change": _CHANGES})),
    )
