"""The embedded observations, from the publishers' files beside the repository.

Means only, each with its citation, licence and the checksum of the file it was made from; the
files themselves aren't copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bc_inventory import schema
from bc_inventory.monitoring.record.rows import observation_rows, side_of
from bc_inventory.monitoring.statistics.averages import campaign_mean, chain
from bc_inventory.readers.registry import read_any
from bc_inventory.schema.series import Series
from curation.maker import Maker, Roots

__all__ = ["MAKER", "observations"]

_EBAS = (
    "EBAS: CC BY 4.0 for EMEP and ACTRIS data; the header has no licence line",
    "ebas-ec-2017",
)
_SPARTAN = ("public with attribution to SPARTAN", "spartan-3.0")
_UK = ("Open Government Licence v3", "uk-bc-network")
_FOLDERS = ("obs-ebas-nasaames-ecoc", "obs-spartan", "obs-uk-black-carbon-network")
# Of UK-AIR; the file has no coordinates.
_UK_PLACES = {
    "GB0036R": ("Harwell", 51.5711, -1.3267, 137.0, "rural background"),
    "GB0048R": ("Auchencorth Moss", 55.7922, -3.2429, 260.0, "rural background"),
    "GB1055R": ("Chilbolton Observatory", 51.1496, -1.4382, 78.0, "rural background"),
}


def observations(roots: Roots) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the embedded means, contract `observations`, and the places of their stations."""
    rows: list[pd.DataFrame] = []
    places: dict[str, list[object]] = {}
    ebas, spartan, uk = (roots.shared / "data" / name for name in _FOLDERS)
    for path in sorted(ebas.glob("*.nas")):
        # Controls of other components, and a five-row excerpt.
        if "levo." in path.name or "levoglucosan" in path.name or path.name == "ecoc.nas":
            continue
        for series in read_any(path, flags="ebas").data:
            _add(rows, places, series, _EBAS, {"campaign": campaign_mean(series, exclude=())})
    path = spartan / "FilterBased_ChemSpecPM25_CHTS.csv"
    for series in read_any(path, utc_offset_h=8.0, zeros="missing").data:
        beijing = Series(series.about.but(country="CN"), series.frame)
        means = chain(beijing, "none", exclude=(), periods=("year",))
        whole = {"all": campaign_mean(beijing, exclude=())}
        _add(rows, places, beijing, _SPARTAN, means | whole)
    for series in read_any(uk / "BC_extra_data_RB_3sites.csv").data:
        means = chain(series, "eu_2008_50", exclude=(), periods=("month", "year"))
        _add(rows, places, series, _UK, means)
    head = schema.table("station_places").names
    both = pd.concat(rows, ignore_index=True)
    # Six decimals are far below what any mean is known to.
    numbers = both.select_dtypes("number").columns
    both = both.assign(**{name: both[name].round(6) for name in numbers})
    return both, pd.DataFrame(list(places.values()), columns=head)


def _add(
    rows: list[pd.DataFrame],
    places: dict[str, list[object]],
    series: Series,
    terms: tuple[str, str],
    means: Mapping[str, Any],
) -> None:
    """Append the means of a series, and its place."""
    about = series.about
    for each in means.values():
        result = observation_rows(
            each, side=side_of(about.country), licence=terms[0], source_id=terms[1]
        )
        rows.append(result.to_pandas())
    if about.station in _UK_PLACES:
        place = [about.station, *_UK_PLACES[about.station], "recalled", terms[1]]
    else:
        place = [
            about.station,
            about.station_name or about.station,
            about.latitude,
            about.longitude,
            about.altitude_m,
            about.setting,
            "high",
            terms[1],
        ]
    places[about.station] = place


def _make(roots: Roots) -> dict[str, pd.DataFrame]:
    means, places = observations(roots)
    return {"observations/means.csv": means, "observations/places.csv": places}


MAKER = Maker(
    "observations",
    "observations/*.csv",
    "campaign, monthly and yearly means by the rules of the record",
    tuple(f"shared/data/{name}/" for name in _FOLDERS),
    _make,
)
