"""Enumerations that contracts and code share; each member is the text that tables hold."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Completeness", "FactorSet", "Level", "Period", "Statistic", "ValueKind"]


class Level(StrEnum):
    """What a total sums over: a side or a region, whole, by GNFR aggregate or by category."""

    SIDE = "side"
    SIDE_GNFR = "side_gnfr"
    SIDE_NFR = "side_nfr"
    REGION = "region"
    REGION_GNFR = "region_gnfr"
    REGION_NFR = "region_nfr"


class FactorSet(StrEnum):
    """A set of emission factors: one for all, or what each side is recommended."""

    HARMONISED = "harmonised"
    OFFICIAL = "official"


class Completeness(StrEnum):
    """Whether enough of what another year has a figure for has one; see `whole_years`."""

    WHOLE = "whole"
    INCOMPLETE = "incomplete"
    UNTESTED = "untested"


class Period(StrEnum):
    """What a value holds for: a sample as measured, a part of the calendar, a campaign."""

    SAMPLE = "sample"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    CAMPAIGN = "campaign"


class Statistic(StrEnum):
    """Which statistic of a distribution a column holds."""

    MEDIAN = "median"
    MEAN = "mean"
    AS_GIVEN = "as its source gives it"
    LOWER = "lower 95 %"
    UPPER = "upper 95 %"
    LEAST = "lower end of a range"
    GREATEST = "upper end of a range"


class ValueKind(StrEnum):
    """What the value of a fact with an interval is of its distribution."""

    MEAN = "mean"
    MEDIAN = "median"
