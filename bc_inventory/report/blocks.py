"""What a section of the page consists of."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bc_inventory.report.i18n import Both
from bc_inventory.report.tables import Table

__all__ = ["Figure", "Section"]


@dataclass(frozen=True)
class Figure:
    """A chart or a table, or both.

    Parameters
    ----------
    caption : Both
        What it shows, in a sentence.
    chart : Markup, optional
        Inline SVG.
    table : Table, optional
        The data; folded away below a chart, open without one.
    note : Both, optional
        Caveat, shown with the figure.
    pair : bool
        Whether it shares a line with the next figure where the screen is wide.
    """

    caption: Both
    chart: Markup | None = None
    table: Table | None = None
    note: Both | None = None
    pair: bool = False


@dataclass(frozen=True)
class Section:
    """A section of the page, with what it says and its figures."""

    name: str
    title: Both
    text: tuple[Both, ...] = ()
    figures: tuple[Figure, ...] = ()
