"""Make the embedded observations from the publishers' files beside the repository.

Means only, each with its citation, licence and the checksum of the file it was made
from; the files themselves aren't copied. `tests/monitoring/test_embedded.py` holds the
tables to what this makes.

    python tools/make_observations.py ../shared/data data/observations
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.monitoring.record.rows import observation_rows, side_of
from bc_inventory.monitoring.statistics.averages import campaign_mean, chain
from bc_inventory.readers.registry import read_any
from bc_inventory.schema.series import Series

EBAS = ("EBAS: CC BY 4.0 for EMEP and ACTRIS data; the header has no licence line", "ebas-ec-2017")
SPARTAN = ("public with attribution to SPARTAN", "spartan-3.0")
UK = ("Open Government Licence v3", "uk-bc-network")
# Of UK-AIR; the file has no coordinates.
UK_PLACES = {
    "GB0036R": ("Harwell", 51.5711, -1.3267, 137.0, "rural background"),
    "GB0048R": ("Auchencorth Moss", 55.7922, -3.2429, 260.0, "rural background"),
    "GB1055R": ("Chilbolton Observatory", 51.1496, -1.4382, 78.0, "rural background"),
}


def made(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the embedded means and the places of their stations."""
    rows: list[pd.DataFrame] = []
    places: dict[str, list[object]] = {}
    for path in sorted((folder / "obs-ebas-nasaames-ecoc").glob("*.nas")):
        # Controls of other components, and a five-row excerpt.
        if "levo." in path.name or "levoglucosan" in path.name or path.name == "ecoc.nas":
            continue
        for series in read_any(path, flags="ebas").data:
            add(rows, places, series, EBAS, {"campaign": campaign_mean(series, exclude=())})
    path = folder / "obs-spartan" / "FilterBased_ChemSpecPM25_CHTS.csv"
    for series in read_any(path, utc_offset_h=8.0, zeros="missing").data:
        beijing = Series(series.about.but(country="CN"), series.frame)
        means = chain(beijing, "none", exclude=(), periods=("year",))
        add(rows, places, beijing, SPARTAN, means | {"all": campaign_mean(beijing, exclude=())})
    path = folder / "obs-uk-black-carbon-network" / "BC_extra_data_RB_3sites.csv"
    for series in read_any(path).data:
        means = chain(series, "eu_2008_50", exclude=(), periods=("month", "year"))
        add(rows, places, series, UK, means)
    head = schema.table("station_places").names
    return pd.concat(rows, ignore_index=True), pd.DataFrame(list(places.values()), columns=head)


def add(rows, places, series, terms, means) -> None:
    """Append the means of a series, and its place."""
    about = series.about
    for one in means.values():
        made = observation_rows(
            one, side=side_of(about.country), licence=terms[0], source_id=terms[1]
        )
        rows.append(made.to_pandas())
    if about.station in UK_PLACES:
        place = [about.station, *UK_PLACES[about.station], "recalled", terms[1]]
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


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the means to six decimals, far below what any of them is known to."""
    numbers = frame.select_dtypes("number").columns
    return frame.assign(**{name: frame[name].round(6) for name in numbers})


def main() -> None:
    """Write `means.csv` and `places.csv`."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    means, places = made(folder)
    for name, frame, contract in (
        ("means.csv", rounded(means), "observations"),
        ("places.csv", places, "station_places"),
    ):
        schema.write_csv(schema.check(frame, contract), contract, out / name)


if __name__ == "__main__":
    main()
