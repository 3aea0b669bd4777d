"""Enumerations that contracts and code share; each member is the text that tables hold."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Statistic"]


class Statistic(StrEnum):
    """Which statistic of a distribution a column holds."""

    MEDIAN = "median"
    MEAN = "mean"
    SUM_OF_MEDIANS = "sum of medians"
    AS_GIVEN = "as its source gives it"
    LOWER = "lower 95 %"
    UPPER = "upper 95 %"
    LEAST = "lower end of a range"
    GREATEST = "upper end of a range"
