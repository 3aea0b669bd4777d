"""Contracts of measurements: the facts they rest on, and the record that comes out."""

from __future__ import annotations

from dataclasses import replace

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table
from bc_inventory.schema.enumerations import Period, Statistic

__all__ = ["BC_TYPES", "TABLES", "UNITS", "VALUE_COLUMNS"]

# Petzold et al. 2013, doi 10.5194/acp-13-8365-2013: black carbon is a qualitative word, and a
# number needs its method. The four never share a column.
BC_TYPES = ("EC", "eBC", "rBC", "b_abs")
VALUE_COLUMNS = {
    "EC": "ec_ug_m3",
    "eBC": "ebc_ug_m3",
    "rBC": "rbc_ug_m3",
    "b_abs": "absorption_mm",
}
UNITS = {"EC": "ug/m3", "eBC": "ug/m3", "rBC": "ug/m3", "b_abs": "1/Mm"}
_CALENDAR = (Period.HOUR, Period.DAY, Period.MONTH, Period.YEAR)
REFERENCES = ("ambient", "standard", "unknown")


def _n(
    name: str,
    description: str,
    unit: str | None = None,
    minimum: float | None = 0.0,
    maximum: float | None = None,
    statistic: Statistic | None = None,
) -> Column:
    return Column(name, "number", description, unit, False, minimum, maximum, statistic=statistic)


def _s(name: str, description: str, enum: tuple[str, ...] = ()) -> Column:
    return Column(name, "string", description, required=False, enum=enum)


_bc_type = Column(
    "bc_type",
    "string",
    "what was measured: elemental carbon (thermal), equivalent black carbon (optical), refractory "
    "black carbon (incandescence) or the absorption coefficient",
    enum=BC_TYPES,
)
_wavelength = _n("wavelength_nm", "wavelength of an optical value", "nm")
_mac = _n("mac_m2_g", "mass absorption cross-section that turned absorption into mass", "m2/g")
_scattering = _n("scattering_c", "multiple-scattering parameter C of the filter in the value", "1")
_harmonisation = _n(
    "harmonisation_h", "ACTRIS harmonisation factor H by which absorption was divided", "1"
)
_t_ref = _n("t_ref_k", "temperature the air volume refers to; absent where ambient", "K")
_p_ref = _n("p_ref_hpa", "pressure the air volume refers to; absent where ambient", "hPa")
_side = replace(c.side, description="domain of the station, or other outside", enum=("other",))

FLAGS = Table(
    "ebas_flags",
    "A flag of the EBAS list.",
    (
        Column("flag", "integer", "three-digit flag", minimum=100, maximum=999),
        Column(
            "category",
            "string",
            "V valid, I invalid, M missing, H hidden by the originator",
            enum=("V", "I", "M", "H"),
        ),
        Column("ghost_rejects", "boolean", "rejected by GHOST though EBAS calls it valid"),
        Column("description", "string", "what it says"),
        c.source_id,
    ),
    ("flag",),
)

