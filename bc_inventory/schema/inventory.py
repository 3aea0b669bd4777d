"""Contracts of what an inventory consists of."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table
from bc_inventory.schema.enumerations import Completeness, Level, Statistic

__all__ = ["TABLES"]

_ACTIVITY_UNITS = ("TJ", "kt", "1e6 vehicle_km")
_FACTOR_UNITS = ("g/GJ", "g/kg", "g/vehicle_km")


def _n(
    name: str,
    description: str,
    unit: str | None = None,
    maximum: float | None = None,
    statistic: Statistic | None = None,
) -> Column:
    return Column(
        name,
        "number",
        description,
        unit,
        required=False,
        minimum=0,
        maximum=maximum,
        statistic=statistic,
    )


def _total(name: str, description: str, statistic: Statistic) -> Column:
    return Column(name, "number", description, "kt", False, minimum=0, statistic=statistic)


def _s(name: str, description: str) -> Column:
    return Column(name, "string", description, required=False)


def _spread(component: str, of: str) -> tuple[Column, Column]:
    """Return the columns of a split normal of a logarithm."""
    about = f"of ln({of})"
    return (
        Column(
            f"sigma_{component}",
            "number",
            f"mean of the standard deviations {about} below and above its median; negative where "
            "it divides",
            "1",
            required=False,
        ),
        Column(
            f"skew_{component}",
            "number",
            f"deviation {about} above the median less that below, over their sum",
            "1",
            required=False,
            minimum=-1,
            maximum=1,
        ),
    )


_MEMBERS = "its members as name=share,weight,deviation, separated by ;: as in `share_weight`"
_SPLITS = (
    _s(
        "split_activity",
        f"split of the published figure that the activity is a share of; {_MEMBERS}",
    ),
    _s("split_local", f"split over regions that the region has a share of; {_MEMBERS}"),
)
_CONVERSION = _s(
    "conversion",
    "calorific value or CO2 factor that the number depends on; rows that name it share its draw. "
    "Where a factor per mass meets activity converted by the same value, it cancels",
)

# What identifies the region's own statistics; rows that agree in these and the region share
# their draw.
_FIGURE = (
    _s("statistics_source", "source id of the (first) published figure it was made from"),
    _s("source_sector", "sector of that figure, in its publisher's terms"),
    _s("driver", "driver that spread a figure of a whole side over regions"),
)

ACTIVITY = Table(
    "activity",
    "Activity of a fuel in an NFR category and region, in canonical units, with what made it.",
    (
        c.year,
        c.region,
        c.nfr,
        c.fuel,
        Column("activity_id", "string", "mapping_id or activity_id that made it"),
        _n("activity", "activity, in `activity_unit`"),
        Column("activity_unit", "string", "unit of the activity", enum=_ACTIVITY_UNITS),
        _n("activity_lower", "lower bound of the 95 % interval"),
        _n("activity_upper", "upper bound of the 95 % interval"),
        Column("notation_key", "string", "why no figure", required=False, enum=c.NOTATION_KEYS),
        Column("tier", "integer", "tier of the activity", minimum=1, maximum=3),
        c.confidence,
        _s("activity_source", "source ids, separated by ;"),
        _s("ncv_id", "calorific value or CO2 factor that converted it"),
        _s("flag", "what isn't as published, separated by ;"),
        *_FIGURE,
        *_SPLITS,
        _CONVERSION,
        *_spread("activity", "activity, part common to regions"),
        *_spread("local", "activity, part of the region alone"),
        *_spread("conversion", "what converts it"),
        c.note,
    ),
    ("year", "region", "nfr", "fuel", "activity_id"),
    (Interval("activity", "activity_lower", "activity_upper"),),
)

EMISSIONS = Table(
    "emissions",
    "Emission of one technology in one region and year, with all that makes it: "
    "emission = activity x share x factor x (1 - abatement).",
    (
        c.year,
        c.side,
        c.region,
        c.nfr,
        Column("gnfr", "string", "GNFR aggregate"),
        c.fuel,
        c.technology,
        Column("species", "string", "pollutant"),
        c.factor_set,
        Column("memo", "boolean", "memo item, outside the totals"),
        _n(
            "activity", "activity of the fuel in the category, all technologies, in `activity_unit`"
        ),
        Column(
            "activity_unit", "string", "unit of the activity", required=False, enum=_ACTIVITY_UNITS
        ),
        _n("activity_lower", "lower bound of the activity"),
        _n("activity_upper", "upper bound of the activity"),
        _n("share", "expected share of the technology in the activity", "1", 1.0),
        _n("share_lower", "lower bound of the share", "1", 1.0),
        _n("share_upper", "upper bound of the share", "1", 1.0),
        _n("emission_factor", "factor before control, in `emission_factor_unit`"),
        Column(
            "emission_factor_unit",
            "string",
            "unit of the factor",
            required=False,
            enum=_FACTOR_UNITS,
        ),
        _n("factor_lower", "lower bound of the factor"),
        _n("factor_upper", "upper bound of the factor"),
        _n(
            "abatement",
            "fraction that controls remove, efficiency x penetration",
            "1",
            1.0,
            Statistic.MEAN,
        ),
        _n("emission_kt", "emission", "kt"),
        _n("lower_kt", "lower bound of the 95 % interval", "kt"),
        _n("upper_kt", "upper bound of the 95 % interval", "kt"),
        _n("pm25_kt", "PM2.5 of the same row where its factor is known", "kt"),
        Column(
            "tier",
            "integer",
            "lower of the tiers of activity and factor",
            required=False,
            minimum=1,
            maximum=3,
        ),
        _s("activity_source", "source id of the activity"),
        _s("activity_id", "mapping_id or activity_id that made it from what was published"),
        _s("share_source", "source id of the technology share"),
        _s("factor_id", "emission factor"),
        _s("factor_source", "source id of the factor"),
        _s("abatement_source", "source ids of controls and their penetration, separated by ;"),
        _s("ncv_id", "calorific value that let factor and activity meet"),
        _s("activity_confidence", "weakest confidence of what made the activity"),
        _s("share_confidence", "confidence of the technology share"),
        _s("factor_confidence", "confidence of the factor"),
        _s("abatement_confidence", "weakest confidence of controls and their penetration"),
        _s("confidence", "weakest confidence of what made the row"),
        _s(
            "flag",
            "what isn't as published (surrogate, filled, ...), separated by ;",
        ),
        Column(
            "notation_key", "string", "why there is no figure", required=False, enum=c.NOTATION_KEYS
        ),
        *_FIGURE,
        _s(
            "share_scope",
            "scope of the technology split; with the category, fuel and "
            "`share_technology` it identifies a share, and rows that agree share its draw",
        ),
        _s("share_technology", "technology whose share it is"),
        _s(
            "abatement_scope",
            "scope of the set of controls; rows that agree in the four columns "
            "`abatement_scope` to `abatement_technology` share its draw",
        ),
        _s("abatement_nfr", "category that the set is stated for, or *"),
        _s("abatement_fuel", "fuel that the set is stated for, or *"),
        _s("abatement_technology", "technology that the set is stated for, or *"),
        *_SPLITS,
        _CONVERSION,
        *_spread("activity", "activity, part common to regions"),
        *_spread("local", "activity, part of the region alone"),
        *_spread("conversion", "what converts activity or factor"),
        _n("share_weight", "weight of the share in draws of its split", "1"),
        _n(
            "sigma_share",
            "standard deviation of ln(weight): the shares of a draw are weights times "
            "exp(deviation x score), over their sum in the split",
            "1",
        ),
        *_spread("factor", "factor"),
        _n("sigma_abatement", "standard deviation of the logit of 1 - abatement", "1"),
        c.note,
    ),
    ("year", "side", "region", "nfr", "fuel", "technology", "species", "factor_set", "activity_id"),
    (
        Interval("emission_kt", "lower_kt", "upper_kt"),
        Interval("activity", "activity_lower", "activity_upper"),
        Interval("emission_factor", "factor_lower", "factor_upper"),
        Interval("share", "share_lower", "share_upper"),
    ),
)

TOTALS = Table(
    "totals",
    "A total of the emission table with its interval by both approaches. Of a year that is "
    "incomplete for its side, totals that lack too much have no figure: their rows are published, "
    "and `whole_years` says what is lacking.",
    (
        c.year,
        c.side,
        Column("region", "string", "region, or * for the whole side"),
        Column("gnfr", "string", "GNFR aggregate at levels by aggregate, or *"),
        Column("nfr", "string", "NFR category at levels by category, or *"),
        Column("species", "string", "pollutant"),
        c.factor_set,
        Column(
            "level",
            "string",
            "what is summed",
            enum=tuple(Level),
        ),
        _total("emission_kt", "sum of the rows' emissions", Statistic.MEAN),
        _total("approach1_lower_kt", "error propagation, lower bound", Statistic.LOWER),
        _total("approach1_upper_kt", "error propagation, upper bound", Statistic.UPPER),
        Column("approach1_valid", "boolean", "whether approach 1 is within its assumptions"),
        _total("mean_kt", "mean of the draws", Statistic.MEAN),
        _total("median_kt", "median of the draws", Statistic.MEDIAN),
        _total("lower_kt", "2.5 % quantile of the draws", Statistic.LOWER),
        _total("upper_kt", "97.5 % quantile of the draws", Statistic.UPPER),
        Column("draws", "integer", "number of draws", minimum=1),
        Column(
            "completeness",
            "string",
            "whether enough of what it had in the year that its side's year is compared with has "
            "a figure; where it is incomplete there is no total",
            enum=tuple(Completeness),
        ),
        Column("covered", "integer", "rows with a figure", minimum=0),
        Column(
            "not_estimated",
            "string",
            "categories in the scope without a figure, with their keys",
            required=False,
        ),
    ),
    ("year", "side", "region", "gnfr", "nfr", "species", "factor_set", "level"),
)

WHOLE_YEARS = Table(
    "whole_years",
    "Whether a year is whole for a side: whether what another whole year has figures for has "
    "them too. A year that isn't is published as rows, not as a total.",
    (
        c.year,
        c.side,
        c.factor_set,
        Column(
            "completeness",
            "string",
            "whole, incomplete, or untested where there is no other year",
            enum=tuple(Completeness),
        ),
        Column("compared_with", "integer", "whole year it is compared with", required=False),
        _n(
            "coverage",
            "part of the emission of that year in regions, categories, fuels and activity that "
            "have a figure in this one",
            "1",
            1.0,
        ),
        _n("lacking_kt", "emission of that year where this one has no figure", "kt"),
        _s("lacking", "where that is, by category and fuel, the largest first"),
    ),
    ("year", "side", "factor_set"),
)

CELLS = Table(
    "emission_cells",
    "Emission of a region, category, fuel and activity that has a figure.",
    (
        c.year,
        c.side,
        c.factor_set,
        c.region,
        Column("gnfr", "string", "GNFR aggregate"),
        c.nfr,
        c.fuel,
        Column("activity_id", "string", "mapping_id or activity_id of the activity"),
        _total("emission_kt", "sum of the rows' emissions", Statistic.MEAN),
    ),
    ("year", "side", "factor_set", "region", "nfr", "fuel", "activity_id"),
)

TABLES = (ACTIVITY, EMISSIONS, TOTALS, WHOLE_YEARS, CELLS)
