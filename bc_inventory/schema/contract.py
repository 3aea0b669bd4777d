"""What a contract is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bc_inventory.schema.enumerations import Statistic
from bc_inventory.schema.listings import listed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Interval", "Kind", "Table"]

Kind = Literal["string", "number", "integer", "boolean", "timestamp"]


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    Parameters
    ----------
    name : str
        Column name.
    kind : {"string", "number", "integer", "boolean", "timestamp"}
        How its values are read; a timestamp is an instant in UTC, `2018-01-01T00:00:00Z`.
    description : str
        What it holds, in a sentence.
    unit : str, optional
        Canonical unit of a number; None where the unit is in another column.
    required : bool
        Whether every row has a value.
    minimum, maximum : float, optional
        Limits, both allowed.
    enum : tuple of str
        The only values allowed, if not empty; those of `listing` are allowed too.
    listing : str, optional
        `table.column` of the facts whose values are allowed: see `bc_inventory.schema.listings`.
    references : str, optional
        `table.column` whose values are the only ones allowed; `*` is allowed
        too where `wildcard` is set.
    wildcard : bool
        Whether `*` (any) is a value.
    unit_like : str, optional
        For a column that holds unit strings: comma-separated units, one of
        which has the same dimension.
    statistic : Statistic, optional
        Which statistic of a distribution a number is, where no interval of the table says so.
    default : str, optional
        What an empty cell of a string column stands for; a file may leave the column out.
    """

    name: str
    kind: Kind
    description: str
    unit: str | None = None
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] = ()
    listing: str | None = None
    references: str | None = None
    wildcard: bool = False
    unit_like: str | None = None
    statistic: Statistic | None = None
    default: str | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The only values allowed, with those of its listing; empty where any is."""
        return (*(listed(self.listing) if self.listing else ()), *self.enum)


@dataclass(frozen=True)
class Interval:
    """Columns of a value with its bounds: lower <= value <= upper.

    Parameters
    ----------
    value, lower, upper : str
        Columns.
    statistics : tuple of Statistic
        What the three hold.
    """

    value: str
    lower: str
    upper: str
    statistics: tuple[Statistic, Statistic, Statistic] = (
        Statistic.MEAN,
        Statistic.LOWER,
        Statistic.UPPER,
    )


@dataclass(frozen=True)
class Table:
    """A contract.

    Parameters
    ----------
    name : str
        As `check` and the documentation name it.
    description : str
        What one row is.
    columns : tuple of Column
        In the order in which they are written.
    key : tuple of str
        Columns that identify a row.
    intervals : tuple of Interval
        Values with their intervals.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    intervals: tuple[Interval, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    def fits(self, header: list[str]) -> bool:
        """Tell whether a file has these columns in their order, but for some with a default."""
        present = [each for each in self.columns if each.default is None or each.name in header]
        return [each.name for each in present] == header

    def filled(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the defaults of columns that it leaves out or empty."""
        defaults = {each.name: each.default for each in self.columns if each.default is not None}
        absent = {name: default for name, default in defaults.items() if name not in frame}
        return frame.assign(**absent).fillna(defaults) if defaults else frame

    def statistic(self, name: str) -> Statistic | None:
        """Return which statistic of a distribution a column holds, None if it is none."""
        for each in self.intervals:
            for column, statistic in zip(
                (each.value, each.lower, each.upper), each.statistics, strict=True
            ):
                if column == name:
                    return statistic
        return self.column(name).statistic

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            If the contract has none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