CHANNELS = Table(
    "channels",
    "A wavelength of an absorption photometer and the cross-section its firmware divides by.",
    (
        Column("instrument", "string", "instrument"),
        Column("channel", "integer", "number of the channel, from 1", minimum=1),
        Column("wavelength_nm", "number", "wavelength", "nm", minimum=100),
        _n("sigma_m2_g", "mass absorption cross-section", "m2/g"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("instrument", "channel"),
)

TAPES = Table(
    "tapes",
    "A filter tape: the scattering parameter in the instrument's values, and the factor that "
    "harmonises its absorption.",
    (
        Column("instrument", "string", "instrument"),
        Column("tape", "string", "manufacturer's name of the tape"),
        Column("scattering_c", "number", "C the firmware divides by", "1", minimum=1),
        *c.bounded("harmonisation_h", "factor H of ACTRIS: b_abs = eBC x sigma / H", "1"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("instrument", "tape"),
    (Interval("harmonisation_h", "harmonisation_h_lower", "harmonisation_h_upper", c.AS_GIVEN),),
)

MAC = Table(
    "mac",
    "A mass absorption cross-section for turning absorption into mass.",
    (
        Column("mac_id", "string", "name it is asked for by"),
        Column("scope", "string", "site, network, region, instrument or model it was made for"),
        Column("wavelength_nm", "number", "wavelength it holds at", "nm", minimum=100),
        *c.bounded("mac_m2_g", "mass absorption cross-section", "m2/g"),
        Column("to", "string", "what mass it gives", enum=("EC", "eBC", "model")),
        Column(
            "absorption",
            "string",
            "absorption it was made for: as an aethalometer gives it with its own C, or as a "
            "reference method does, which is what division by H comes to",
            enum=("instrument", "reference"),
        ),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("mac_id",),
    (Interval("mac_m2_g", "mac_m2_g_lower", "mac_m2_g_upper", c.AS_GIVEN),),
)

COVERAGE_RULES = Table(
    "coverage_rules",
    "How much of a period must be measured for its mean to stand.",
    (
        Column("rule", "string", "name it is asked for by"),
        Column("period", "string", "mean it governs", enum=_CALENDAR),
        Column("bc_type", "string", "type of value, or *", enum=(*BC_TYPES, "*")),
        Column(
            "basis",
            "string",
            "what is counted: the time measured, or the valid means of that period",
            enum=("time", Period.HOUR, Period.DAY),
        ),
        Column("min_fraction", "number", "least fraction", "1", minimum=0, maximum=1),
        Column(
            "min_count",
            "integer",
            "least number of the basis, where the rule counts instead",
            required=False,
            minimum=1,
        ),
        Column(
            "min_count_february",
            "integer",
            "least number in February, where it differs",
            required=False,
            minimum=1,
        ),
        Column("needs_months", "boolean", "whether all twelve months must stand too"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("rule", "period", "bc_type"),
)

REFERENCE_STATES = Table(
    "reference_states",
    "A temperature and pressure that concentrations are reported at.",
    (
        Column("state", "string", "name it is asked for by"),
        Column("t_k", "number", "temperature", "K", minimum=200, maximum=350),
        Column("p_hpa", "number", "pressure", "hPa", minimum=100, maximum=1200),
        Column("used_by", "string", "who reports at it"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("state",),
)

INSTRUMENTS = Table(
    "instruments",
    "What an instrument measures and how well.",
    (
        Column("instrument", "string", "instrument"),
        _bc_type,
        Column("principle", "string", "how it measures"),
        _n("detection_limit_ug_m3", "detection limit of an hour", "ug/m3"),
        _n("relative_uncertainty", "expanded (95 %) relative uncertainty of a value", "1"),
        _n("range_min_ug_m3", "least plausible hourly value", "ug/m3", minimum=None),
        _n("range_max_ug_m3", "greatest plausible hourly value", "ug/m3"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("instrument", "bc_type"),
)

EXPONENTS = Table(
    "exponents",
    "A pair of Angstrom exponents for splitting absorption by source.",
    (
        Column("pair", "string", "name it is asked for by"),
        Column("alpha_ff", "number", "exponent of fossil fuel", "1", minimum=0),
        Column("alpha_bb", "number", "exponent of biomass burning", "1", minimum=0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("pair",),
)

QC_TESTS = Table(
    "qc_tests",
    "A threshold of a test of quality control.",
    (
        Column("test", "string", "test"),
        Column("parameter", "string", "what the number is"),
        Column("value", "number", "threshold"),
        Column("unit", "string", "unit of the threshold"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("test", "parameter"),
)

SERVICES = Table(
    "services",
    "An open service whose files may be fetched.",
    (
        Column("service", "string", "short name"),
        Column("host", "string", "host of its addresses"),
        Column("path_prefix", "string", "what the path of a file begins with"),
        _s("rewrite_from", "part of the address that is replaced"),
        _s("rewrite_to", "what replaces it"),
        Column("suffix", "string", "what the name of a file ends with"),
        Column("size_limit", "integer", "largest size accepted, bytes", "byte", minimum=1),
        Column("changes", "boolean", "whether a file is revised under its address"),
        Column("licence", "string", "licence or terms"),
        Column("citation", "string", "how to cite it"),
        c.source_id,
        c.note,
    ),
    ("service",),
)

OBSERVATIONS = Table(
    "observations",
    "One mean or sample of one series, with all that its number depends on.",
    (
        Column("series_id", "string", "series: station, type, wavelength, size cut, a digest"),
        _side,
        Column("country", "string", "ISO 3166-1 alpha-2 code"),
        Column("station", "string", "station", references="stations.station"),
        Column("network", "string", "network or data centre"),
        _bc_type,
        Column("period", "string", "length of the mean, or sample as measured", enum=tuple(Period)),
        Column("start", "timestamp", "begin of the period"),
        Column("end", "timestamp", "end of the period"),
        _n("ec_ug_m3", "elemental carbon", "ug/m3", None),
        _n("ebc_ug_m3", "equivalent black carbon", "ug/m3", None),
        _n("rbc_ug_m3", "refractory black carbon", "ug/m3", None),
        _n("absorption_mm", "absorption coefficient", "1/Mm", None),
        _n("half_width", "half width of the 95 % interval, in the unit of the value"),
        _s("uncertainty_from", "what the interval holds"),
        _wavelength,
        _mac,
        _s("mac_from", "where the cross-section is from"),
        _scattering,
        _harmonisation,
        _s("part", "source the value is split off for: bb biomass burning, ff fossil fuel"),
        _n("alpha_ff", "Angstrom exponent of fossil fuel in the split", "1"),
        _n("alpha_bb", "Angstrom exponent of biomass burning in the split", "1"),
        _s("protocol", "thermal protocol of elemental carbon"),
        Column("size_cut", "string", "pm1, pm25, pm10, total or unknown"),
        Column("reference", "string", "state the air volume refers to", enum=REFERENCES),
        _t_ref,
        _p_ref,
        _s("instrument", "instrument"),
        Column("clock", "string", "clock of the times: UTC, or how they were made UTC"),
        _s("flags", "publisher's flags with their counts, such as 147:3;780:2"),
        _s("quality_flags", "flags of quality control with their counts"),
        Column("n_valid", "integer", "values in the mean", minimum=0),
        Column("n_total", "integer", "values of the period, valid or not", minimum=0),
        Column("n_negative", "integer", "negative values in the mean", minimum=0),
        _n("coverage", "fraction of the period that was validly measured", "1", 0, 1),
        Column("coverage_rule", "string", "rule the mean was held to, or none"),
        Column("withheld", "boolean", "whether the value was withheld for want of coverage"),
        _s("segment", "part of a series between two breaks of method"),
        _s("processing", "steps from what was delivered to the value"),
        Column("file", "string", "name of the publisher's file, several separated by ;"),
        Column("file_sha256", "string", "checksum of each file, in the order of `file`"),
        Column("licence", "string", "licence or terms of the data"),
        c.source_id,
    ),
    ("side", "station", "series_id", "period", "start"),
)

STATIONS = Table(
    "stations",
    "A station, and what its measurements can and can't be compared with.",
    (
        Column("station", "string", "station"),
        Column("name", "string", "name"),
        _side,
        Column("country", "string", "ISO 3166-1 alpha-2 code"),
        Column("network", "string", "network or data centre"),
        _n("latitude", "latitude", "degrees_north", -90, 90),
        _n("longitude", "longitude", "degrees_east", -180, 180),
        _n("altitude_m", "height above sea level", "m", None),
        _s("setting", "rural, urban, traffic ... as the publisher says"),
        Column("bc_types", "string", "types measured, separated by ;"),
        Column("series", "integer", "number of series", minimum=0),
        Column("values", "integer", "rows of the record that hold a value", minimum=0),
        Column("first", "timestamp", "begin of the first value"),
        Column("last", "timestamp", "end of the last value"),
        Column("comparable_with", "string", "what its values can be compared with"),
        Column("not_comparable_with", "string", "what they can't, and why"),
    ),
    ("station",),
)

PLACES = Table(
    "station_places",
    "Where a station of the embedded record is.",
    (
        Column("station", "string", "station"),
        Column("name", "string", "name"),
        _n("latitude", "latitude", "degrees_north", -90, 90),
        _n("longitude", "longitude", "degrees_east", -180, 180),
        _n("altitude_m", "height above sea level", "m", None),
        _s("setting", "rural, urban, traffic ... as the publisher says"),
        c.confidence,
        c.source_id,
    ),
    ("station",),
)

SUMMARY = Table(
    "monitoring_summary",
    "What one side has of one type of measurement: the asymmetry, in numbers.",
    (
        _side,
        Column("bc_type", "string", "type of value, or * for any", enum=(*BC_TYPES, "*")),
        Column("stations", "integer", "stations", minimum=0),
        Column("series", "integer", "series", minimum=0),
        Column("hours", "integer", "hourly means with a value", minimum=0),
        Column("days", "integer", "daily means with a value", minimum=0),
        Column("months", "integer", "monthly means with a value", minimum=0),
        Column("years", "integer", "annual means with a value", minimum=0),
        Column("campaigns", "integer", "campaign means with a value", minimum=0),
        Column("samples", "integer", "values behind these means", minimum=0),
        Column("withheld", "integer", "means withheld for want of coverage", minimum=0),
        Column("first", "timestamp", "begin of the first value", required=False),
        Column("last", "timestamp", "end of the last value", required=False),
        c.note,
    ),
    ("side", "bc_type"),
)

TRENDS = Table(
    "measured_trends",
    "The trend of a series of measurements, over its annual or its monthly means.",
    (
        Column("series_id", "string", "series"),
        Column("period", "string", "kind of mean", enum=(Period.MONTH, Period.YEAR)),
        Column("station", "string", "station"),
        _side,
        _bc_type,
        Column("unit", "string", "unit of the values; the slope is per year"),
        Column("method", "string", "AR1, or seasonal with three pre-whitenings"),
        Column("n", "integer", "means that stand", minimum=0),
        Column("first", "string", "begin of the first mean, UTC"),
        Column("last", "string", "end of the last mean, UTC"),
        _n("slope", "Theil-Sen slope, per year", None, None),
        _n("slope_lower", "lower bound of the slope", None, None, statistic=Statistic.LOWER),
        _n("slope_upper", "upper bound of the slope", None, None, statistic=Statistic.UPPER),
        _n("relative", "slope over the median, per year", "1", None),
        _n("s", "Mann-Kendall statistic", "1", None),
        _n("p", "two-sided p of no trend", "1", 0.0, 1.0),
        _n("p_adjusted", "p by the false discovery rate over all series", "1", 0.0, 1.0),
        _n("homogeneity", "p of one trend in all months", "1", 0.0, 1.0),
        _s("breaks", "decimal years at which the method changed: a break is no trend"),
    ),
    ("series_id", "period"),
)

TABLES = (
    *(FLAGS, CHANNELS, TAPES, MAC, COVERAGE_RULES, REFERENCE_STATES, INSTRUMENTS, EXPONENTS),
    *(QC_TESTS, SERVICES, OBSERVATIONS, STATIONS, PLACES, SUMMARY, TRENDS),
)
