"""Open .xlsx and .xls workbooks from outside without trusting them.

calamine reads values fast, but it inflates whatever a zip holds, lays a sheet out as a
dense array up to its furthest cell, and gives a formula without a stored result as an
empty cell. So a workbook is looked through first (`bc_inventory.readers.io.guards`) and
refused with a reason where it could exhaust memory or give a wrong number.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from bc_inventory.errors import DataError
from bc_inventory.readers.io import guards

__all__ = ["Workbook"]


class Workbook:
    """A workbook that was found safe to open.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    content : bytes
        All bytes of an .xlsx or .xls file.

    Raises
    ------
    DataError
        If it isn't a workbook, is damaged or encrypted, or breaks a limit of
        `bc_inventory.readers.io.guards`.
    """

    def __init__(self, file: str, content: bytes) -> None:
        self._file = file
        if content.startswith(b"PK\x03\x04"):
            self._uncached = guards.check_xlsx(file, content)
        elif content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            self._uncached = guards.check_xls(file, content)
        else:
            raise DataError.in_file(
                file, f"a file that begins with {content[:4]!r}", "an .xlsx or .xls workbook"
            )
        self._book: Any = _call_parser(file, _open, content)
        self.sheet_names: tuple[str, ...] = tuple(self._book.sheet_names)
        if not self.sheet_names:
            raise DataError.in_file(file, "a workbook without a sheet", "at least one")
        self._rows = lru_cache(maxsize=4)(self._read)

    def rows(self, sheet: str) -> list[list[Any]]:
        """Return the cells of a sheet from its first row and column.

        Parameters
        ----------
        sheet : str
            Name of the sheet.

        Returns
        -------
        list of list
            One list for each row; a cell is float, int, str, bool, a date or time, or
            `""` where it is empty.

        Raises
        ------
        DataError
            If there is no such sheet, it is damaged, or it holds an error or a formula
            whose result isn't stored.
        """
        return self._rows(sheet)

    def top(self, sheet: str, rows: int = 12) -> list[list[Any]]:
        """Return the first rows of a sheet, or none where it can't be read."""
        try:
            return self.rows(sheet)[:rows]
        except DataError:
            return []

    def _read(self, sheet: str) -> list[list[Any]]:
        if sheet not in self.sheet_names:
            raise DataError.in_file(
                self._file, f"the sheets {', '.join(self.sheet_names)}", f"a sheet {sheet!r}"
            )
        uncached = self._uncached.get(sheet, ())
        if uncached:
            raise DataError.in_file(
                self._file,
                f"an error, or a formula without a stored result, in {sheet}!{uncached[0]}"
                + (f" and {len(uncached) - 1} more cells" if len(uncached) > 1 else ""),
                "values, or formulas with their results stored",
                remedy="Open it in a spreadsheet program, recalculate and save it.",
            )
        rows: list[list[Any]] = _call_parser(self._file, self._values, sheet)
        return rows

    def _values(self, sheet: str) -> list[list[Any]]:
        rows: list[list[Any]] = self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return rows


def _open(content: bytes) -> Any:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _call_parser(file: str, call: Any, *args: Any) -> Any:
    """Call into calamine; whatever it raises becomes an error about the file."""
    try:
        return call(*args)
    except BaseException as error:
        # A panic of the Rust library derives from BaseException alone.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise DataError.in_file(
                file,
                f"a workbook that can't be read ({str(error)[:200]})",
                "a whole .xlsx or .xls workbook",
                remedy="It may be cut off, damaged or protected by a password.",
            ) from error
        raise
