"""Make text from other people harmless where it is shown.

A name may hold markup, a spreadsheet formula, characters that turn the reading
direction, or ten thousand letters. HTML is escaped by the template; here are
the other dangers: control characters, overrides of direction, formulas and length.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_text", "clean", "for_markdown", "for_spreadsheet", "shorten"]

# Control characters; marks, embeddings, overrides and isolates of direction; zero-width ones.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# What Markdown or the HTML in it takes for markup.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~!&$]")
_LONGEST_SHOWN = 160
# The most a cell of a workbook holds.
_LONGEST_CELL = 32_767


def clean(text: object) -> str:
    r"""Return text without characters that hide, move or turn other text.

    Parameters
    ----------
    text : object
        Anything; its string is used.

    Returns
    -------
    str
        Letters of right-to-left scripts stay; what overrides the direction
        goes, and each lone surrogate becomes a replacement character.

    Examples
    --------
    >>> clean("abc\u202egnp.exe")
    'abcgnp.exe'
    """
    whole = str(text).encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", whole))


def shorten(text: object, longest: int = _LONGEST_SHOWN) -> str:
    """Return clean text of bounded length, saying how much was left out.

    Examples
    --------
    >>> shorten("a" * 30, 20)
    'aaaaaaaaaaaaaaaaaaaa… (30 characters)'
    """
    whole = clean(text)
    if len(whole) <= longest:
        return whole
    return f"{whole[:longest]}… ({len(whole)} characters)"


def for_spreadsheet(text: object) -> str:
    r"""Return clean text that no spreadsheet takes for a formula.

    Text that begins like a formula gets an apostrophe before it, which
    spreadsheets read as "this is text".

    Examples
    --------
    >>> for_spreadsheet('=HYPERLINK("http://x")')
    '\'=HYPERLINK("http://x")'
    """
    whole = clean(text)[: _LONGEST_CELL - 1]
    return f"'{whole}" if whole.lstrip().startswith(_FORMULA) else whole


def for_markdown(text: object) -> str:
    r"""Return clean text on one line in which Markdown finds no markup.

    Examples
    --------
    >>> for_markdown("BC <b>2018</b>\n# a heading")
    'BC &#60;b&#62;2018&#60;/b&#62; &#35; a heading'
    """
    line = clean(" ".join(str(text).split()))
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", line)


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table for CSV, in which text that looks like a formula has an apostrophe before it.

    Numbers stay, those that are written as text too.

    Examples
    --------
    >>> import pandas as pd
    >>> as_text(pd.DataFrame({"a": ["=1+1", "-3", "b"], "b": [-1, 0, 1]}))["a"].tolist()
    ["'=1+1", '-3', 'b']
    """
    import pandas as pd

    columns = {}
    for position, kind in enumerate(frame.dtypes):
        column = frame.iloc[:, position]
        if kind.kind not in "biufcmM":
            # A type of text stays; of all others the cells stay the objects that they are.
            dtype = kind if isinstance(kind, pd.StringDtype) else object
            column = pd.Series([_inert(cell) for cell in column], index=frame.index, dtype=dtype)
        columns[position] = column
    safe = pd.DataFrame(columns, index=frame.index)
    safe.columns = pd.Index([_inert(name) for name in frame.columns])
    return safe


def _inert(value: object) -> object:
    if not isinstance(value, str) or not value.lstrip().startswith(_FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value
