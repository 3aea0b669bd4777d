"""From parts to means by year, and from means to the record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from bc_inventory import schema
from bc_inventory.monitoring.quality.duplicates_across import Copied
from bc_inventory.monitoring.quality.flags import bits
from bc_inventory.monitoring.quality.tests import breaks
from bc_inventory.monitoring.record.netcdf import write_netcdf
from bc_inventory.monitoring.record.outputs import station_table, summary_table, write_observations
from bc_inventory.monitoring.record.parts import Part, part_index, read_part
from bc_inventory.monitoring.record.rows import observation_rows, side_of
from bc_inventory.monitoring.record.settings import Settings
from bc_inventory.monitoring.statistics.averages import Means, chain
from bc_inventory.monitoring.statistics.trend_table import trend_table
from bc_inventory.schema.series import Series
from bc_inventory.storage.atomic import temporary_folder
from bc_inventory.storage.hashing import canonical_json, sha256_json
from bc_inventory.storage.results import store_result

__all__ = ["assemble", "joined", "year_means"]

_MEANS = {"means": "means.parquet"}
_PLACE = ("station", "name", "latitude", "longitude", "altitude_m", "setting")


def year_means(
    parts: Sequence[Part],
    folder: Path,
    settings: Settings,
    code_digest: str,
    shared: Copied,
) -> tuple[dict[str, Path], int]:
    """Compute the means of each year of each series, those that aren't there yet.

    Parameters
    ----------
    parts : sequence of Part
        In the order of their files: where two give the same time, the first counts.
    folder : Path
        Of results.
    settings : Settings
        Rule and excluded quality flags.
    code_digest : str
        Digest of the code.
    shared : Copied
        Values that other stations have too, which are flagged.

    Returns
    -------
    tuple of dict of str to Path and int
        All tables by their keys, in order of series and year, and how many were computed
        now.
    """
    wanted: dict[tuple[str, int], list[Part]] = {}
    for part in parts:
        for index in part_index(part.path):
            for year in index.years:
                wanted.setdefault((index.series_id, year), []).append(part)
    tables: dict[str, Path] = {}
    computed = 0
    for (series_id, year), several in sorted(wanted.items(), key=lambda item: item[0]):
        again = shared.within(series_id, *_seconds(year))
        key = sha256_json(
            [
                series_id,
                year,
                [part.key for part in several],
                settings.rule,
                list(settings.exclude),
                code_digest,
                again.tolist(),
            ]
        )

        def write(
            outputs: dict[str, Path],
            series_id: str = series_id,
            year: int = year,
            several: list[Part] = several,
            again: np.ndarray = again,
        ) -> None:
            paths = [part.path for part in several]
            _write_means(series_id, year, paths, outputs["means"], settings, again)

        result, reused = store_result(folder, key, _MEANS, write, f"means of {series_id} in {year}")
        tables[key] = result["means"].path
        computed += not reused
    return tables, computed


def _seconds(year: int) -> tuple[int, int]:
    """Return the bounds of a calendar year and a month before it, for what reaches into it."""
    begin = np.datetime64(f"{year - 1}-12-01", "s")
    return int(begin.astype(np.int64)), int(
        np.datetime64(f"{year + 1}-01-01", "s").astype(np.int64)
    )


def _write_means(
    series_id: str,
    year: int,
    paths: list[Path],
    table: Path,
    settings: Settings,
    again: np.ndarray,
) -> None:
    items = [
        item for item in (read_part(path, series_id, year) for path in paths) if item is not None
    ]
    whole = joined(items)
    if len(again):
        begin = whole.frame["start"].to_numpy().astype("datetime64[s]").astype(np.int64)
        extra = np.where(np.isin(begin, again), bits(["duplicate_series"]), np.uint16(0))
        whole.frame["quality_flags"] = (whole.frame["quality_flags"].to_numpy() | extra).astype(
            np.uint16
        )
    rows = [
        observation_rows(_of_year(means, year), side=side_of(whole.about.country))
        for means in chain(whole, settings.rule, exclude=settings.exclude).values()
    ]
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = whole.about
    place = {
        "name": about.station_name,
        **{name: getattr(about, name) for name in _PLACE if name != "name"},
    }
    arrow = pa.concat_tables(rows).replace_schema_metadata({b"place": canonical_json(place)})
    pq.write_table(arrow, table, compression="zstd", compression_level=1)


def joined(series: list[Series]) -> Series:
    """Return the values of one series from several files, in order of time.

    Parameters
    ----------
    series : list of Series
        Of one series id; the description of the first holds, with all files named.

    Returns
    -------
    Series
        A time that two files give is flagged `duplicate_time` from the second on, and the
        first value of another segment than the one before it `break`.
    """
    if len(series) == 1:
        frame = series[0].frame.copy()
    else:
        frame = pd.concat([element.frame for element in series], ignore_index=True)
        for name in ("flags", "segment"):
            frame[name] = pd.Series(union_categoricals([entry.frame[name] for entry in series]))
    frame = frame.sort_values("start", kind="stable", ignore_index=True)
    again = frame.duplicated("start").to_numpy()
    flags = frame["quality_flags"].to_numpy(dtype=np.uint16)
    for name, matches in (("duplicate_time", again), ("break", breaks(frame["segment"]))):
        flags = np.where(matches, flags | bits([name]), flags).astype(np.uint16)
    frame["quality_flags"] = flags
    first = series[0].about
    files = dict(sorted({item.about.file: item.about.sha256 for item in series}.items()))
    about = dataclasses.replace(first, file=";".join(files), sha256=";".join(files.values()))
    return Series(about, frame)


def _of_year(means: Means, year: int) -> Means:
    rows = means.frame["start"].dt.year == year
    return dataclasses.replace(means, frame=means.frame[rows].reset_index(drop=True))


def assemble(means: Mapping[str, Path], folder: Path, code_digest: str) -> str:
    """Write the record from its tables of means, unless it is there.

    Parameters
    ----------
    means : mapping of str to Path
        Tables of means by their keys, in order.
    folder : Path
        Of the generations.
    code_digest : str
        Digest of the code.

    Returns
    -------
    str
        Name of the generation, the digest of its tables.
    """
    name = sha256_json([list(means), code_digest])
    if (folder / name).is_dir():
        return name
    observations, places = _read_means(list(means.values()))
    stations = station_table(observations, places)
    with temporary_folder(folder) as result:
        write_observations(observations, result / "observations")
        write_netcdf(
            observations, stations, result / "observations.nc", title="Measurements of black carbon"
        )
        schema.write_parquet(stations, "stations", result / "stations.parquet")
        schema.write_parquet(
            schema.check(trend_table(observations), "measured_trends"),
            "measured_trends",
            result / "trends.parquet",
        )
        summary = summary_table(observations)
        schema.write_parquet(summary, "monitoring_summary", result / "monitoring_summary.parquet")
        result.rename(folder / name)
    return name


def _read_means(means: list[Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    contract = schema.arrow_schema("observations")
    tables, places = [], {}
    for path in means:
        table = pq.read_table(path)
        place = json.loads(table.schema.metadata[b"place"])
        places[place["station"]] = place
        tables.append(table.replace_schema_metadata(None))
    whole = pa.concat_tables(tables) if tables else contract.remove_metadata().empty_table()
    texts = [field.name for field in whole.schema if pa.types.is_string(field.type)]
    frame = whole.to_pandas(categories=texts)
    content = pd.DataFrame(list(places.values()), columns=list(_PLACE))
    return frame, content
