"""What a station's measurements can be compared with, and what they can't.

Rules from `docs/monitoring.md`: types never mix; thermal protocols are kept apart; eBC
needs the same cross-section; the state of the air volume must be known.
"""

from __future__ import annotations

import pandas as pd

__all__ = ["comparability"]


def comparability(part: pd.DataFrame) -> tuple[str, str]:
    """Return in words what the rows of one station can and can't be compared with.

    Parameters
    ----------
    part : pandas.DataFrame
        Rows of one station under the contract `observations`.

    Returns
    -------
    tuple of str
        Comparable with, and not comparable with and why.
    """
    can: list[str] = []
    cannot: list[str] = []
    for bc_type in sorted(map(str, part["bc_type"].unique())):
        rows = part[part["bc_type"] == bc_type]
        by_name = {"EC": _elemental, "eBC": _equivalent, "b_abs": _absorption, "rBC": _refractory}
        by_name[bc_type](rows, can, cannot)
    if any("duplicate_series" in text for text in _distinct(part, "quality_flags")):
        cannot.append("anything before it is known whose its values are: another station has them")
    cuts = _distinct(part, "size_cut")
    if "unknown" in cuts:
        cannot.append("any single size cut: that of some series isn't stated")
    if "unknown" in _distinct(part, "reference"):
        cannot.append("values at a stated temperature and pressure: the state isn't stated")
    elif "ambient" in _distinct(part, "reference"):
        cannot.append("optical data at 273.15 K before conversion with the local state")
    return "; ".join(can) or "nothing", "; ".join(cannot) or "nothing known"


def _distinct(part: pd.DataFrame, column: str) -> list[str]:
    return sorted({str(value) for value in part[column].dropna().unique()})


def _elemental(table: pd.DataFrame, can: list[str], cannot: list[str]) -> None:
    protocols = _distinct(table, "protocol")
    if protocols:
        can.append(f"EC by {', '.join(protocols)} at the same size cut")
        cannot.append("EC by another protocol without a cited regression")
    else:
        cannot.append("EC of a stated protocol: its own isn't stated")
    cannot.append("eBC, but through a cross-section to EC")


def _equivalent(table: pd.DataFrame, can: list[str], cannot: list[str]) -> None:
    sections = sorted(table["mac_m2_g"].dropna().unique().tolist())
    if sections:
        shown = ", ".join(f"{section:g}" for section in sections)
        can.append(f"eBC made with {shown} m2/g")
    else:
        can.append("its own trend within one method")
        cannot.append("eBC of other sites: the cross-section isn't stated")
    methods = _distinct(table, "segment")
    if len({name.split(":")[0] for text in methods for name in text.split(";")}) > 1:
        cannot.append("its own earlier values across a change of method")
    cannot.append("EC, but through a cross-section")


def _absorption(table: pd.DataFrame, can: list[str], cannot: list[str]) -> None:
    waves = sorted(table["wavelength_nm"].dropna().unique().tolist())
    shown = ", ".join(f"{wave:g} nm" for wave in waves) or "an unstated wavelength"
    can.append(f"absorption at {shown}, or another wavelength by an Angstrom exponent")
    if table["harmonisation_h"].isna().any():
        cannot.append("ACTRIS-harmonised absorption: no factor H was applied")


def _refractory(table: pd.DataFrame, can: list[str], cannot: list[str]) -> None:
    can.append("rBC")
    cannot.append("EC, from which it differed by 0.53 to 1.29 between campaigns")
