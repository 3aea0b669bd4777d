"""The build step that carries measurements into a release."""

from __future__ import annotations

from pathlib import Path

from bc_inventory import schema
from bc_inventory.monitoring.record.netcdf import write_netcdf
from bc_inventory.monitoring.record.outputs import station_table, summary_table, write_observations

__all__ = ["observations_step"]


def observations_step(inputs: dict[str, Path], outputs: dict[str, Path]) -> None:
    """Write the record of measurements, its stations and a summary.

    Parameters
    ----------
    inputs : dict of str to Path
        `observations`: table of means (CSV, or a Parquet folder made by `ingest`);
        `places`: table of station places (CSV).
    outputs : dict of str to Path
        `observations`: folder of Parquet by side; `netcdf`: CF NetCDF file; `stations`
        and `summary`: Parquet files.

    Raises
    ------
    DataError
        If an input breaks its contract.
    """
    path = inputs["observations"]
    reader = schema.read_parquet if path.is_dir() or path.suffix == ".parquet" else schema.read_csv
    observations = reader(path, "observations")
    places = schema.read_csv(inputs["places"], "station_places")
    stations = station_table(observations, places)
    write_observations(observations, outputs["observations"])
    write_netcdf(
        observations,
        stations,
        outputs["netcdf"],
        title="Measurements of black carbon",
    )
    schema.write_parquet(stations, "stations", outputs["stations"])
    schema.write_parquet(summary_table(observations), "monitoring_summary", outputs["summary"])
