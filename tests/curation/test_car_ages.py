"""Cars by age, by hand and against a register of emission classes."""

import numpy as np
import pandas as pd
import pytest

from curation.car_ages import MAKER, age_ratios, cars_by_band, model_ages
from curation.fleet import Survival, growing, stage_shares

CARS = {"Y_LT2": 2.0, "Y2-5": 3.0, "Y5-10": 2.0, "Y10-20": 2.0, "Y_GT20": 1.0, "TOTAL": 10.0}
# Cars in Germany on 1 January 2019 by Euro class, all fuels, % (KBA, FZ 1).
GERMANY = {1: 1.3, 2: 7.0, 3: 8.2, 4: 28.8, 5: 27.4, 6: 26.7}


def test_cars_of_the_model_by_age_become_those_in_use():
    model = model_ages(2018, growing(0.02), Survival(15.0, 3.0, 0.1))
    cars = cars_by_band(CARS)
    moved = model * age_ratios(cars, model)
    band = np.searchsorted(cars.index, np.arange(len(moved)), side="right") - 1
    assert np.bincount(band, moved) / moved.sum() == pytest.approx(cars.to_numpy() / 10.0)


def test_an_older_stock_has_older_stages():
    """Half of the cars one year old, half two; by hand all weights are one."""
    sales = pd.Series({year: 1.0 for year in range(1950, 2020)})
    flat = Survival(1e9, 1.0, 0.0)
    ratios = np.zeros(45)
    ratios[[1, 2]] = 1.0
    shares = stage_shares([2018], [2017], sales, flat, {2018: ratios})[2018]
    # The car of 2016 is before the stage, of that of 2017 half complies.
    assert shares.tolist() == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(
    ("change", "known"),
    [
        ({}, True),
        ({"Y_GT20": None, "Y10-20": 3.0}, True),
        ({"Y2-5": None, "TOTAL": 7.0}, False),
        ({"TOTAL": 11.0}, False),
        ({"TOTAL": None}, False),
    ],
)
def test_bands_that_do_not_make_up_the_total_are_not_used(change, known):
    assert (cars_by_band(CARS | change) is not None) == known


@pytest.mark.shared
def test_members_with_ages_have_a_fleet_of_their_own(roots):
    rows = MAKER.make(roots)["technology_shares.csv"]
    assert rows["scope"].nunique() == 24
    sums = rows.groupby(["scope", "fuel", "year"])["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
    late = rows[rows["year"] >= 2015]
    assert set(late["confidence"]) == {"low"}
    assert set(rows.loc[rows["year"] < 2015, "confidence"]) == {"assumed"}
    newest = late[(late["technology"] == "car_diesel_euro6") & (late["year"] == 2018)]
    newest = newest.set_index("scope")["share"]
    assert newest["LU"] > newest["DE"] > newest["FR"] > newest["PL"] > newest["LT"]


@pytest.mark.shared
def test_classes_of_germany_are_near_those_registered(roots):
    """Diesel and petrol use of cars against the stock: Euro 4 came earlier there than its date."""
    rows = MAKER.make(roots)["technology_shares.csv"]
    mine = rows[(rows["scope"] == "DE") & (rows["year"] == 2018)]
    stage = mine["technology"].str.extract(r"euro(\d)")[0].astype(float)
    use = mine.assign(stage=stage).pivot_table(index="stage", columns="fuel", values="share")
    for euro, registered in GERMANY.items():
        if euro in (3, 4):
            continue
        low, high = sorted(use.loc[euro])
        assert low - 0.06 <= registered / 100 <= high + 0.06, euro
    both = use.loc[[3, 4]].sum()
    registered = (GERMANY[3] + GERMANY[4]) / 100
    assert both.min() - 0.04 <= registered <= both.max() + 0.04
