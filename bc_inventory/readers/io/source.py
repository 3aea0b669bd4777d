"""One file or buffer that a reader is given, read once and within limits."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bc_inventory.errors import DataError

if TYPE_CHECKING:
    from bc_inventory.readers.io.workbook import Workbook

__all__ = ["Source"]

HEAD_BYTES = 65_536
# The largest text or workbook a publisher serves for these formats is some tens of
# megabytes; what is far above that isn't one of them.
CONTENT_BYTES = 512 * 1024 * 1024
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Source:
    """What a reader reads: a path or an open binary buffer, and a name for messages.

    A file packed with gzip, as Eurostat serves its bulk files, is unpacked; its checksum is
    that of the packed bytes.

    Parameters
    ----------
    origin : path-like or binary file
        A path is opened when needed; a buffer is read from where it stands.
    name : str, optional
        File name for detection and messages; by default that of the path or buffer.
    """

    def __init__(self, origin: Path | str | BinaryIO, name: str | None = None) -> None:
        self.path: Path | None = None
        self._buffer: bytes | None = None
        self._packed: bytes | None = None
        if isinstance(origin, str | Path):
            self.path = Path(origin)
            self.name = name or self.path.name
            if not self.path.is_file():
                text = "a folder" if self.path.is_dir() else "no such file"
                raise self.refuse(text, "a file")
        else:
            self.name = name or Path(str(getattr(origin, "name", "") or "buffer")).name
            self._buffer = origin.read(CONTENT_BYTES + 1)
            if not isinstance(self._buffer, bytes):
                raise TypeError("a buffer must be open in binary mode")
        if self.head.startswith(_GZIP):
            self._unpack()

    def _unpack(self) -> None:
        """Put what the gzip file holds in its place, as a buffer."""
        self._packed = self.content
        self._buffer = _inflate(self, self._packed)
        self.path = None
        for name in ("size", "head", "content"):
            self.__dict__.pop(name, None)

    @classmethod
    def of(cls, origin: Source | Path | str | BinaryIO) -> Source:
        """Return `origin` as a source, itself if it is one."""
        return origin if isinstance(origin, Source) else cls(origin)

    def refuse(
        self,
        found: str,
        expected: str,
        *,
        row: int | None = None,
        column: str | None = None,
        remedy: str | None = None,
    ) -> DataError:
        """Return an error about this source, to be raised."""
        return DataError.in_file(self.name, found, expected, row=row, column=column, remedy=remedy)

    @cached_property
    def size(self) -> int:
        """Size in bytes."""
        return self.path.stat().st_size if self.path else len(self._buffer or b"")

    @cached_property
    def head(self) -> bytes:
        """Return the first 64 KiB."""
        if self.path is None:
            return (self._buffer or b"")[:HEAD_BYTES]
        with self._reading(), self.path.open("rb") as file:
            return file.read(HEAD_BYTES)

    @cached_property
    def head_text(self) -> str:
        """Return the head as text; bytes that aren't in its encoding are replaced."""
        return self.head.decode(_encoding(self.head), errors="replace")

    @cached_property
    def head_lines(self) -> list[str]:
        """Lines of the head, the last of which may be cut."""
        return self.head_text.splitlines()

    @cached_property
    def content(self) -> bytes:
        """All bytes.

        Raises
        ------
        DataError
            If there are more than 512 MiB.
        """
        if self.size > CONTENT_BYTES:
            raise self.refuse(
                f"{self.size} bytes", f"at most {CONTENT_BYTES} bytes for a text or a workbook"
            )
        return self._buffer if self._buffer is not None else self._read()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Name the file where the system opens it and then can't read it."""
        try:
            yield
        except OSError as error:
            if error.filename is not None:
                raise
            raise self.refuse(
                f"{error.strerror or error} when it is read", "a file that can be read"
            ) from error

    def _read(self) -> bytes:
        if self.path is None:
            return b""
        with self._reading(), self.path.open("rb") as file:
            # A buffer of the size asked for is made at once, so no more is asked for.
            return file.read(min(self.size, CONTENT_BYTES))

    @cached_property
    def text(self) -> str:
        """All bytes as text: UTF-8, or UTF-16 with its byte order mark.

        Raises
        ------
        DataError
            If it is neither, naming the line of the first wrong byte.
        """
        return self.decode(_encoding(self.content))

    def decode(self, encoding: str) -> str:
        """Return all bytes as text in `encoding`.

        Raises
        ------
        DataError
            If a byte isn't in the encoding, or a NUL shows that it is binary.
        """
        content = self.content
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            raise self.refuse(
                f"bytes that aren't {encoding} at byte {error.start}",
                f"text in {encoding}",
                row=content[: error.start].count(b"\n") + 1,
                remedy="Save it as UTF-8.",
            ) from error
        if "\0" in text:
            raise self.refuse(
                "a NUL character",
                "text",
                row=text[: text.index("\0")].count("\n") + 1,
                remedy="The file is binary or damaged.",
            )
        return text

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of all bytes, in hexadecimal."""
        digest = hashlib.sha256()
        if self.path is None:
            digest.update(self._packed or self._buffer or b"")
        else:
            with self._reading(), self.path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        return digest.hexdigest()

    @property
    def is_workbook(self) -> bool:
        """Whether it begins as an .xlsx (zip) or .xls (compound) file does."""
        return self.head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))

    @cached_property
    def workbook(self) -> Workbook:
        """Open it as a workbook.

        Raises
        ------
        DataError
            If it isn't a workbook, or not a safe one.
        """
        from bc_inventory.readers.io.workbook import Workbook

        return Workbook(self.name, self.content)

    def stream(self) -> BinaryIO:
        """Return an open binary stream from the start; the caller closes it."""
        return self.path.open("rb") if self.path else io.BytesIO(self._buffer or b"")


def _inflate(source: Source, packed: bytes) -> bytes:
    """Unpack gzip within the limit on content.

    Raises
    ------
    DataError
        If it is cut off or damaged, or holds more than 512 MiB.
    """
    pieces, size, rest = [], 0, packed
    try:
        while rest:
            inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
            while not inflater.eof:
                piece = inflater.decompress(rest, _CHUNK)
                rest = inflater.unconsumed_tail
                if not piece and not rest and not inflater.eof:
                    raise zlib.error("it ends too early")
                size += len(piece)
                if size > CONTENT_BYTES:
                    raise source.refuse("a gzip file of more", f"at most {CONTENT_BYTES} bytes")
                pieces.append(piece)
            rest = inflater.unused_data
    except zlib.error as error:
        raise source.refuse(
            f"a gzip file that can't be unpacked ({error})",
            "a whole file",
            remedy="It may have been cut off; fetch it again.",
        ) from error
    return b"".join(pieces)


def _encoding(head: bytes) -> str:
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")
