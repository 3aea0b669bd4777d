"""Every fact row is drawn as it is stated: its bounds, and its mean or median, or it is listed."""

import numpy as np
import pytest

from bc_inventory.inventory.distribution import Lognormal
from bc_inventory.inventory.intervals import expected, stated, stated_fraction
from bc_inventory.reference.paths import embedded_root
from bc_inventory.schema import read_csv

POSITIVE = [
    ("emission_factors", "value", "factor_id"),
    ("calorific_values", "value", "ncv_id"),
    ("co2_factors", "value", "fuel"),
    ("activity_national", "quantity", "activity_id"),
]
FRACTIONS = [("abatement", "efficiency", "control"), ("penetration", "penetration", "technology")]

# Rows whose mean and ratio of bounds hold, and whose bounds move: no split lognormal has all
# three; and fractions whose mean lies nearer to a bound than a split normal can have it.
LISTED = {
    "emission_factors": {
        "h-aircraft_piston-gasoline",
        "h-coal_stove_anthracite-coke",
        "h-industrial_furnace-coke",
        "h-marine_engine_spark-gasoline",
        "h-pulverised_boiler-anthracite",
        "h-pulverised_boiler-cleaned_coal",
        "h-pulverised_boiler-coal_briquettes",
        "h-pulverised_boiler-coke",
        "h-pulverised_boiler-hard_coal",
        "h-pulverised_boiler-lignite",
        "h-pulverised_boiler-peat",
        "h-pulverised_boiler-washed_coal",
        "h-small_coal_boiler-coke",
        "h-stationary_engine_spark-gasoline",
        "o-cn-1A1b-kerosene",
        "o-cn-1A1c-kerosene",
        "o-cn-1A2a-kerosene",
        "o-cn-1A2b-kerosene",
        "o-cn-1A2c-kerosene",
        "o-cn-1A2f-kerosene",
        "o-cn-1A2gviii-kerosene",
        "o-cn-1A3bi-car_diesel_euro4-diesel",
        "o-cn-1A3bi-car_diesel_euro5-diesel",
        "o-cn-1A3bii-ldv_diesel_euro3-diesel",
        "o-cn-1A3bii-ldv_diesel_euro3_high-diesel",
        "o-cn-1A3bii-ldv_diesel_euro4-diesel",
        "o-cn-1A3bii-ldv_diesel_euro4_high-diesel",
        "o-cn-1A3bii-ldv_diesel_euro5-diesel",
        "o-cn-1A3bii-ldv_diesel_euro5_high-diesel",
        "o-cn-1A4ai-kerosene",
        "o-cn-1A4ci-kerosene",
        "o-eu-1A1a-anthracite",
        "o-eu-1A1a-cleaned_coal",
        "o-eu-1A1a-coal_briquettes",
        "o-eu-1A1a-hard_coal",
        "o-eu-1A1a-heavy_fuel_oil",
        "o-eu-1A1a-lignite",
        "o-eu-1A1a-washed_coal",
        "o-eu-1A1b-heavy_fuel_oil",
    },
    "calorific_values": {
        "ncv-cn-natural_gas-vol",
        "ncv-cn-other_gas-vol",
        "ncv-eu-other_gas-vol",
    },
    "co2_factors": {
        "other_gas",
    },
}


def off(spread, rows, name):
    """Say which rows aren't drawn with their bounds and mean or median to within 2 %."""
    lower, upper = spread.interval()
    middle = np.where(rows["value_kind"] == "median", spread.median, spread.mean)
    drawn = zip((middle, lower, upper), (name, f"{name}_lower", f"{name}_upper"), strict=True)
    return np.any(
        [
            np.abs(number - rows[column]) > 0.02 * rows[column].to_numpy(dtype=float)
            for number, column in drawn
        ],
        axis=0,
    )


@pytest.mark.parametrize(("table", "name", "label"), POSITIVE)
def test_positive_numbers_have_their_bounds_and_value_or_keep_mean_and_ratio(table, name, label):
    """What can't hold all three has an upper bound far from the mean, or a value at an edge."""
    rows = read_csv(embedded_root() / f"{table}.csv", table)
    spread = stated(rows, name)
    wrong = off(spread, rows, name)
    listed = LISTED.get(table, set())
    assert set(rows.loc[wrong, label]) == listed
    kept = rows[wrong]
    assert np.asarray(spread.mean)[wrong] == pytest.approx(kept[name].to_numpy())
    lower, upper = (bound[wrong] for bound in spread.interval())
    ratio = (kept[f"{name}_upper"] / kept[f"{name}_lower"]).to_numpy()
    assert upper / lower == pytest.approx(ratio)


@pytest.mark.parametrize(("table", "name", "label"), FRACTIONS)
def test_fractions_have_their_bounds_and_their_mean(table, name, label):
    rows = read_csv(embedded_root() / f"{table}.csv", table)
    spread = stated_fraction(rows, name)
    wrong = off(spread, rows, name)
    assert set(rows.loc[wrong, label]) == LISTED.get(table, set())
    drawn = spread.quantile(np.linspace(-8, 8, 33) * np.ones((len(rows), 1)))
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0


def test_medians_are_published_as_their_means():
    """A geometric middle with a factor of ten either way: exp((ln 100 / 3.92)^2 / 2) by hand."""
    rows = read_csv(embedded_root() / "emission_factors.csv", "emission_factors")
    row = rows[rows["factor_id"] == "h-fluidised_bed-hard_coal"]
    spread = stated(row, "value")
    high, low = row["value_upper"] / row["value"], row["value"] / row["value_lower"]
    below, above = np.log(low) / 1.959964, np.log(high) / 1.959964
    as_equal = np.exp(((below + above) / 2) ** 2 / 2)
    assert expected(row, "value", spread).iloc[0] / row["value"].iloc[0] == pytest.approx(
        as_equal.iloc[0], rel=0.03
    )
    same = Lognormal.from_interval(row["value"], row["value_lower"], row["value_upper"], True)
    assert same.mean == pytest.approx(spread.mean)
