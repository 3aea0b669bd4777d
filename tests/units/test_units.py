"""The unit registry reads what inventories write, and refuses what has two readings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory import units
from bc_inventory.errors import UnitError


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("kt", "kg", 1e6),
        ("Gg", "kt", 1.0),
        ("10^4 t", "kt", 10.0),
        ("1e4 t", "kt", 10.0),
        ("万吨", "kt", 10.0),
        ("吨标准煤", "GJ", 29.3076),
        ("万吨标准煤", "TJ", 293.076),
        ("亿立方米", "m3", 1e8),
        ("万千瓦时", "GJ", 36.0),
        ("亿千瓦时", "TJ", 360.0),
        ("Mtoe", "PJ", 41.868),
        ("kgce", "kcal", 7000.0),
        ("mg/vehicle_km", "g/vehicle_km", 1e-3),
        ("kg m-2 s-1", "kg/m^2/s", 1.0),
        ("ug.m-3", "ug/m^3", 1.0),
        ("µg/m³", "ng/m3", 1000.0),
        ("Mm-1", "1/m", 1e-6),
    ],
)
def test_units_of_the_field(unit, to, expected):
    assert units.factor(unit, to) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("unit", ["ton", "C", "ug C/m3", "kt C", "M", "", "frob", "9" * 500])
def test_ambiguous_and_unknown_units_are_refused(unit):
    with pytest.raises(UnitError):
        units.factor(unit, "kt")


def test_gross_energy_needs_a_ratio():
    with pytest.raises(UnitError, match="ratio with a source"):
        units.factor("TJ_GCV", "TJ")


def test_knots_are_not_kilotonnes():
    with pytest.raises(UnitError, match=r"\[length\]"):
        units.factor("knot", "kt")


def test_distance_of_vehicles_is_not_length():
    with pytest.raises(UnitError):
        units.factor("vehicle_km", "km")


def test_a_county_in_coal_equivalent():
    """55 558 t raw coal and 6 545.22 x 10^4 kWh are 47 729.2 tce (GB/T 2589 coefficients)."""
    coal = units.convert(55558.0, "t", "kg") * 0.7143
    power = units.convert(6545.22, "万千瓦时", "kWh") * 0.1229
    assert units.convert(coal + power, "kgce", "tce") == pytest.approx(47729.2, abs=0.05)


@given(
    st.lists(st.floats(0, 1e9), min_size=1, max_size=30), st.sampled_from(["kt", "t", "Gg", "kg"])
)
def test_conversion_returns(values, unit):
    there = units.convert(values, unit, "mg")
    assert units.convert(there, "mg", unit) == pytest.approx(values, rel=1e-12)


def test_a_mixed_column_is_converted_once_per_unit():
    got = units.convert([1.0, 1.0, np.nan], ["kt", "t", "kt"], "kg")
    assert got[:2].tolist() == [1e6, 1e3]
    assert np.isnan(got[2])


def test_quantities_reach_functions_as_floats():
    @units.quantities(mass="kg")
    def half(mass):
        return mass / 2

    assert half(3.0) == 1.5
    assert half(units.registry().Quantity(1, "kt")) == 5e5
    with pytest.raises(UnitError):
        half(units.registry().Quantity(1, "TJ"))
