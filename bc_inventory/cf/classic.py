"""Look through the header of a classic NetCDF file before the library lays it out.

The library makes room for as many names, dimensions and attributes as a header claims,
which a damaged byte can turn into gigabytes. Here each claim is compared with the bytes
that are there. The format is that of the NetCDF classic, 64-bit offset and 64-bit data
specifications.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

__all__ = ["header_fault"]

_MAGIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")

_MOST_HEADER = 16_000_000
_DIMENSION, _VARIABLE, _ATTRIBUTE = 10, 11, 12
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
_LEAST_ITEM = 8  # bytes of the shortest entry of a list


class _Claim(Exception):
    """A header says what the file can't hold."""


class _Header:
    """A place in the bytes of a header, and the widths its version counts with."""

    def __init__(self, content: bytes, size: int) -> None:
        self.content, self.size, self.position = content, size, 4
        self.count = 8 if content[3] == 5 else 4
        self.offset = 4 if content[3] == 1 else 8

    def number(self, width: int) -> int:
        end = self.position + width
        if end > len(self.content):
            raise _Claim("a header that goes on beyond the file")
        (result,) = struct.unpack(">I" if width == 4 else ">Q", self.content[self.position : end])
        self.position = end
        return int(result)

    def skip(self, count: int) -> None:
        if count > len(self.content) - self.position:
            raise _Claim(f"a claim of {count} bytes in a file of {self.size}")
        self.position += count + -count % 4  # values are padded to four bytes

    def items(self, tag: int) -> int:
        matches, count = self.number(4), self.number(self.count)
        if count * _LEAST_ITEM > len(self.content) - self.position or matches not in (0, tag):
            raise _Claim(f"a list of {count} entries in a file of {self.size} bytes")
        return count

    def name(self) -> None:
        self.skip(self.number(self.count))

    def attributes(self) -> None:
        for _ in range(self.items(_ATTRIBUTE)):
            self.name()
            self.skip(self.kind() * self.number(self.count))

    def kind(self) -> int:
        matches = self.number(4)
        if matches not in _SIZES:
            raise _Claim(f"the unknown type {matches}")
        return _SIZES[matches]


def header_fault(file: BinaryIO, size: int) -> str | None:
    """Return what a classic NetCDF header claims that the file can't hold.

    Parameters
    ----------
    file : binary file
        Open at its begin; the header is read from it.
    size : int
        Bytes of the whole file.

    Returns
    -------
    str or None
        The claim in words; None if the header agrees with the file, or it isn't classic.

    Examples
    --------
    >>> import io
    >>> header_fault(io.BytesIO(b"CDF" + bytes([1, 0, 0])), 6)
    'a header that goes on beyond the file'
    """
    content = file.read(min(_MOST_HEADER, size))
    if not content.startswith(_MAGIC):
        return None
    try:
        _check(_Header(content, size))
    except _Claim as claim:
        return str(claim)
    return None


def _check(header: _Header) -> None:
    header.number(header.count)  # records
    lengths = []
    for _ in range(header.items(_DIMENSION)):
        header.name()
        lengths.append(header.number(header.count))
    header.attributes()
    for _ in range(header.items(_VARIABLE)):
        header.name()
        axes = header.number(header.count)
        if axes > len(lengths):
            raise _Claim(f"a variable of {axes} dimensions where there are {len(lengths)}")
        size = 1
        for _ in range(axes):
            axis = header.number(header.count)
            if axis >= len(lengths):
                raise _Claim(f"dimension {axis} where there are {len(lengths)}")
            size *= lengths[axis] or 1  # a dimension of records has length 0
        header.attributes()
        size *= header.kind()
        header.number(header.count)  # its size, which older writers leave wrong
        if header.number(header.offset) + size > header.size:
            raise _Claim(f"a variable of {size} bytes in a file of {header.size}")
