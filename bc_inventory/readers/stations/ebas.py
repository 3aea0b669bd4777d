"""EBAS NASA-Ames files: elemental carbon, equivalent black carbon, absorption.

NILU, EBAS data format; each variable has the next numflag column to its right, or all
share one at the end. Values keep their flags; the flag decides, not the number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import Format, Reading
from bc_inventory.readers.stations._ames import AmesFile, Variable, column, moments, parse
from bc_inventory.readers.stations._flags import flag_set, split_numflag
from bc_inventory.readers.stations._record import record_reading
from bc_inventory.readers.stations._text import carbon_unit, factor_of
from bc_inventory.schema.series import Description, Record, Series, make_values

__all__ = ["COMPONENTS", "FORMAT", "SIZE_CUTS", "read", "reference_state"]

NAME = "ebas_nasa_ames"
# Component -> type of value and its canonical unit.
COMPONENTS = {
    "elemental_carbon": ("EC", "ug/m3"),
    "equivalent_black_carbon": ("eBC", "ug/m3"),
    "refractory_black_carbon": ("rBC", "ug/m3"),
    "aerosol_absorption_coefficient": ("b_abs", "1/Mm"),
}
_MEANS = {None, "", "arithmetic mean"}
SIZE_CUTS = {"pm1": "pm1", "pm25": "pm25", "pm10": "pm10", "aerosol": "total"}
_FIRST = re.compile(r"\s*\d{1,10}\s+1001\s*")
_KELVIN = re.compile(r"([\d.]+)\s*K")
_HPA = re.compile(r"([\d.]+)\s*hPa")


def _looks_like(source: Source) -> bool:
    return bool(source.head_lines) and _FIRST.fullmatch(source.head_lines[0]) is not None


def read(origin: Source, *, flags: str = "ebas") -> Reading:
    """Read every BC or EC column of an EBAS NASA-Ames 1001 file.

    Parameters
    ----------
    origin : path-like, binary file or Source
        The file.
    flags : {"ebas", "ghost"}
        Whose opinion of the flags counts.

    Returns
    -------
    Reading
        `data` is a `Record` with one series for each column; values in ug/m3 or 1/Mm.

    Raises
    ------
    DataError
        If the file breaks the format, or has no BC or EC variable.
    """
    source = Source.of(origin)
    file = parse(source)
    begin, end = moments(source, file)
    wanted = [i for i, variable in enumerate(file.variables) if _is_wanted(variable)]
    if not wanted:
        names = sorted({v.name for v in file.variables if not v.name.startswith("numflag")})
        raise source.refuse(
            f"no BC/EC variable among {', '.join(names[:8])}",
            f"one of {', '.join(COMPONENTS)}",
            column="variables",
            remedy="It is a file of other components, whole as it is.",
        )
    remarks: list[str] = []
    series = tuple(_series(source, file, index, (begin, end), flags, remarks) for index in wanted)
    return record_reading(source, NAME, Record(series, tuple(remarks)))


def _is_wanted(variable: Variable) -> bool:
    """Tell the concentration itself from its uncertainty, percentiles and fractions."""
    attributes = variable.attributes
    return (
        variable.name in COMPONENTS
        and attributes.get("Statistics") in _MEANS
        and "Fraction" not in attributes
        and "Artifact" not in attributes
    )


def _series(
    source: Source,
    file: AmesFile,
    index: int,
    times: tuple[np.ndarray, np.ndarray],
    opinion: str,
    remarks: list[str],
) -> Series:
    variable = file.variables[index]
    bc_type, unit = COMPONENTS[variable.name]
    factor = factor_of(source, variable.unit, unit, row=variable.line)
    stated = file.metadata.get("Unit", "")
    if stated and carbon_unit(stated) != carbon_unit(variable.unit):
        remarks.append(
            f"the metadata say {stated!r}, the column says {variable.unit!r}: the column is used"
        )
    value = column(source, file, index + 1) * factor
    texts = file.cells[:, _flag_column(source, file, index) + 1]
    flags, valid = _flags(source, file, texts, opinion, remarks)
    about = _description(source, file, variable, bc_type, unit)
    return Series(about, make_values(*times, value, valid & ~np.isnan(value), flags))


def _flag_column(source: Source, file: AmesFile, index: int) -> int:
    for later in range(index + 1, len(file.variables)):
        if file.variables[later].name.startswith("numflag"):
            return later
    raise source.refuse(
        f"no numflag column after {file.variables[index].name!r}",
        "a flag column for the variable, or one for all at the end",
        row=file.variables[index].line,
    )


def _flags(
    source: Source, file: AmesFile, texts: np.ndarray, opinion: str, remarks: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return flags as text and validity; each distinct flag number is looked up once."""
    known = flag_set(opinion)
    distinct, inverse = np.unique(texts, return_inverse=True)
    names, valid = [], []
    for position, text in enumerate(distinct):
        try:
            flags = split_numflag(str(text))
        except ValueError as error:
            row = int(file.lines[np.flatnonzero(inverse == position)[0]])
            raise source.refuse(str(error), "a flag such as 0.147780000", row=row) from error
        unknown = [flag for flag in flags if flag not in known.known]
        if unknown:
            remarks.append(f"flag {unknown[0]:03d} isn't in the EBAS list: its values are invalid")
        names.append(";".join(f"{flag:03d}" for flag in flags))
        valid.append(known.is_valid(flags))
    return np.array(names, dtype=object)[inverse], np.array(valid)[inverse]


