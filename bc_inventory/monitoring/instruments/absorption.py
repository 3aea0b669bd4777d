"""Absorption and mass: cross-sections, harmonisation, wavelengths.

    b_abs = eBC x sigma          as the instrument sees it (its own C)
    b_abs = eBC x sigma / H      harmonised (ACTRIS factor H of the tape)
    eBC   = b_abs / MAC          MAC for the same absorption: one for the instrument's is divided
                                 by H where the absorption was
    b(l2) = b(l1) (l1/l2)^AAE

1 ug/m3 x 1 m2/g is 1/Mm. eBC of the same air differs by a factor 2.6 between published
cross-sections, so the one used is always asked for and always kept.
"""

from __future__ import annotations

import numpy as np

from bc_inventory import units
from bc_inventory.errors import ConfigError, DataError, Problem
from bc_inventory.monitoring.facts import choose, facts
from bc_inventory.monitoring.instruments.ae33 import tape_of
from bc_inventory.monitoring.statistics.uncertainty import widened
from bc_inventory.schema.series import Description, Series
from bc_inventory.units import quantities

__all__ = ["angstrom", "at_wavelength", "to_absorption", "to_ebc"]


def to_absorption(series: Series, *, tape: str | None = None, harmonise: bool) -> Series:
    """Return the absorption coefficient behind an eBC series.

    Parameters
    ----------
    series : Series
        eBC with its cross-section.
    tape : str
        Tape of the instrument, needed to harmonise.
    harmonise : bool
        Divide by the ACTRIS factor H of the tape. Without it the coefficient is that of
        the instrument's own C.

    Returns
    -------
    Series
        b_abs in 1/Mm; its relative uncertainty grows by that of H.

    Raises
    ------
    ConfigError
        If the tape isn't given, or its C isn't that of the series.
    DataError
        If the series isn't eBC, or lacks its cross-section.
    """
    about = series.about
    mac = about.mac_m2_g
    if about.bc_type != "eBC" or mac is None:
        raise _refused(series, "eBC with the cross-section that made it")
    value = series.frame["value"] * mac * units.factor("ug/m3 * m2/g", "1/Mm")
    step, h = f"x {mac:g} m2/g", None
    spread: dict[str, object] = {}
    if harmonise:
        chosen = tape_of(tape)
        if about.scattering_c is not None and about.scattering_c != chosen.scattering_c:
            raise ConfigError(
                [
                    Problem(
                        f"tape {chosen.name!r} with C {chosen.scattering_c:g}",
                        f"a tape with C {about.scattering_c:g}, which is in the values",
                        column="tape",
                    )
                ]
            )
        h = chosen.harmonisation_h
        value, step = value / h, f"{step} / H {h:g}"
        spread = {**widened(about, chosen.relative_interval, "H")}
    return series.but(
        step,
        series.frame.assign(value=value),
        bc_type="b_abs",
        unit="1/Mm",
        harmonisation_h=h,
        **spread,
    )


def to_ebc(
    series: Series,
    *,
    mac: str | float | None = None,
    mac_relative_uncertainty: float | None = None,
) -> Series:
    """Return eBC from an absorption coefficient.

    Parameters
    ----------
    series : Series
        b_abs with its wavelength.
    mac : str or float
        Name of a cross-section in `data/monitoring/mac.csv`, or m2/g at the wavelength.
    mac_relative_uncertainty : float
        Expanded relative uncertainty of a number given as `mac`.

    Returns
    -------
    Series
        eBC in ug/m3; its relative uncertainty holds that of the cross-section.

    Raises
    ------
    ConfigError
        If no cross-section, or no uncertainty of a given one, or one of another
        wavelength or for another absorption is given.

    Notes
    -----
    A number is taken to be for the absorption of the series as it is.
    """
    about = series.about
    if about.bc_type != "b_abs" or about.wavelength_nm is None:
        raise _refused(series, "an absorption coefficient with its wavelength")
    section, spread, origin = _section(mac, mac_relative_uncertainty, about.wavelength_nm)
    if isinstance(mac, str):
        section, origin = _for_absorption_of(about, mac, section, origin)
    value = series.frame["value"] / section * units.factor("1/Mm", "ug/m3 * m2/g")
    return series.but(
        f"/ {section:g} m2/g",
        series.frame.assign(value=value),
        bc_type="eBC",
        unit="ug/m3",
        mac_m2_g=section,
        mac_from=origin,
        **widened(about, spread, "cross-section"),
    )


