"""Damage text and binary files of measurements, and judge what a reader makes of them.

Each damage stands for something that happens: a transfer cut off, lines lost or written
twice, bytes of another encoding, a header that lies about its counts, a clock that is set
back, columns moved. A reader may give the same values, or refuse with an error of ours
that names the file, and the line where one line is at fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bc_inventory.errors import BCInventoryError

__all__ = ["Damaged", "Text", "binary_damages", "judge", "text_damages", "values_of"]

_NUMBER = re.compile(r"-?\d*\.?\d*(?:[eE][+-]?\d+)?")
_CLAIMS = (b"-1", b"-5", b"0", b"1000000000", b"99999999999999999999", b"1e9", b"nan")
_JUNK = (b"\xff\xfe", b"\x00", b"\xc3\x28", "黑碳".encode("gbk"), b"\x1a", b"\x0c", b"\xef\xbf\xbd")


@dataclass(frozen=True)
class Text:
    """A text file of measurements.

    Parameters
    ----------
    name : str
        File name.
    content : bytes
        Whole and right.
    header : int
        Lines before the rows.
    delimiter : str or None
        Between the cells of a row; None where columns can't be moved by name.
    """

    name: str
    content: bytes
    header: int
    delimiter: str | None = None


@dataclass(frozen=True)
class Damaged:
    """A damaged file.

    Parameters
    ----------
    kind : str
        What was done to it.
    content : bytes
        The file.
    line : int or None
        The one line of the rows that is at fault, from 1.
    spare : int
        Values of each series that nothing can tell from right ones: a number that was cut
        within the last cell of a row that others follow.
    judged : bool
        False where a header was changed into another that may be right.
    """

    kind: str
    content: bytes
    line: int | None = None
    spare: int = 0
    judged: bool = True


def _lines(text: Text) -> list[bytes]:
    return text.content.split(b"\n")


def _place(rng: np.random.Generator, text: Text, lines: list[bytes]) -> int:
    """Return the index of a row that isn't empty."""
    rows = [i for i in range(text.header, len(lines)) if lines[i].strip()]
    return int(rng.choice(rows))


def cut_off(rng: np.random.Generator, text: Text) -> Damaged:
    """Cut the file anywhere."""
    at = int(rng.integers(1, len(text.content)))
    in_header = text.content[:at].count(b"\n") < text.header
    return Damaged("cut off", text.content[:at], judged=not in_header)


def lose_rows(rng: np.random.Generator, text: Text) -> Damaged:
    """Lose some rows, as in spring when the clock is put forward."""
    lines = _lines(text)
    at = _place(rng, text, lines)
    return Damaged("rows lost", b"\n".join(lines[:at] + lines[at + int(rng.integers(1, 5)) :]))


def cut_row(rng: np.random.Generator, text: Text) -> Damaged:
    """Cut one row."""
    lines = _lines(text)
    at = _place(rng, text, lines)
    lines[at] = lines[at][: rng.integers(0, len(lines[at]))]
    return Damaged("row cut", b"\n".join(lines), at + 1, spare=1)


def join_rows(rng: np.random.Generator, text: Text) -> Damaged:
    """Lose the end of one row and the line break after it."""
    lines = _lines(text)
    long = [line if len(line) > 1 else b"" for line in lines[:-2]]
    at = _place(rng, text, long)
    lines[at] = lines[at][: rng.integers(1, len(lines[at]))] + lines.pop(at + 1)
    return Damaged("rows joined", b"\n".join(lines), at + 1, spare=1)


def repeat_rows(rng: np.random.Generator, text: Text) -> Damaged:
    """Repeat some rows, as in autumn when the clock is put back."""
    lines = _lines(text)
    at = _place(rng, text, lines)
    block = lines[at : at + int(rng.integers(1, 5))]
    return Damaged("rows repeated", b"\n".join(lines[:at] + block + lines[at:]))


def shuffle_rows(rng: np.random.Generator, text: Text) -> Damaged:
    """Put all rows out of order."""
    lines = _lines(text)
    rows = [line for line in lines[text.header :] if line.strip()]
    order = rng.permutation(len(rows))
    return Damaged(
        "rows shuffled", b"\n".join([*lines[: text.header], *[rows[i] for i in order], b""])
    )