def _description(
    source: Source, file: AmesFile, variable: Variable, bc_type: str, unit: str
) -> Description:
    meta = file.metadata

    def of(key: str) -> str | None:
        return variable.attributes.get(key) or meta.get(key) or None

    def number(*keys: str) -> float | None:
        for key in keys:
            match = re.match(r"\s*[+-]?\d+(\.\d+)?", of(key) or "")
            if match:
                return float(match[0])
        return None

    station = of("Station code")
    if station is None:
        raise source.refuse("no station code in the header", "a line 'Station code: ...'")
    reference, t_ref, p_ref = reference_state(
        of("Volume std. temperature"), of("Volume std. pressure")
    )
    return Description(
        station=station,
        station_name=of("Station name"),
        network=file.people[3] or "EBAS",
        country=station[:2],  # EBAS codes begin with the country
        latitude=number("Measurement latitude", "Station latitude"),
        longitude=number("Measurement longitude", "Station longitude"),
        altitude_m=number("Measurement altitude", "Station altitude"),
        setting=of("Station setting"),
        bc_type=bc_type,
        unit=unit,
        file=source.name,
        sha256=source.sha256,
        format=NAME,
        clock="UTC",
        wavelength_nm=number("Wavelength"),
        mac_m2_g=number("Mass absorption cross section"),
        mac_from="header" if number("Mass absorption cross section") else None,
        scattering_c=number("Multi-scattering correction factor"),
        protocol=_protocol(of("Standard method")),
        size_cut=SIZE_CUTS.get((of("Matrix") or "").lower(), "unknown"),
        reference=reference,
        t_ref_k=t_ref,
        p_ref_hpa=p_ref,
        instrument=of("Instrument type"),
        method=of("Method ref") or of("Analytical instrument name"),
        serial=of("Instrument name"),
        part=_part(variable.attributes.get("Location")),
        data_set=_data_set(meta),
        revision=meta.get("Revision date", "").strip() or None,
        interval_s=round(file.interval_d * 86_400) or None,
    )


def _part(location: str | None) -> str | None:
    """Return the filter spot of a column; compensated values are of none."""
    return (location or "").strip().lower().replace(" ", "_") or None


def _data_set(meta: Mapping[str, str]) -> str | None:
    """Return what revisions of one data set share: where it begins, its length and level."""
    words = [meta.get(key, "").strip() for key in ("Startdate", "Period code", "Data level")]
    return " ".join(filter(None, words)) if words[0] else None


def reference_state(
    temperature: str | None, pressure: str | None
) -> tuple[str, float | None, float | None]:
    """Return the state of the air volume: EBAS gives kelvin and hPa, or `ambient`."""
    kelvin, hpa = _KELVIN.match(temperature or ""), _HPA.match(pressure or "")
    if kelvin and hpa:
        return "standard", float(kelvin[1]), float(hpa[1])
    if (temperature or "").lower() == "ambient":
        return "ambient", None, None
    return "unknown", None, None


def _protocol(text: str | None) -> str | None:
    match = re.search(r"TEMP=([\w.-]+)", text or "")
    return match[1] if match else None


FORMAT = Format(
    name=NAME,
    kind="station",
    title="EBAS NASA-Ames 1001",
    contract="record",
    looks_like=_looks_like,
    read=read,
    options=("flags",),
)
