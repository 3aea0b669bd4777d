"""Makers of published activity, provinces' population and the fuel splits of EU members."""

from __future__ import annotations

import pandas as pd

from curation.fuel_split import CARS, SPLIT
from curation.maker import Maker, Roots, everything
from curation.published import embed
from curation.years import with_all_years

__all__ = ["MAKERS"]

_PEOPLE = "nbs-population"
_rebuilt: dict[Roots, dict[str, pd.DataFrame]] = {}


def _all(roots: Roots) -> dict[str, pd.DataFrame]:
    """Return what the publishers' files give, read once for the three makers."""
    if roots not in _rebuilt:
        made = embed(roots.shared / "data")
        _rebuilt[roots] = with_all_years(made, roots)
    return _rebuilt[roots]


def _published(roots: Roots) -> dict[str, pd.DataFrame]:
    return {name: rows for name, rows in _all(roots).items() if name.startswith("activity/")}


def _of_nbs(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["source_id"] == _PEOPLE


def _population(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = _all(roots)["population.csv"]
    return {"population.csv": rows[_of_nbs(rows)]}


def _derived(frame: pd.DataFrame) -> pd.Series[bool]:
    cars = (frame["mapping_id"] == "eu-cars") & (frame["source_id"] == CARS)
    return cars | (frame["source_id"] == SPLIT)


def _splits(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = _all(roots)["activity_mapping.csv"]
    return {"activity_mapping.csv": rows[_derived(rows)]}


MAKERS = (
    Maker(
        "published activity",
        "activity/*.csv",
        "figures as published, or recovered from CO2 by division; years without a publication "
        "continued with an indicator",
        (
            *("shared/data/", "data/activity_selection.csv", "data/activity_recovery.csv"),
            *(
                "shared/data-new/ceads-provincial-energy-2011-2022/",
                "shared/data-new/eurostat-solid-biofuel-2002-2019/",
                "shared/data-new/gains-activity-eu28-2005/",
                "shared/data-new/nbs-monthly-industry-output-by-province/",
            ),
            *("curation/tables/crt_co2.csv", "curation/tables/gains_countries.csv"),
        ),
        _published,
        everything,
    ),
    Maker(
        "population of provinces",
        "population.csv",
        "year-end figures, misprints read as `population_corrections` says",
        ("shared/data/nbs-population-by-province/", "data/population_corrections.csv"),
        _population,
        _of_nbs,
    ),
    Maker(
        "fuel splits",
        "activity_mapping.csv",
        "solid, gas and liquid of a region group, moved by what its members consume; fuels of "
        "cars from those of cars and vans less the vans'",
        (
            "shared/data/eurostat-energy/",
            "data/fuel_split_base.csv",
            "data/fuel_split_rules.csv",
            "data/co2_factors.csv",
            "data/calorific_values.csv",
            "data/activity_mapping.csv",
        ),
        _splits,
        _derived,
    ),
)