def foreign_bytes(rng: np.random.Generator, text: Text) -> Damaged:
    """Put bytes of another encoding into a row."""
    lines = _lines(text)
    at = _place(rng, text, lines)
    here = int(rng.integers(0, len(lines[at])))
    junk = _JUNK[rng.integers(0, len(_JUNK))]
    if "gbk" in text.name and not junk.isascii():
        junk = b"\xff"  # others may be letters there
    lines[at] = lines[at][:here] + junk + lines[at][here:]
    return Damaged("foreign bytes", b"\n".join(lines), at + 1)


def another_encoding(rng: np.random.Generator, text: Text) -> Damaged:
    """Write the file in another encoding."""
    names = ("utf-16", "utf-16-le", "utf-32", "cp037", "utf-8-sig", "latin-1")
    name = names[rng.integers(0, len(names))]
    try:
        whole = text.content.decode("utf-8")
    except UnicodeDecodeError:
        whole = text.content.decode("gbk" if "gbk" in text.name else "latin-1")
    try:
        return Damaged("another encoding", whole.encode(name))
    except UnicodeEncodeError:
        return Damaged("another encoding", whole.encode("utf-16"))


def line_ends(rng: np.random.Generator, text: Text) -> Damaged:
    """Write the file with other line ends."""
    plain = text.content.replace(b"\r\n", b"\n")
    return Damaged("other line ends", plain.replace(b"\n", (b"\r\n", b"\n")[rng.integers(0, 2)]))


def lie(rng: np.random.Generator, text: Text) -> Damaged:
    """Put a false number into the header."""
    lines = _lines(text)
    at = int(rng.integers(0, max(text.header, 1)))
    words = lines[at].split(b" ")
    words[rng.integers(0, len(words))] = _CLAIMS[rng.integers(0, len(_CLAIMS))]
    lines[at] = b" ".join(words)
    return Damaged("a false header", b"\n".join(lines), judged=False)


def damage_header(rng: np.random.Generator, text: Text) -> Damaged:
    """Cut, lose or repeat a line of the header."""
    lines = _lines(text)
    at = int(rng.integers(0, max(text.header, 1)))
    how = int(rng.integers(0, 3))
    if how == 0:
        lines[at] = lines[at][: rng.integers(0, max(len(lines[at]), 1))]
    elif how == 1:
        del lines[at]
    else:
        lines.insert(at, lines[at])
    return Damaged("a damaged header", b"\n".join(lines), judged=False)


def huge_header(rng: np.random.Generator, text: Text) -> Damaged:
    """Make a line of the header three million characters long."""
    lines = _lines(text)
    at = int(rng.integers(0, max(text.header, 1)))
    lines[at] += b"x" * 3_000_000
    return Damaged("a huge header", b"\n".join(lines), judged=False)


def many_lines(rng: np.random.Generator, text: Text) -> Damaged:
    """Put a hundred thousand lines into the header."""
    lines = _lines(text)
    at = int(rng.integers(0, max(text.header, 1)))
    return Damaged(
        "a long header", b"\n".join([*lines[:at], *[b"x"] * 100_000, *lines[at:]]), judged=False
    )


def move_columns(rng: np.random.Generator, text: Text) -> Damaged:
    """Move columns together with their names."""
    lines = _lines(text)
    split = (text.delimiter or "").encode()
    order = rng.permutation(len(lines[text.header - 1].split(split)))
    for at in range(text.header - 1, len(lines)):
        cells = lines[at].rstrip(b"\r").split(split)
        if len(cells) == len(order):
            lines[at] = split.join(cells[i] for i in order)
    return Damaged("columns moved", b"\n".join(lines))


def _kind(cell: str) -> str:
    if _NUMBER.fullmatch(cell):
        return "number"
    return "time" if re.match(r"\d+[-/:]\d+", cell) else "name"


def swap_cells(rng: np.random.Generator, text: Text) -> Damaged:
    """Swap two columns of all rows, but not their names."""
    lines = _lines(text)
    split = (text.delimiter or "").encode()
    width = len(lines[text.header - 1].split(split))
    one, two = rng.choice(width, 2, replace=False)
    alike = True
    for at in range(text.header, len(lines)):
        cells = lines[at].rstrip(b"\r").split(split)
        if len(cells) == width:
            pair = [cells[i].decode("latin-1").strip('" ') for i in (one, two)]
            alike &= "" in pair or _kind(pair[0]) == _kind(pair[1])
            cells[one], cells[two] = cells[two], cells[one]
            lines[at] = split.join(cells)
    # Two columns of numbers, or of names, can't be told apart by anyone.
    return Damaged("cells swapped", b"\n".join(lines), judged=not alike)


