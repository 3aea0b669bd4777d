"""The steps of a build, room by room, and the files of a release that they give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bc_inventory.analysis.hotspots.step import hotspots_step
from bc_inventory.analysis.impacts.step import impacts_step
from bc_inventory.analysis.maps.png import maps_step
from bc_inventory.analysis.observations.step import compared_step
from bc_inventory.config import Config
from bc_inventory.errors import DataError, Problem
from bc_inventory.inventory import steps
from bc_inventory.inventory.facts import ACTIVITY_SIDE, FACTOR_SIDE, REFERENCES, fact_paths
from bc_inventory.monitoring.record.step import observations_step
from bc_inventory.pipeline.plan import Output, Plan, RunRecord, Step
from bc_inventory.reference.activity_files import activity_files
from bc_inventory.reference.changed_tables import CHANGED_ROWS
from bc_inventory.reference.paths import data_root, using_root
from bc_inventory.report.context import IMPACTS, report_facts
from bc_inventory.report.step import report_step
from bc_inventory.spatial.proxy_shares import SHARE_TABLES
from bc_inventory.spatial.step import grid_step, shares_step
from bc_inventory.workflow.derived import ANALYSES, derived_steps
from bc_inventory.workflow.facts import facts_root, overlaid_tables, refuse_unread
from bc_inventory.workflow.title import title_of

# Tables of the step `impacts`: ice, months of its bands, people, CO2 equivalents.
_VIEWS = ("cryosphere", "cryosphere_months", "exposure", "climate")

__all__ = ["make_plan", "published_files"]


def make_plan(config: Config, results: Path) -> Plan:
    """Return the steps of a build.

    Parameters
    ----------
    config : Config
        A checked configuration.
    results : Path
        Folder of results, below which the facts of an overlay are written.

    Returns
    -------
    Plan
        Steps whose outputs `published_files` names.

    Raises
    ------
    DataError
        If a year has no published activity, or the release before isn't there;
        if an overlay of the facts breaks a contract or changes nothing.
    """
    root = facts_root(config, results)
    with using_root(root):
        # Contracts list the domains and texts name them and their regions, in whatever step.
        named = {name: data_root() / f"{name}.csv" for name in ("domains", "regions")}
        of_rooms = [
            *_inventory_steps(config),
            *_spatial_steps(config),
            *_analysis_steps(config),
            *_monitoring_steps(config),
            *derived_steps(config),
            _report_step(config, root),
        ]
    steps = [replace(step, inputs={**named, **step.inputs}) for step in of_rooms]
    refuse_unread(steps, root)
    return Plan(steps, root)


def _inventory_steps(config: Config) -> list[Step]:
    """Return the steps from published activity to totals and their cube."""
    data = data_root()
    inventory, grid = config.inventory, config.grid
    years, regions = list(inventory.years), list(inventory.regions)
    return [
        Step(
            "published",
            steps.published_step,
            {
                **fact_paths(data, (*REFERENCES, "population", "activity_repairs")),
                **_published_activity(data, inventory.years),
            },
            {"published": "published.parquet", "repaired": "activity_repaired.parquet"},
            {"years": years},
        ),
        Step(
            "activity",
            steps.activity_step,
            {
                **fact_paths(data, ACTIVITY_SIDE),
                "published": Output("published", "published"),
                "repaired": Output("published", "repaired"),
            },
            {"activity": "activity.parquet", "unmapped": "activity_unmapped.parquet"},
            {"years": years, "regions": regions},
        ),
        Step(
            "emissions",
            steps.emissions_step,
            {**fact_paths(data, FACTOR_SIDE), "activity": Output("activity", "activity")},
            {"emissions": "emissions"},
            {"years": years, "regions": regions, "factor_sets": list(inventory.factor_sets)},
        ),
        Step(
            "whole_years",
            steps.whole_years_step,
            {
                "emissions": Output("emissions", "emissions"),
                "limits": data / "review_limits.csv",
            },
            {"whole_years": "whole_years.parquet", "cells": "emission_cells.parquet"},
            {"year": inventory.base_year},
        ),
        Step(
            "totals",
            steps.totals_step,
            {
                "emissions": Output("emissions", "emissions"),
                "whole_years": Output("whole_years", "whole_years"),
                "cells": Output("whole_years", "cells"),
                "limits": data / "review_limits.csv",
            },
            {"totals": "totals.parquet"},
            {"draws": config.uncertainty.draws, "seed": config.uncertainty.seed},
        ),
        Step(
            "cube",
            steps.cube_step,
            {
                "totals": Output("totals", "totals"),
                "whole_years": Output("whole_years", "whole_years"),
                # Names of its labels, which it reads below the root of the facts.
                "sectors": data / "sectors.csv",
            },
            {"cube": "emissions.nc"},
            {"title": title_of(inventory).en, "factor_set": grid.factor_set},
        ),
    ]


def _spatial_steps(config: Config) -> list[Step]:
    """Return the steps that place emissions in cells and draw them."""
    data = data_root()
    inventory, grid = config.inventory, config.grid
    return [
        *(
            Step(
                name,
                shares_step,
                {
                    "activity": Output("activity", "activity"),
                    "spatial": data_root() / "spatial",
                    "regions": data / "regions.csv",
                    "sectors": data / "sectors.csv",
                },
                {"shares": "shares"},
                {"resolution": resolution},
            )
            for name, resolution in _grids(config).items()
        ),
        Step(
            "grid",
            grid_step,
            {
                "emissions": Output("emissions", "emissions"),
                "shares": Output("shares", "shares"),
                "spatial": data_root() / "spatial",
                "sectors": data / "sectors.csv",
            },
            {
                "grid": f"grid_{inventory.base_year}.nc",
                "ledger": f"grid_{inventory.base_year}_ledger.nc",
                "points": "points.parquet",
            },
            {
                "year": inventory.base_year,
                "resolution": grid.resolution,
                "period": grid.period,
                "factor_set": grid.factor_set,
            },
            {"scheduler": config.compute.scheduler, "workers": config.compute.workers},
        ),
        Step(
            "maps",
            maps_step,
            {
                "netcdf": Output("hotspots", "netcdf"),
                "hotspots": Output("hotspots", "hotspots"),
                "grid": Output("grid", "grid"),
                "outlines": data_root() / "spatial" / "outlines.parquet",
                "regions": data_root() / "regions.csv",
                "sectors": data_root() / "sectors.csv",
            },
            {"maps": "maps"},
            {"year": inventory.base_year},
        ),
    ]


def _analysis_steps(config: Config) -> list[Step]:
    """Return the steps that read grids: hotspots, and ice, people and climate."""
    inventory, grid = config.inventory, config.grid
    return [
        Step(
            "hotspots",
            hotspots_step,
            {
                "emissions": Output("emissions", "emissions"),
                "shares": Output(list(_grids(config))[-1], "shares"),
                "spatial": data_root() / "spatial",
                "groups": data_root() / "hotspot_groups.csv",
                "stations": Output("observations", "stations"),
                "observations": Output("observations", "observations"),
                **_previous_hotspots(config.hotspots.previous),
            },
            {
                "hotspots": "hotspots.parquet",
                "geojson": "hotspots.geojson",
                "netcdf": "hotspots.nc",
            },
            {
                "year": inventory.base_year,
                "factor_set": grid.factor_set,
                "quantile": config.hotspots.quantile,
                "seed": config.uncertainty.seed,
            },
        ),
        Step(
            "impacts",
            impacts_step,
            {
                "emissions": Output("emissions", "emissions"),
                "shares": Output("shares", "shares"),
                "totals": Output("totals", "totals"),
                "spatial": data_root() / "spatial",
                "sectors": data_root() / "sectors.csv",
                "bands": data_root() / "cryosphere_bands.csv",
                "metrics": data_root() / "climate_metrics.csv",
                "organic": data_root() / "organic_carbon.csv",
            },
            {name: f"{name}.parquet" for name in _VIEWS},
            {
                "year": inventory.base_year,
                "factor_set": grid.factor_set,
                "draws": config.uncertainty.draws,
                "seed": config.uncertainty.seed,
            },
        ),
    ]


def _monitoring_steps(config: Config) -> list[Step]:
    """Return the steps of the measurements and their comparison with the inventory."""
    inventory, grid = config.inventory, config.grid
    return [
        Step(
            "observations",
            observations_step,
            {
                "observations": data_root() / "observations" / "means.csv",
                "places": data_root() / "observations" / "places.csv",
            },
            {
                "observations": "observations",
                "netcdf": "observations.nc",
                "stations": "stations.parquet",
                "summary": "monitoring_summary.parquet",
            },
        ),
        Step(
            "compared_with_observations",
            compared_step,
            {
                "observations": Output("observations", "observations"),
                "stations": Output("observations", "stations"),
                "totals": Output("totals", "totals"),
                "emissions": Output("emissions", "emissions"),
                "hotspots": Output("hotspots", "hotspots"),
                # Read below the root of the facts; named here so that a change is seen.
                "cells": data_root() / "spatial" / "cells_010.parquet",
                "fuels": data_root() / "fuels.csv",
            },
            {"table": "compared_with_observations.parquet"},
            {"year": inventory.base_year, "factor_set": grid.factor_set},
        ),
    ]


def _report_step(config: Config, root: Path | None) -> Step:
    """Return the step of the report; with an overlay it shows the rows that it changed."""
    changed = {} if root is None else {"facts_changed": root.parent / CHANGED_ROWS}
    inventory, grid = config.inventory, config.grid
    return Step(
        "report",
        report_step,
        {
            **report_facts(data_root()),
            **changed,
            "emissions": Output("emissions", "emissions"),
            "totals": Output("totals", "totals"),
            "whole_years": Output("whole_years", "whole_years"),
            "grid": Output("grid", "grid"),
            "hotspots": Output("hotspots", "hotspots"),
            "stations": Output("observations", "stations"),
            "monitoring": Output("observations", "summary"),
            "compared_with_observations": Output("compared_with_observations", "table"),
            **{name: Output("impacts", name) for name in IMPACTS},
            **{name: Output(each.name, name) for each in ANALYSES for name in each.tables},
        },
        {"report": "report.html"},
        {
            "title": list(title_of(inventory)),
            "year": inventory.base_year,
            "factor_set": grid.factor_set,
        },
    )


def _grids(config: Config) -> dict[str, float]:
    """Return the resolution of the grid and, if it is another, that of hotspots, by step."""
    resolutions = {"shares": config.grid.resolution}
    if config.hotspots.resolution != config.grid.resolution:
        resolutions["hotspot_shares"] = config.hotspots.resolution
    return resolutions


def _previous_hotspots(release: str) -> dict[str, Path]:
    """Return the hotspots of the release whose ids are to be kept; none if none is named."""
    if not release:
        return {}
    path = Path(release) / "hotspots.parquet"
    if not path.is_file():
        raise DataError(
            [
                Problem(
                    "no hotspots.parquet",
                    "the folder of a release, relative to where the command runs",
                    release,
                    column="hotspots.previous",
                )
            ]
        )
    return {"previous": path}


def _published_activity(data: Path, years: tuple[int, ...]) -> dict[str, Path]:
    """Return the files of all years, which repairs look at; refuse a year without one."""
    files = activity_files(data)
    have = sorted({year for _, year in files})
    absent = [year for year in years if year not in have]
    if absent:
        raise DataError(
            Problem(
                f"no published activity for {year}",
                f"one of {', '.join(map(str, have)) or 'no year at all'}",
                str(data / "activity"),
                column="inventory.years",
            )
            for year in absent
        )
    return {f"published_{path.stem}": path for path in files.values()}


def published_files(record: RunRecord) -> dict[str, Path]:
    """Return what of a run is published, by its path in the release."""
    shares = record.path("shares", "shares")
    return {
        "activity.parquet": record.path("activity", "activity"),
        "activity_unmapped.parquet": record.path("activity", "unmapped"),
        "activity_repaired.parquet": record.path("published", "repaired"),
        "emissions": record.path("emissions", "emissions"),
        "totals.parquet": record.path("totals", "totals"),
        "whole_years.parquet": record.path("whole_years", "whole_years"),
        "emissions.nc": record.path("cube", "cube"),
        record.path("grid", "grid").name: record.path("grid", "grid"),
        record.path("grid", "ledger").name: record.path("grid", "ledger"),
        "points.parquet": record.path("grid", "points"),
        **{f"{name}.parquet": shares / f"{name}.parquet" for name in SHARE_TABLES},
        "hotspots.parquet": record.path("hotspots", "hotspots"),
        "hotspots.geojson": record.path("hotspots", "geojson"),
        "hotspots.nc": record.path("hotspots", "netcdf"),
        "maps": record.path("maps", "maps"),
        **{path.name: path for path in (record.path("impacts", name) for name in _VIEWS)},
        **{
            f"{name}.parquet": record.path(each.name, name)
            for each in ANALYSES
            for name in each.tables
        },
        "report.html": record.path("report", "report"),
        "observations": record.path("observations", "observations"),
        "observations.nc": record.path("observations", "netcdf"),
        "stations.parquet": record.path("observations", "stations"),
        "compared_with_observations.parquet": record.path("compared_with_observations", "table"),
        "monitoring_summary.parquet": record.path("observations", "summary"),
        **overlaid_tables(record.facts),
    }
