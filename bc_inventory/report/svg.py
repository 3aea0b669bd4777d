"""Vector charts as inline SVG: few marks, readable in greyscale and by a screen reader.

Text appears once for each language; style sheet and language switch are the page's.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable

from markupsafe import Markup, escape

from bc_inventory.report.i18n import Both

__all__ = ["chart", "label", "nice_ticks", "shape", "wrapped"]

# Width of a character and height of a line of the labels of a chart, pixels at full size.
_LATIN, _HAN, _LINE = 6.4, 12.0, 13.0
_LINES = 3


def shape(tag: str, *children: Markup | str, **attributes: object) -> Markup:
    """Return an element; attribute names have `_` for `-`, all text is escaped."""
    words = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_short(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(children)
    return Markup(f"<{tag}{words}>{inner}</{tag}>" if inner else f"<{tag}{words}/>")  # noqa: S704


def _short(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


def label(x: float, y: float, text: Both | str, **attributes: object) -> Markup:
    """Return text at a place, in both languages where they differ."""
    if isinstance(text, str) or text.en == text.zh:
        words = text if isinstance(text, str) else text.en
        return shape("text", escape(words), x=x, y=y, **attributes)
    return Markup("").join(
        shape("text", escape(words), x=x, y=y, lang=lang, **attributes)
        for words, lang in ((text.en, "en"), (text.zh, "zh"))
    )


def wrapped(x: float, y: float, text: Both, room: float, **attributes: object) -> Markup:
    """Return text on as many lines as it needs to stay within a width, centred on a height.

    Parameters
    ----------
    x, y : float
        Where the lines are anchored, and the middle of them all.
    text : Both
        In both languages; each is broken on its own.
    room : float
        Width in pixels at the size of the labels of a chart.
    attributes
        Of the text.
    """
    result = []
    for words, lang, wide in ((text.en, "en", _LATIN), (text.zh, "zh", _HAN)):
        count = max(int(room / wide), 1)
        if lang == "en":
            lines = textwrap.wrap(words, count)
        else:
            lines = _han_lines(words, room)
        shown = lines[:_LINES]
        if len(lines) > _LINES:
            shown[-1] = shown[-1][: count - 1] + "…"
        first = y - _LINE * (len(shown) - 1) / 2
        by_name = {} if text.en == text.zh else {"lang": lang}
        spans = [
            shape("tspan", escape(line), x=x, y=first + place * _LINE)
            for place, line in enumerate(shown)
        ]
        result.append(shape("text", *spans, **by_name, **attributes))
        if not by_name:
            break
    return Markup("").join(result)


def _han_lines(words: str, room: float) -> list[str]:
    """Break Chinese text between characters, keeping numbers and Latin words whole."""
    lines, used = [""], 0.0
    for part in re.findall(r"[\x21-\x7e]+|.", words):
        wide = len(part) * (_LATIN if part.isascii() else _HAN)
        # No line begins with a mark that closes something.
        if lines[-1] and used + wide > room and part not in "，。；：）、":
            lines.append("")
            used = 0.0
        lines[-1] += part
        used += wide
    return [line.strip() for line in lines]


def chart(
    width: float, height: float, shapes: Iterable[Markup], title: Both, description: Both
) -> Markup:
    """Return a whole chart with words for those who don't see it.

    Parameters
    ----------
    width, height : float
        Of the view box; one unit is a pixel at full size.
    shapes : iterable of Markup
        In drawing order.
    title, description : Both
        What a screen reader says, in both languages.
    """
    return shape(
        "svg",
        *shapes,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=f"{title.en}. {description.en}",
        data_label_en=f"{title.en}. {description.en}",
        data_label_zh=f"{title.zh}。{description.zh}",
        class_="chart",
    )


def nice_ticks(highest: float, lowest: float = 0.0, about: int = 5) -> list[float]:
    """Return round numbers that span a range.

    Examples
    --------
    >>> nice_ticks(900.0)
    [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]
    """
    span = max(highest - lowest, 1e-12)
    power = 10.0 ** math.floor(math.log10(span / about))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice * about >= span * 0.999)
    first, last = math.floor(lowest / step + 1e-9), math.ceil(highest / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]