_TEXT: tuple[Callable[[np.random.Generator, Text], Damaged], ...] = (
    cut_off,
    lose_rows,
    cut_row,
    join_rows,
    repeat_rows,
    shuffle_rows,
    foreign_bytes,
    another_encoding,
    line_ends,
    lie,
    damage_header,
    huge_header,
    many_lines,
)
_COLUMNS = (move_columns, swap_cells)


def text_damages(text: Text, seed: int, rounds: int) -> Iterator[Damaged]:
    """Yield damaged copies of a text, each kind in turn."""
    rng = np.random.default_rng(seed)
    ways = (*_TEXT, *_COLUMNS) if text.delimiter else _TEXT
    for number in range(rounds):
        made = ways[number % len(ways)](rng, text)
        # A text without a header, such as JSON, isn't read line by line.
        yield made if text.header else replace(made, line=None)


def binary_damages(content: bytes, seed: int, rounds: int) -> Iterator[Damaged]:
    """Yield damaged copies of a binary file: cut, overwritten, with bits turned."""
    rng = np.random.default_rng(seed)
    for number in range(rounds):
        held = bytearray(content)
        at = int(rng.integers(0, len(held)))
        # Headers lie at both ends.
        if number % 3 == 1:
            at = int(rng.integers(0, min(4096, len(held))))
        if number % 3 == 2:
            at = len(held) - 1 - int(rng.integers(0, min(4096, len(held))))
        way = int(rng.integers(0, 6))
        if way == 0:
            del held[at:]
        elif way == 1:
            held[at] ^= 1 << int(rng.integers(0, 8))
        elif way == 2:
            size = int(rng.integers(1, 64))
            held[at : at + size] = rng.bytes(min(size, len(held) - at))
        elif way == 3:
            held[at : at + 8] = b"\xff" * min(8, len(held) - at)
        elif way == 4:
            held[at : at + 512] = bytes(min(512, len(held) - at))
        else:
            del held[at : at + int(rng.integers(1, 64))]
        yield Damaged(("cut", "bit", "junk", "ones", "zeros", "lost")[way], bytes(held), spare=0)


def values_of(data: Any) -> dict[tuple[Any, ...], set[Any]]:
    """Return all values of a reading with their times, to be looked up."""
    if hasattr(data, "series"):
        made: dict[tuple[Any, ...], set[Any]] = {}
        for one in data.series:
            about, frame = one.about, one.frame
            key = (about.station, about.bc_type, about.wavelength_nm, about.size_cut, about.part)
            columns = [frame[n].to_numpy().astype("int64").tolist() for n in ("start", "end")]
            columns += [frame["value"].fillna(-1e99).tolist(), frame["valid"].tolist()]
            made.setdefault(key, set()).update(zip(*columns, strict=True))
        return made
    frame = data.frame if hasattr(data, "frame") else data
    times = [name for name in frame if frame[name].dtype.kind == "M"]
    moments = frame[times[0]].to_numpy().astype("int64").tolist()
    numbers = frame.select_dtypes("number")
    return {
        (name,): set(zip(moments, numbers[name].fillna(-1e99).tolist(), strict=True))
        for name in numbers
    }


def judge(
    name: str,
    damaged: Damaged,
    read: Callable[[], Any],
    whole: dict[tuple[Any, ...], set[Any]],
) -> str:
    """Return what became of a damaged file; fail on another value that could be told.

    Parameters
    ----------
    name : str
        Name of the file, which an error must hold.
    damaged : Damaged
        What was done.
    read : callable
        Reads the damaged file.
    whole : dict
        Values of the undamaged file.

    Returns
    -------
    str
        `refused`; `same` where all values are those of the whole file; `less` where some are
        absent; `silent` where one differs and nothing in the file could tell.
    """
    try:
        found = values_of(read())
    except BCInventoryError as error:
        assert name in str(error), (damaged.kind, str(error))
        rows = [problem.row for problem in getattr(error, "problems", ())]
        if damaged.line and len(rows) == 1:
            assert rows[0] is not None, (damaged.kind, damaged.line, str(error))
            assert abs(rows[0] - damaged.line) <= 1, (damaged.kind, damaged.line, str(error))
        return "refused"
    differs = False
    for key, values in found.items():
        # A flag that can't be understood makes its value invalid, which is no other value.
        doubted = {(*row[:-1], False) for row in whole.get(key, set())}
        new = values - whole.get(key, set()) - doubted
        differs |= bool(new)
        if damaged.judged:
            assert len(new) <= damaged.spare, (damaged.kind, damaged.line, key, sorted(new)[:4])
    if differs:
        return "silent"
    return "same" if found == whole else "less"
