"""Contracts of what emissions mean for ice, for people and for climate."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table
from bc_inventory.schema.enumerations import Statistic

__all__ = ["METRICS", "TABLES", "VIEWS"]

METRICS = ("GWP", "GTP")
VIEWS = ("latitude", "arctic_circle_km", "arctic", "hma_glacier_km", "hma_region")


def _n(
    name: str,
    description: str,
    unit: str | None = None,
    minimum: float | None = 0.0,
    statistic: Statistic | None = None,
) -> Column:
    return Column(
        name, "number", description, unit, required=False, minimum=minimum, statistic=statistic
    )


_nfr = Column(
    "nfr", "string", "NFR category, or * for all", references="sectors.nfr", wildcard=True
)
_view = Column("view", "string", "what bands are counted by", enum=VIEWS)
_band = Column("band", "string", "band of the view")

CLIMATE_METRICS = Table(
    "climate_metrics",
    "A climate metric of a species as one assessment gives it.",
    (
        Column("metric_id", "string", "short name"),
        Column("metric", "string", "global warming or temperature change potential", enum=METRICS),
        Column("horizon", "integer", "time horizon", "a", minimum=1),
        Column("species", "string", "species emitted", enum=("BC", "OC")),
        Column("scope", "string", "effects and regions it covers"),
        Column("value", "number", "central value", "kg/kg"),
        _n("lower", "lower end of the range the source gives", "kg/kg", None),
        _n("upper", "upper end of the range the source gives", "kg/kg", None),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("metric_id",),
    (
        Interval(
            "value",
            "lower",
            "upper",
            (Statistic.AS_GIVEN, Statistic.LEAST, Statistic.GREATEST),
        ),
    ),
)

ORGANIC_CARBON = Table(
    "organic_carbon",
    "Organic carbon of a side as another inventory has it: it is emitted with black carbon and "
    "cools, and isn't estimated here.",
    (
        Column("inventory", "string", "short name of the inventory"),
        c.year,
        c.side,
        Column("emission_kt", "number", "emission of organic carbon", "kt", minimum=0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("inventory", "year", "side"),
)

CO2_EQUIVALENTS = Table(
    "co2_equivalents",
    "Emission of a side in CO2 equivalents of one metric and horizon, as a range over all "
    "assessments in `climate_metrics`. No single value is given, since none is agreed.",
    (
        c.year,
        c.side,
        c.factor_set,
        Column(
            "species",
            "string",
            "species emitted; BC+OC is both together",
            enum=("BC", "OC", "BC+OC"),
        ),
        Column("metric", "string", "metric", enum=METRICS),
        Column("horizon", "integer", "time horizon", "a", minimum=1),
        _n("emission_kt", "emission", "kt", statistic=Statistic.MEAN),
        _n("lower_kt", "lower bound of the emission", "kt", statistic=Statistic.LOWER),
        _n("upper_kt", "upper bound of the emission", "kt", statistic=Statistic.UPPER),
        _n("lowest_mt", "central emission by the lowest central value", "Mt", None),
        _n("highest_mt", "central emission by the highest central value", "Mt", None),
        _n("outer_lower_mt", "lower ends of emission and of all ranges together", "Mt", None),
        _n("outer_upper_mt", "upper ends of emission and of all ranges together", "Mt", None),
        Column("metric_ids", "string", "rows of climate_metrics, separated by ;"),
        Column("source_ids", "string", "their sources, separated by ;"),
        Column("confidence", "string", "weakest confidence among them", enum=c.CONFIDENCE),
        Column("caveat", "string", "what must be said with the figure"),
    ),
    ("year", "side", "factor_set", "species", "metric", "horizon"),
)

BANDS = Table(
    "cryosphere_bands",
    "A band of latitude or distance that emissions are counted in: lower <= x < upper.",
    (
        _view,
        _band,
        _n("lower", "lower end, in `unit`; absent where open", None, None),
        _n("upper", "upper end, in `unit`; absent where open", None, None),
        Column("unit", "string", "unit of the ends", unit_like="degree, km, 1"),
        Column("partition", "boolean", "whether the bands of the view part the whole"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("view", "band"),
)

RESPONSES = Table(
    "cryosphere_responses",
    "A published response of the Arctic or the Tibetan Plateau to emissions; shown, not applied.",
    (
        Column("receptor", "string", "where the response is"),
        Column("emitted_in", "string", "where the emission is, in the source's terms"),
        Column("quantity", "string", "what responds, and to what"),
        _n("value", "value", None, None),
        _n("lower", "lower end of the range", None, None),
        _n("upper", "upper end of the range", None, None),
        Column("unit", "string", "unit", unit_like="1, ug/m3, K"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("receptor", "emitted_in", "quantity"),
)

CRYOSPHERE = Table(
    "cryosphere",
    "Emission of a side in a band of latitude or distance.",
    (
        c.year,
        c.side,
        c.factor_set,
        _view,
        _band,
        Column("gnfr", "string", "GNFR aggregate, or * for all"),
        _nfr,
        Column("emission_kt", "number", "emission", "kt", minimum=0.0),
        _n("lower_kt", "lower bound of the 95 % interval", "kt"),
        _n("upper_kt", "upper bound of the 95 % interval", "kt"),
        Column("share_of_side", "number", "of the side's emission of the category", "1", True, 0),
    ),
    ("year", "side", "factor_set", "view", "band", "gnfr", "nfr"),
    (Interval("emission_kt", "lower_kt", "upper_kt"),),
)

CRYOSPHERE_MONTHS = Table(
    "cryosphere_months",
    "Emission of a side in a band and month.",
    (
        c.year,
        c.side,
        c.factor_set,
        _view,
        _band,
        _nfr,
        Column("month", "integer", "month", minimum=1, maximum=12),
        Column("emission_kt", "number", "emission", "kt", minimum=0.0),
    ),
    ("year", "side", "factor_set", "view", "band", "nfr", "month"),
)

EXPOSURE = Table(
    "exposure",
    "How near emissions are to people. An indicator of emissions, not of concentrations: no wind, "
    "height of release, chemistry or indoor air is in it.",
    (
        c.year,
        c.side,
        c.factor_set,
        Column("region", "string", "region, or * for the side"),
        _nfr,
        Column("radius_km", "number", "what counts as near", "km", minimum=0.0),
        Column("emission_kt", "number", "emission of the region", "kt", minimum=0.0),
        Column("population", "number", "inhabitants of the region", "person", minimum=0.0),
        _n("people_near", "inhabitants near the average kilogram that the region emits", "person"),
        _n(
            "density_near_t_km2",
            "emission per area near the region's average inhabitant, all regions of the side",
            "t/km2",
        ),
        _n("lower_t_km2", "lower bound of the 95 % interval of density_near_t_km2", "t/km2"),
        _n("upper_t_km2", "upper bound of the 95 % interval of density_near_t_km2", "t/km2"),
        Column("density_t_km2", "number", "emission over the region's area", "t/km2", minimum=0.0),
        c.source_id,
        Column("caveat", "string", "what must be said with the figure"),
    ),
    ("year", "side", "factor_set", "region", "nfr"),
    (Interval("density_near_t_km2", "lower_t_km2", "upper_t_km2"),),
)

TABLES = (
    CLIMATE_METRICS,
    ORGANIC_CARBON,
    CO2_EQUIVALENTS,
    BANDS,
    RESPONSES,
    CRYOSPHERE,
    CRYOSPHERE_MONTHS,
    EXPOSURE,
)