def _section(
    mac: str | float | None, spread: float | None, wavelength: float
) -> tuple[float, float, str]:
    if mac is None:
        raise ConfigError(
            [
                Problem(
                    "no mac",
                    "mac: the name of a cross-section, or m2/g",
                    column="mac",
                    remedy="It isn't assumed to be the instrument's: fitted ones reach 20 m2/g.",
                )
            ]
        )
    if isinstance(mac, str):
        row = choose("mac", "mac_id", mac, "mac").iloc[0]
        if float(row["wavelength_nm"]) != wavelength:
            raise ConfigError(
                [
                    Problem(
                        f"mac {mac!r} at {row['wavelength_nm']:g} nm",
                        f"one at {wavelength:g} nm",
                        column="mac",
                        remedy="Shift the absorption with at_wavelength first.",
                    )
                ]
            )
        section = float(row["mac_m2_g"])
        half = float(row["mac_m2_g_upper"] - row["mac_m2_g_lower"]) / 2
        return section, half / section, f"{mac} ({row['scope']})"
    if spread is None or not mac > 0:
        raise ConfigError(
            [
                Problem(
                    f"mac={mac} without its uncertainty" if mac > 0 else f"mac={mac}",
                    "a positive mac with mac_relative_uncertainty, such as 0.3",
                    column="mac_relative_uncertainty",
                )
            ]
        )
    return float(mac), spread, "user"


def _for_absorption_of(
    about: Description, mac: str, section: float, origin: str
) -> tuple[float, str]:
    """Return a named cross-section for the absorption that a series holds."""
    made_for = choose("mac", "mac_id", mac, "mac").iloc[0]["absorption"]
    # A larger C than that of a tape has the harmonisation in it.
    own_c = about.scattering_c in set(facts("tapes")["scattering_c"])
    kind = "instrument" if own_c and about.harmonisation_h is None else "reference"
    if made_for == kind:
        return section, origin
    if made_for == "instrument" and about.harmonisation_h is not None:
        return section / about.harmonisation_h, f"{origin}, / H {about.harmonisation_h:g}"
    raise ConfigError(
        [
            Problem(
                f"mac {mac!r}, which is for absorption of the kind {made_for}, and absorption of "
                f"the kind {kind}",
                "both of one kind",
                column="mac",
                remedy="Harmonise the absorption, or name another cross-section.",
            )
        ]
    )


@quantities(wavelength_1_nm="nm", wavelength_2_nm="nm")
def angstrom(b_1: float, wavelength_1_nm: float, b_2: float, wavelength_2_nm: float) -> float:
    """Return the absorption Angstrom exponent between two wavelengths.

    Parameters
    ----------
    b_1, b_2 : float
        Absorption of a period at the two wavelengths, in one unit.
    wavelength_1_nm, wavelength_2_nm : float
        Wavelengths, nm.

    Returns
    -------
    float
        AAE = -ln(b1/b2) / ln(l1/l2); NaN where either isn't positive.

    Examples
    --------
    >>> round(angstrom(2.0, 400.0, 1.0, 800.0), 6)
    1.0
    """
    if not (b_1 > 0 and b_2 > 0):
        return float("nan")
    return float(-np.log(b_1 / b_2) / np.log(wavelength_1_nm / wavelength_2_nm))


def at_wavelength(series: Series, wavelength_nm: float, *, aae: float | None = None) -> Series:
    """Return an absorption series at another wavelength.

    Parameters
    ----------
    series : Series
        b_abs with its wavelength.
    wavelength_nm : float
        Wavelength wanted, nm.
    aae : float
        Absorption Angstrom exponent; 1 is usual where it isn't known (Petzold et al.
        2013), but it must be said.

    Raises
    ------
    ConfigError
        If no exponent is given.
    """
    about = series.about
    if about.bc_type != "b_abs" or about.wavelength_nm is None:
        raise _refused(series, "an absorption coefficient with its wavelength")
    if aae is None:
        raise ConfigError(
            [Problem("no aae", "aae: the absorption Angstrom exponent", column="aae")]
        )
    factor = (about.wavelength_nm / wavelength_nm) ** aae
    return series.but(
        f"from {about.wavelength_nm:g} to {wavelength_nm:g} nm with AAE {aae:g}",
        series.frame.assign(value=series.frame["value"] * factor),
        wavelength_nm=wavelength_nm,
        mac_m2_g=None,
        mac_from=None,
    )


def _refused(series: Series, expected: str) -> DataError:
    about = series.about
    text = f"{about.bc_type} at {about.wavelength_nm} nm with MAC {about.mac_m2_g}"
    return DataError([Problem(text, expected, about.file)])
