"""The functions a researcher calls: each takes and returns tables, arrays or paths.

They are names of the package, `import bc_inventory as bci`, together with `open_release`,
`load_config`, `build`, `totals`, `decompose`, `explain` and `convert`, which are those of
their modules. The command line does the same things from a shell.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from bc_inventory.monitoring.record.ingest import IngestReport
    from bc_inventory.readers.result import Reading
    from bc_inventory.release.read.release import Release
    from bc_inventory.spatial.regrid import Regridded

__all__ = ["compare", "estimate", "grid", "ingest", "read", "regrid"]

Window = str | tuple[float, float, float, float]
Resolution = float | tuple[float, float]


def read(file: Path | str | BinaryIO, file_format: str | None = None, **options: object) -> Reading:
    """Read a publisher's file of activity, emissions, measurements or a gridded field.

    Parameters
    ----------
    file : path-like or binary file
        What to read.
    file_format : str, optional
        Name of the format, as `bc-inventory ingest --formats` lists them; by default it is
        detected.
    **options
        What the format asks for and the file doesn't say, such as `species` or `station`.

    Returns
    -------
    Reading
        `frame` is the table (or `data` the field or series) in canonical units; `report`
        says what was read, and what was skipped and why.

    Raises
    ------
    SourceError
        If no format or several fit, or the format doesn't take an option.
    DataError
        If the file breaks its format; the message names file, row and column.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> import io
    >>> lines = [
    ...     "# WebDab output on Mon Jan 20 18:25:46 2025",
    ...     "# Format: ISO2;YEAR;SECTOR;POLLUTANT;UNIT;NUMBER/FLAG",
    ...     "PL;2018;F_RoadTransport;BC;Gg;4.5",
    ...     "PL;2018;C_OtherStatComb;BC;Gg;12.5",
    ... ]
    >>> file = io.BytesIO(bytes(chr(10).join([*lines, ""]), "utf-8"))
    >>> emissions = bci.read(file).frame
    >>> emissions.groupby("region")["value_kt"].sum().to_dict()
    {'PL': 17.0}
    """
    from bc_inventory.readers.registry import read_any

    return read_any(file, file_format, **options)  # type: ignore[arg-type]


def ingest(
    folder: Path | str,
    record: Path | str,
    settings: Path | str,
    *,
    progress: Callable[[Any], None] | None = None,
) -> IngestReport:
    """Take a folder of measurements into a record; a second run reads only what is new.

    Parameters
    ----------
    folder : path-like
        Instruments' and networks' files, at any depth.
    record : path-like
        Folder of the record, made if absent.
    settings : path-like
        TOML file that says what the files don't, such as places of stations.
    progress : callable, optional
        Called with the entry of each file that is read.

    Returns
    -------
    IngestReport
        Files by what became of them, and the `path` of the observations, their trends and
        summaries.

    Raises
    ------
    BCInventoryError
        If the settings are wrong. A bad file is skipped with its reason.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> from pathlib import Path
    >>> Path("measured").mkdir(exist_ok=True)
    >>> _ = Path("measured/notes.csv").write_text("not a measurement")
    >>> rules = f"[record]{chr(10)}rule = 'eu_2008_50'{chr(10)}exclude = ['range']"
    >>> _ = Path("settings.toml").write_text(rules)
    >>> report = bci.ingest("measured", "record", "settings.toml")
    >>> [(entry.name, entry.status) for entry in report.skipped]
    [('notes.csv', 'skipped')]
    """
    from bc_inventory.workflow.measurements import ingest_folder

    return ingest_folder(Path(folder), Path(record), Path(settings), progress=progress)


def estimate(
    activity: pd.DataFrame,
    *,
    factor_sets: Sequence[str] = ("harmonised",),
    facts: Path | str | None = None,
) -> pd.DataFrame:
    """Estimate black carbon from activity data, emission factors and abatement.

    Parameters
    ----------
    activity : pandas.DataFrame
        Contract `activity`, such as the table `activity` of a release, changed at will. Its
        years and regions are those estimated.
    factor_sets : sequence of str
        Of `harmonised`, `official`; alternatives that don't add up.
    facts : path-like, optional
        Overlay of facts, as `facts.folder` of a configuration; by default the facts are those
        that ship with the project.

    Returns
    -------
    pandas.DataFrame
        Contract `emissions`, kt: one row for each year, region, NFR category, fuel,
        technology and factor set, with its 95 % interval and sources. A category without
        activity data has a row with a notation key and no figure.

    Raises
    ------
    DataError
        If the activity breaks its contract or a factor is missing.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> activity = bci.open_release().table("activity")
    >>> columns = ["activity", "activity_lower", "activity_upper"]
    >>> more = activity.assign(**{name: 2 * activity[name] for name in columns})
    >>> base, doubled = (bci.estimate(rows, facts="data") for rows in (activity, more))
    >>> float(doubled["emission_kt"].sum() / base["emission_kt"].sum())
    2.0
    """
    from bc_inventory import schema
    from bc_inventory.inventory.estimate import estimate as estimate_with
    from bc_inventory.inventory.facts import FACTOR_SIDE, fact_paths, load_facts
    from bc_inventory.reference.overlay import resolve
    from bc_inventory.reference.paths import data_root, using_root

    with using_root(resolve(Path(facts), _roots()) if facts else None):
        tables = load_facts(fact_paths(data_root(), FACTOR_SIDE))
        checked = schema.check(activity, "activity", known=tables.known())
        regions = tables.regions[tables.regions["region"].isin(checked["region"].unique())]
        years = sorted(int(year) for year in checked["year"].unique())
        return estimate_with(checked, tables, regions, years, list(factor_sets))


@functools.cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bc-inventory-facts-")


def _roots() -> Path:
    """Return the folder with the roots of overlays that this process resolved.

    A root is found again by its content, so the same overlay is resolved once; all go when the
    process ends.
    """
    return Path(_scratch().name)


def grid(
    emissions: pd.DataFrame,
    year: int,
    *,
    resolution: Resolution = 0.1,
    window: Window = "all",
    period: Literal["year", "month"] = "year",
    factor_set: str = "harmonised",
) -> xr.Dataset:
    """Spread emissions over a longitude-latitude grid, along the proxies of each category.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Contract `emissions`, from `estimate` or a release; kt.
    year : int
        Calendar year.
    resolution : float or (float, float)
        Width and height of a cell in degrees.
    window : str or (west, south, east, north)
        `all`, a domain, `global`, or bounds in degrees.
    period : {"year", "month"}
        Length of a time step.
    factor_set : {"harmonised", "official"}
        Which rows to spread.

    Returns
    -------
    xarray.Dataset
        CF-1.11, in memory: `emission_flux` (time, sector, lat, lon) and `emission_flux_total`
        in kg m-2 s-1, and `cell_area`; sectors by their NFR code.

    Raises
    ------
    DataError
        If the emissions break their contract, or the grid touches none of their regions.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> emissions = bci.open_release().emissions()
    >>> field = bci.grid(emissions, 2018, resolution=1.0)
    >>> flux = (field["emission_flux"] * field["cell_area"]).sum(["sector", "lat", "lon"])
    >>> kt = float(flux[0]) * 365 * 86400 * bci.convert(1.0, "kg", "kt")
    >>> bool(abs(kt / emissions["emission_kt"].sum() - 1) < 1e-6)
    True
    """
    import xarray as xr

    from bc_inventory import schema
    from bc_inventory.cf.labels import with_labels
    from bc_inventory.spatial.product import Request, make_product

    with tempfile.TemporaryDirectory(prefix="bc-inventory-") as folder:
        table = schema.write_parquet(emissions, "emissions", Path(folder) / "emissions.parquet")
        file = Path(folder) / "grid.nc"
        make_product(table, file, Request(year, resolution, window, factor_set, period))
        return with_labels(xr.load_dataset(file, engine="netcdf4"))


def regrid(
    field: xr.DataArray,
    resolution: Resolution,
    window: Window = "all",
    *,
    kind: Literal["mass", "flux"] | None = None,
) -> Regridded:
    """Move a field to another grid and conserve its mass.

    Parameters
    ----------
    field : xarray.DataArray, dims (..., lat, lon)
        Masses (such as kg) or fluxes (such as kg m-2 s-1) on a regular grid.
    resolution : float or (float, float)
        Width and height of a target cell in degrees.
    window : str or (west, south, east, north)
        As `grid` takes it.
    kind : {"mass", "flux"}, optional
        What the field is; by default its attribute `kind`.

    Returns
    -------
    Regridded
        `field` on the new grid, the `covered_fraction` of each cell, and a `ledger` of mass
        before, after and outside.

    Raises
    ------
    DataError
        If the kind isn't said, or the field isn't on a regular grid.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> import numpy as np, xarray as xr
    >>> centres = {"lat": [50.5, 51.5], "lon": [10.5, 11.5]}
    >>> field = xr.DataArray(np.array([[1.0, 2.0], [3.0, 4.0]]), centres, ("lat", "lon"))
    >>> coarse = bci.regrid(field, 2.0, (10, 50, 12, 52), kind="mass").field
    >>> coarse.to_numpy().round(9).tolist()
    [[10.0]]
    """
    from bc_inventory.spatial.cells import make_grid
    from bc_inventory.spatial.regrid import regrid as regrid_to

    return regrid_to(field, make_grid(resolution, window), kind=kind)


def compare(
    release: Release,
    files: Iterable[Path | str] = (),
    *,
    side: str,
    year: int,
    draws: int | None = None,
    seed: int | None = None,
) -> dict[str, pd.DataFrame]:
    """Compare a release with published inventories on common sectors and regions.

    Parameters
    ----------
    release : Release
        From `open_release`.
    files : iterable of path-like
        Publishers' files of inventories, such as those of EMEP or REAS; with none, the
        totals that ship with the project.
    side : str
        Domain to compare, by its code or name.
    year : int
        Calendar year.
    draws, seed : int, optional
        Monte Carlo draws for the intervals, 0 for none, and their seed; by default those
        that the release was built with.

    Returns
    -------
    dict of str to pandas.DataFrame
        Tables by name, kt: aligned rows, differences by sector and region, agreement of each
        pair, and the parts of the difference between factor sets. Without files, draws and
        seed, those that the release holds, where it holds the year. `notes` says in one
        sentence each what couldn't be compared and why, such as inventories that have no
        figure of the part of a domain that the release covers.

    Raises
    ------
    DataError
        If the release lacks the side or the year, or nothing is there to compare it with.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> tables = bci.compare(bci.open_release(), side="EU", year=2018)
    >>> "bc_inventory harmonised" in set(tables["cells"]["base"])
    True
    """
    import pandas as pd

    from bc_inventory.analysis.comparison.comparability import read_definitions
    from bc_inventory.analysis.comparison.inventories import compare_side
    from bc_inventory.analysis.comparison.published import published_rows
    from bc_inventory.analysis.comparison.regions import of_part
    from bc_inventory.errors import DataError, Problem
    from bc_inventory.reference.codelists import gnfr_index
    from bc_inventory.reference.domains import resolve_domain
    from bc_inventory.reference.limits import review_limits
    from bc_inventory.reference.paths import using_root
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.comparison import published_comparison

    built, chosen = built_with(release), [*files]
    with using_root(release.facts):
        side = resolve_domain(side)
        published, notes = published_rows(chosen, [side])
        rows = published[side]
        rows = rows[rows["year"] == year]
        sets = release.emissions(side, None, year, factor_set=None, memo=None)
        rows, apart = of_part(rows, set(sets["region"]), side)
        described = {"notes": pd.DataFrame({"note": [*notes, *apart]})}
        tables = {f"bc_inventory {name}": part for name, part in sets.groupby("factor_set")}
        if not tables or len(tables) + rows["inventory"].nunique() < 2:
            what = "published inventories" if tables else "release"
            raise DataError(
                [
                    Problem(
                        "; ".join([f"nothing of {side} in {year} in the {what}", *notes, *apart]),
                        "a side and a year that both have",
                        remedy="Choose another year or other files.",
                    )
                ]
            )
        if not chosen and year == built.year and draws is None and seed is None:
            published_tables = published_comparison(release, [side])
            if published_tables:
                return published_tables[0] | described
        return described | compare_side(
            tables, rows, side, gnfr_index(), review_limits(), read_definitions(),
            draws=built.draws if draws is None else draws,
            seed=built.seed if seed is None else seed,
        )  # fmt: skip
