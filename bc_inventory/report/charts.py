"""The charts of the report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bc_inventory.report.i18n import Both
from bc_inventory.report.svg import chart, label, nice_ticks, shape, wrapped
from bc_inventory.report.tables import number

__all__ = ["Bar", "Series", "bars", "lines", "waterfall_chart"]

_WIDTH = 520.0
_LEFT = 150.0
_RIGHT = 58.0
_ROW = 17.0
# Entries of the key in a line, and the height of one.
_KEYS, _KEY_ROW = 2, 18
_UNIT = Both("kt a year", "千吨/年")
Across = Callable[[float], float]
# Marks that differ in shape as well as in shade, for greyscale print.
_SHAPES = ("circle", "square", "triangle", "diamond", "cross")
_APART = 9.0
_DASHES = (None, "6 3", "2 3", "8 3 2 3")


@dataclass(frozen=True)
class Bar:
    """A bar with its interval, in kt; `group` decides fill and key."""

    name: Both
    group: str
    value: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Series:
    """A line or points by year, in kt, with intervals where there are any."""

    name: str
    points: tuple[tuple[int, float, float | None, float | None], ...]
    ours: bool = False


def bars(
    rows: Sequence[Bar],
    groups: Mapping[str, Both],
    colours: Mapping[str, str],
    title: Both,
    description: Both,
    unit: Both = _UNIT,
) -> Markup:
    """Return horizontal bars with intervals, those of one name side by side.

    Parameters
    ----------
    rows : sequence of Bar
        Bars of one name stand together; order is kept.
    groups : mapping of str to Both
        Groups in their order, with their key.
    colours : mapping of str to str
        Fill of each group, `#rrggbb`.
    title, description : Both
        For those who don't see the chart.
    unit : Both
        Of the axis.
    """
    names = list(dict.fromkeys(row.name for row in rows))
    reach = [max(row.upper or 0.0, row.value) for row in rows]
    lowest = min([0.0, *(min(row.lower or 0.0, row.value) for row in rows)])
    ticks = nice_ticks(max(reach, default=1.0), lowest)
    scale = (_WIDTH - _LEFT - _RIGHT) / (ticks[-1] - ticks[0])
    block = _ROW * len(groups) + 10
    begin = 12 + _KEY_ROW * math.ceil(len(groups) / _KEYS)
    height = begin + block * len(names) + 30

    def across(value: float) -> float:
        return _LEFT + (value - ticks[0]) * scale

    shapes = [*_key(groups, colours), *_grid(ticks, across, begin - 4, height - 30, unit)]
    for place, name in enumerate(names):
        top = begin + place * block
        middle = top + block / 2
        shapes.append(wrapped(_LEFT - 6, middle, name, _LEFT - 8, text_anchor="end", class_="name"))
        for slot, group in enumerate(groups):
            y = top + 3 + slot * _ROW
            for row in rows:
                if row.name == name and row.group == group:
                    shapes.append(_bar(row, across, y, colours[group]))
    return chart(_WIDTH, height, shapes, title, description)


def _bar(row: Bar, across: Across, y: float, fill: str) -> Markup:
    start, end = sorted((across(0.0), across(row.value)))
    middle = y + (_ROW - 4) / 2
    shapes = [
        shape(
            "rect", x=start, y=y, width=max(end - start, 0.5), height=_ROW - 4,
            fill=fill,
        )
    ]  # fmt: skip
    after = end
    if row.lower is not None and row.upper is not None:
        low, high = across(row.lower), across(row.upper)
        path = f"M{low:.1f} {middle:g}H{high:.1f}"
        path += f"M{low:.1f} {middle - 3:g}v6M{high:.1f} {middle - 3:g}v6"
        shapes.append(shape("path", d=path, class_="whisker"))
        after = max(after, high)
    shapes.append(label(after + 4, middle, number(row.value), class_="value"))
    return shape("g", *shapes)


def _key(groups: Mapping[str, Both], colours: Mapping[str, str]) -> list[Markup]:
    shapes = []
    for slot, (group, text) in enumerate(groups.items()):
        x, y = _LEFT + slot % _KEYS * 160, 6 + slot // _KEYS * _KEY_ROW
        shapes.append(shape("rect", x=x, y=y, width=14, height=11, fill=colours[group]))
        shapes.append(label(x + 19, y + 6, text))
    return shapes


def _grid(
    ticks: Sequence[float], across: Across, top: float, bottom: float, unit: Both = _UNIT
) -> list[Markup]:
    shapes = []
    for tick in ticks:
        x = across(tick)
        shapes.append(shape("path", d=f"M{x:.1f} {top:g}V{bottom:g}", class_="grid"))
        shapes.append(label(x, bottom + 9, _tick(tick), text_anchor="middle", class_="tick"))
    shapes.append(label(_WIDTH - 2, bottom + 22, unit, text_anchor="end", class_="tick"))
    return shapes


def _tick(value: float) -> str:
    return f"{value:,.6g}"


def lines(series: Sequence[Series], title: Both, description: Both) -> Markup:
    """Return time series of several inventories in one panel, distinguished by mark and dash.

    Parameters
    ----------
    series : sequence of Series
        At least one point in all.
    title, description : Both
        For those who don't see the chart.
    """
    years = [point[0] for entry in series for point in entry.points]
    highest = max(max(p[3] or 0.0, p[1]) for item in series for p in item.points)
    ticks = nice_ticks(highest)
    first, last = min(years), max(years)
    left, right, top, bottom = 46.0, _WIDTH - 14, 26.0, 266.0
    span = max(last - first, 1)

    def across(year: float) -> float:
        return left + (year - first) / span * (right - left)

    def up(value: float) -> float:
        return bottom - value / ticks[-1] * (bottom - top)

    shapes = []
    for tick in ticks:
        shapes.append(shape("path", d=f"M{left:g} {up(tick):.1f}H{right:g}", class_="grid"))
        shapes.append(label(left - 5, up(tick), _tick(tick), text_anchor="end", class_="tick"))
    shapes.append(label(2, 8, _UNIT, class_="tick"))
    step = 5 if span > 8 else 1
    for year in range(first, last + 1):
        if year % step == 0 or span <= 8:
            shapes.append(
                label(across(year), bottom + 10, str(year), text_anchor="middle", class_="tick")
            )
    offsets = _dodged(series)
    for place, element in enumerate(series):
        shapes += _line(element, place, across, up, offsets[place])
    height = bottom + 24
    for place, element in enumerate(series):
        y = height + 6 + (place // 2) * 18
        x = left + (place % 2) * (right - left) / 2
        shapes += [_marker(x + 8, y, place, element.ours), label(x + 20, y, element.name)]
    height += 18 * ((len(series) + 1) // 2) + 4
    return chart(_WIDTH, height, shapes, title, description)


def _dodged(series: Sequence[Series]) -> list[dict[int, float]]:
    """Return how far each series is moved sideways in a year in which several have an interval."""
    records: list[dict[int, float]] = [{} for _ in series]
    holders: dict[int, list[int]] = {}
    for place, item in enumerate(series):
        for year, _, lower, _ in item.points:
            if lower is not None:
                holders.setdefault(year, []).append(place)
    for year, places in holders.items():
        for rank, place in enumerate(places):
            records[place][year] = (rank - (len(places) - 1) / 2) * _APART
    return records


def _line(
    series: Series, place: int, across: Across, up: Across, offsets: dict[int, float]
) -> list[Markup]:
    shapes = []
    kind = "ours" if series.ours else f"line{place % 5}"
    points = sorted(series.points)
    if len(points) > 1:
        path = "M" + "L".join(
            f"{across(p[0]) + offsets.get(p[0], 0.0):.1f} {up(p[1]):.1f}" for p in points
        )
        dash = None if series.ours else _DASHES[place % len(_DASHES)]
        shapes.append(shape("path", d=path, class_=f"line {kind}", stroke_dasharray=dash))
    for year, value, lower, upper in points:
        x = across(year) + offsets.get(year, 0.0)
        if lower is not None and upper is not None:
            path = f"M{x:.1f} {up(lower):.1f}V{up(upper):.1f}M{x - 4:.1f} {up(lower):.1f}h8"
            path += f"M{x - 4:.1f} {up(upper):.1f}h8"
            shapes.append(shape("path", d=path, class_="whisker"))
        if len(points) <= 12 or year in {points[0][0], points[-1][0]} or year % 5 == 0:
            shapes.append(_marker(x, up(value), place, series.ours))
    return shapes


def _marker(x: float, y: float, place: int, ours: bool) -> Markup:
    name = _SHAPES[place % len(_SHAPES)]
    # After five shapes they come again, hollow.
    form = " cross" if name == "cross" else " hollow" if place // len(_SHAPES) % 2 else ""
    kind = f"mark{form} ours" if ours else f"mark{form} line{place % 5}"
    size = 5.0 if ours else 4.0
    paths = {
        "circle": f"M{x - size:.1f} {y:.1f}a{size} {size} 0 1 0 {2 * size} 0"
        f"a{size} {size} 0 1 0 {-2 * size} 0",
        "square": f"M{x - size:.1f} {y - size:.1f}h{2 * size}v{2 * size}h{-2 * size}z",
        "triangle": f"M{x:.1f} {y - size:.1f}l{size} {2 * size}h{-2 * size}z",
        "diamond": f"M{x:.1f} {y - size - 1:.1f}l{size} {size + 1}l{-size} {size + 1}"
        f"l{-size} {-size - 1}z",
        "cross": f"M{x - size:.1f} {y - size:.1f}l{2 * size} {2 * size}m0 {-2 * size}"
        f"l{-2 * size} {2 * size}",
    }
    return shape("path", d=paths[name], class_=kind)


def waterfall_chart(
    start: tuple[Both, float],
    steps: Sequence[tuple[Both, float, float | None, float | None]],
    end: tuple[Both, float],
    title: Both,
    description: Both,
) -> Markup:
    """Return a waterfall from one total to another, one bar a head.

    Parameters
    ----------
    start, end : tuple of Both and float
        Names and totals in kt.
    steps : sequence of (name, part, lower, upper)
        Parts in kt with their intervals where known.
    title, description : Both
        For those who don't see the chart.
    """
    running, levels = start[1], [0.0, start[1], end[1]]
    for _, part, _, _ in steps:
        running += part
        levels.append(running)
    ticks = nice_ticks(max(levels), min(levels))
    scale = (_WIDTH - _LEFT - _RIGHT) / (ticks[-1] - ticks[0])
    height = 10 + (len(steps) + 2) * 26 + 30

    def across(value: float) -> float:
        return _LEFT + (value - ticks[0]) * scale

    shapes = _grid(ticks, across, 4, height - 30)
    shapes += _fall(start[0], 0.0, start[1], across, 8, "fill0", number(start[1]))
    running = start[1]
    for place, (name, part, lower, upper) in enumerate(steps):
        text = f"{'+' if part > 0 else '−'}{number(abs(part))}"
        if lower is not None and upper is not None:
            text += f" ({_signed(lower)} … {_signed(upper)})"
        kind = "rise" if part > 0 else "drop"
        y = 8 + (place + 1) * 26
        shapes += _fall(name, running, running + part, across, y, kind, text)
        running += part
    y = 8 + (len(steps) + 1) * 26
    shapes += _fall(end[0], 0.0, end[1], across, y, "fill1", number(end[1]))
    return chart(_WIDTH, height, shapes, title, description)


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else ''}{number(abs(value), 2)}"


def _fall(
    name: Both,
    start: float,
    end: float,
    across: Across,
    y: float,
    kind: str,
    text: str,
) -> list[Markup]:
    low, high = sorted((across(start), across(end)))
    middle = y + 9
    room = 6.0 * len(text) + 6
    if high + room < _WIDTH:
        x, anchor, style = high + 4, "start", "value"
    elif low - room > _LEFT:
        x, anchor, style = low - 4, "end", "value"
    else:
        x, anchor, style = high - 4, "end", "value inside"
    return [
        wrapped(_LEFT - 6, middle, name, _LEFT - 8, text_anchor="end", class_="name"),
        shape("rect", x=low, y=y, width=max(high - low, 1.0), height=18, class_=kind),
        label(x, middle, text, text_anchor=anchor, class_=style),
        shape("path", d=f"M{across(end):.1f} {y + 18:g}v8", class_="link"),
    ]
