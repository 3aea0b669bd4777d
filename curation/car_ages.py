"""Emission stages of cars by member of the EU, from cars in use by age.

The fleet model says how diesel and petrol cars of a group of members are spread over ages. The
weight of each age is multiplied by the cars of its band (Eurostat, road_eqs_carage) over those of
the model, so that the ages of both fuels together are those in use. Use by age and the part of
diesel at each age remain those of the model. Years before the first with ages have its ratios, by
analogy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from curation.fleet import OLDEST, Survival, interpolated
from curation.fleet_shares import share_rows, technology_mix
from curation.maker import Maker, Roots, by_source, parameters, read_fact

__all__ = ["MAKER", "age_ratios", "cars_by_band", "model_ages"]

SOURCE = "eurostat-car-age"
_FILE = "data-new/eurostat-car-age-stock-2015-2025/destination_eu27_inputs.json"
_NFR, _FUELS = "1A3bi", ("diesel", "gasoline")
_CENTRE = "EU-CENTRAL"
# First age of each band of the publisher, in whole years.
_BANDS = {"Y_LT2": 0, "Y2-5": 2, "Y5-10": 5, "Y10-20": 10, "Y_GT20": 20}
_WHOLE = "TOTAL"
_MOST_MISSING = 0.005  # part of the cars that no band has
_LATER = (2022, 2024)  # years with ages after those of the fleet model
_NAMES = {"GR": "EL"}
_NOTE = "cars in use by age (all fuels), diesel part and use by age of the fleet model"


@cache
def _published(roots: Roots) -> dict[str, dict[str, dict[str, float | None]]]:
    text = (roots.shared / _FILE).read_text(encoding="utf-8")
    bands: dict[str, dict[str, dict[str, float | None]]] = json.loads(text)["raw"]["car_age_bands"]
    return bands


def cars_by_band(known: Mapping[str, float | None]) -> pd.Series | None:
    """Return cars by the first age of their band; None where bands don't make up the total.

    Parameters
    ----------
    known : mapping of str to float or None
        Cars by the publisher's band, and `TOTAL`. Without the band above 20 years its cars are in
        that above 10.

    Examples
    --------
    >>> cars_by_band({"Y_LT2": 1.0, "Y2-5": 2.0, "Y5-10": 3.0, "Y10-20": 4.0, "TOTAL": 10.0})
    0     1.0
    2     2.0
    5     3.0
    10    4.0
    dtype: float64
    """
    counts = {first: known.get(band) for band, first in _BANDS.items()}
    cars = pd.Series({first: count for first, count in counts.items() if count})
    missing = set(_BANDS.values()) - set(cars.index)
    total = known.get(_WHOLE)
    if not total or missing - {_BANDS["Y_GT20"]}:
        return None
    return cars if abs(cars.sum() / total - 1.0) <= _MOST_MISSING else None


def model_ages(year: int, sales: pd.Series, survival: Survival) -> npt.NDArray[np.float64]:
    """Return vehicles in use at the end of a year by age, in the unit of the sales.

    Parameters
    ----------
    year : int
        Calendar year.
    sales : pandas.Series
        New vehicles by year.
    survival : Survival
        Of which the decline of use is left out.
    """
    age = np.arange(OLDEST + 1)
    stock = Survival(survival.lifetime, survival.steepness, 0.0)
    weight = stock.weight(age)
    weight[0] *= 2.0  # all that were sold in the year are there at its end
    result: npt.NDArray[np.float64] = sales.reindex(year - age).fillna(0.0).to_numpy() * weight
    return result


def age_ratios(cars: pd.Series, model: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return vehicles in use over those of the model, by age; constant within a band.

    Parameters
    ----------
    cars : pandas.Series
        Vehicles in use by the first age of their band.
    model : numpy.ndarray, shape (ages,)
        Vehicles of the model by age.

    Examples
    --------
    >>> age_ratios(pd.Series({0: 30.0, 1: 10.0}), np.array([1.0, 2.0, 2.0])).tolist()
    [3.75, 0.3125, 0.3125]
    """
    band = np.searchsorted(cars.index.to_numpy(), np.arange(len(model)), side="right") - 1
    known = cars.to_numpy() / cars.sum()
    of_model = np.bincount(band, model, len(cars)) / model.sum()
    result: npt.NDArray[np.float64] = (known / of_model)[band]
    return result


def _nearest(years: Iterable[int], year: int) -> int:
    return min(years, key=lambda known: abs(known - year))


def _rows(roots: Roots) -> pd.DataFrame:
    curves = parameters("fleet_curves").set_index(["curve", "year"])["value"]
    stages, fleets = parameters("fleet_stages"), parameters("fleets")
    fleets = fleets[(fleets["nfr"] == _NFR) & fleets["fuel"].isin(_FUELS)]
    regions = read_fact(roots, "regions").set_index("region")
    parts = []
    for code, by_year in _published(roots).items():
        member = _NAMES.get(code, code)
        if member not in regions.index:
            continue
        cars = {int(year): cars_by_band(known) for year, known in by_year.items()}
        cars = {year: known for year, known in cars.items() if known is not None}
        if not cars:
            continue
        group = regions.loc[member, "group"]
        mine = fleets[fleets["scope"] == (_CENTRE if group == _CENTRE else "EU")]
        sales = sum(interpolated(curves[name]) for name in mine["sales"])
        for fleet in mine.to_dict("records"):
            years = [*map(int, fleet["years"].split()), *_LATER]
            fleet |= {"years": " ".join(map(str, years))}
            survival = Survival(fleet["lifetime"], fleet["steepness"], fleet["mileage_decay"])
            ratios = {}
            for year in years:
                nearest = _nearest(cars, year)
                ratios[year] = age_ratios(cars[nearest], model_ages(nearest, sales, survival))
            own = stages[stages["stages"] == fleet["stages"]]
            made = share_rows(technology_mix(fleet, own, curves, ratios), fleet)
            early = made["year"] < min(cars)
            parts.append(
                made.assign(
                    scope=member,
                    source_id=SOURCE,
                    confidence=np.where(early, "assumed", "low"),
                    note=np.where(early, f"{_NOTE}; ages of {min(cars)} by analogy", _NOTE),
                )
            )
    return pd.concat(parts, ignore_index=True)


MAKER = Maker(
    "car ages",
    "technology_shares.csv",
    "the fleet model with the ages of cars in use by member",
    (
        "curation/tables/fleets.csv",
        "curation/tables/fleet_stages.csv",
        "curation/tables/fleet_curves.csv",
        "data/regions.csv",
        f"shared/{_FILE}",
    ),
    lambda roots: {"technology_shares.csv": _rows(roots)},
    by_source(SOURCE),
)
