"""A release, opened: tables, grids and SQL in a line each."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bc_inventory.cf.labels import with_labels
from bc_inventory.errors import ReleaseError
from bc_inventory.pipeline.plan import writing
from bc_inventory.reference.catalogue import default_cache_root
from bc_inventory.reference.domains import Name
from bc_inventory.reference.naming import names_by_domain
from bc_inventory.reference.overlay import resolve
from bc_inventory.reference.paths import using_root
from bc_inventory.release.read import select
from bc_inventory.release.read.select import Names
from bc_inventory.release.store.names import FACTS, LATEST, check_file, is_inventory

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from bc_inventory.release.read.sql import Sql
    from bc_inventory.release.store.stores import Store

__all__ = ["DEFAULT_ROOT", "Release", "choose_inventory", "open_release", "open_stored"]

DEFAULT_ROOT = "releases"

Years = int | Iterable[int] | None


class Release:
    """One published version of an inventory, read only.

    Made by `open_release`.

    Parameters
    ----------
    path : Path
        Local folder of the release, or of the copies of its files.
    manifest : dict
        Its manifest.
    fetch : callable, optional
        Called with a relative path before that file is read.
    """

    def __init__(
        self,
        path: Path,
        manifest: dict[str, Any],
        fetch: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.manifest = manifest
        self._fetch = fetch
        self._sql: Sql | None = None

    @property
    def inventory(self) -> str:
        """Name of the inventory."""
        return str(self.manifest["inventory"])

    @property
    def version(self) -> str:
        """Version, such as `2018-1a2b3c4d`."""
        return str(self.manifest["version"])

    def __repr__(self) -> str:
        return f"<Release {self.inventory} {self.version} in {self.path}>"

    @functools.cached_property
    def names(self) -> dict[str, Name]:
        """What the part of each domain that the release holds is called, by domain."""
        with using_root(self.facts):
            return names_by_domain(self._covered("regions"))

    @functools.cached_property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """Parquet files of each table, by the table's name."""
        paths_of: dict[str, list[str]] = {}
        for entry in self.manifest["files"]:
            path = str(entry["path"])
            if path.endswith(".parquet") and not path.startswith(f"{FACTS}/"):
                paths_of.setdefault(path.partition("/")[0].removesuffix(".parquet"), []).append(
                    path
                )
        return {name: tuple(paths) for name, paths in sorted(paths_of.items())}

    @functools.cached_property
    def facts(self) -> Path | None:
        """Root of the facts it was built from, for `bc_inventory.reference.paths.using_root`.

        None for the embedded ones; else they with the tables in its folder `facts` in
        their place.
        """
        names = [str(entry["path"]) for entry in self.manifest["files"]]
        tables = [name for name in names if name.startswith(f"{FACTS}/")]
        if not tables:
            return None
        for name in tables:
            self.file(name)
        with writing("facts"):
            return resolve(self.path / FACTS, default_cache_root() / "steps")

    def file(self, name: str) -> Path:
        """Return a file of the release as a local path.

        Raises
        ------
        ReleaseError
            If the release has no such file.
        """
        names = {entry["path"] for entry in self.manifest["files"]}
        if check_file(name) not in names:
            raise ReleaseError(f"release {self.version} of {self.inventory!r} has no file {name}")
        if self._fetch is not None:
            self._fetch(name)
        return self.path / name

    def emissions(
        self,
        region: Names = None,
        sector: Names = None,
        year: Years = None,
        *,
        factor_set: str | None = "harmonised",
        memo: bool | None = False,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return rows of the emission table.

        Parameters
        ----------
        region : str or sequence of str, optional
            Sides, groups, countries or provinces, by code or name in English
            or Chinese; by default all.
        sector : str or sequence of str, optional
            NFR categories at any level, GNFR aggregates, or names.
        year : int or iterable of int, optional
            Calendar years.
        factor_set : {"harmonised", "official", None}
            None for both, which are alternatives and don't add up.
        memo : bool or None
            Only memo items, none of them, or (None) all rows.
        columns : sequence of str, optional
            Columns to return; by default all of contract `emissions`.

        Returns
        -------
        pandas.DataFrame
            Contract `emissions`.

        Raises
        ------
        DataError
            If a name isn't known or the release holds nothing of it.
        """
        request = self._allowed(region, sector, year)
        equal: dict[str, Any] = {"factor_set": factor_set, "memo": memo}
        return self._read("emissions", request, equal, columns)

    def totals(
        self,
        region: Names = None,
        sector: Names = None,
        year: Years = None,
        *,
        factor_set: str | None = "harmonised",
    ) -> pd.DataFrame:
        """Return published totals with their intervals.

        A side or a GNFR aggregate asked for as a whole is one row a year, as
        it was drawn; of a group or a higher level each member is a row, since
        intervals don't add up.

        Parameters
        ----------
        region, sector, year, factor_set
            As in `emissions`. No region is every domain; no sector is the total.

        Returns
        -------
        pandas.DataFrame
            Contract `totals`.
        """
        request = self._allowed(None, None, year)
        frame = self._read("totals", request, {"factor_set": factor_set}, None)
        with using_root(self.facts):
            places = select.regions(select.as_list(region), self._covered("regions"))
            kinds = select.sectors(select.as_list(sector), self._covered("sectors"))
        sides = self._covered("sides") if region is None else places.sides
        where = frame["region"].eq("*") & frame["side"].isin(list(sides))
        where |= frame["region"].isin(list(places.named))
        wanted = frame["nfr"].isin(list(kinds.named)) | frame["gnfr"].isin(list(kinds.gnfr))
        if sector is None:
            wanted = frame["nfr"].eq("*") & frame["gnfr"].eq("*")
        table: pd.DataFrame = frame[where & wanted].reset_index(drop=True)
        return table

    def hotspots(self) -> pd.DataFrame:
        """Return the hotspots (contract `hotspots`); `hotspots.geojson` has their outlines."""
        return self._read("hotspots", {}, {}, None).drop(columns="geometry", errors="ignore")

    def observations(self, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the harmonised measurements (contract `observations`)."""
        return self._read("observations", {}, {}, columns)

    def table(self, name: str) -> pd.DataFrame:
        """Return any table of the release whole; `tables` names them."""
        return self._read(name, {}, {}, None)

    def grid(self, year: int | None = None, sector: Names = None) -> xr.Dataset:
        """Return gridded emissions, read when they are used.

        Parameters
        ----------
        year : int, optional
            Calendar year; may be left out where the release has one grid.
        sector : str or sequence of str, optional
            Restrict to these NFR categories.

        Returns
        -------
        xarray.Dataset
            CF-compliant, kg m-2 s-1.

        Raises
        ------
        ReleaseError
            If there is no grid of that year.
        """
        import xarray as xr

        names = (str(entry["path"]) for entry in self.manifest["files"])
        found = (re.fullmatch(r"grid_(\d+)\.nc", name) for name in names)
        have = {int(match[1]): match[0] for match in found if match}
        if year is None and len(have) == 1:
            (year,) = have
        if year not in have:
            listed = ", ".join(map(str, sorted(have))) or "none"
            raise ReleaseError(f"found the year {year}; this release has grids of: {listed}")
        dataset = with_labels(xr.open_dataset(self.file(have[year]), engine="netcdf4"))
        if sector is None:
            return dataset
        gridded = {str(code) for code in dataset["sector"].to_numpy()}
        with using_root(self.facts):
            return dataset.sel(sector=list(select.sectors(select.as_list(sector), gridded).nfr))

    def sql(self, query: str, *, limit: int = 1_000_000, seconds: float = 30.0) -> pd.DataFrame:
        """Answer a SELECT over views of all tables.

        It runs in a process of its own that can neither read nor write files,
        has no network, and ends when it needs too much time or memory.

        Parameters
        ----------
        query : str
            One SELECT in DuckDB's dialect; `tables` names the views.
        limit : int
            Most rows of the answer.
        seconds : float
            Longest time.

        Returns
        -------
        pandas.DataFrame
            The answer.

        Raises
        ------
        QueryError
            If it isn't one SELECT, fails, or goes beyond a limit.

        Examples
        --------
        >>> import bc_inventory as bci
        >>> total = bci.open_release().sql(
        ...     "select sum(emission_kt) as kt from emissions "
        ...     "where factor_set = 'harmonised' and not memo"
        ... )
        >>> list(total.columns), len(total)
        (['kt'], 1)
        """
        from bc_inventory.release.read.sql import as_frame, sql_over

        if self._sql is None:
            self._sql = sql_over(self.path, self.tables, self.file)
        return as_frame(self._sql.run_query(query, limit=limit, seconds=seconds))

    def _allowed(self, region: Names, sector: Names, year: Years) -> dict[str, Sequence[Any]]:
        """Return allowed values by column for what was asked for."""
        allowed: dict[str, Sequence[Any]] = {}
        with using_root(self.facts):
            if region is not None:
                places = select.regions(select.as_list(region), self._covered("regions"))
                allowed["region"] = places.codes
            if sector is not None:
                allowed["nfr"] = select.sectors(
                    select.as_list(sector), self._covered("sectors")
                ).nfr
        if chosen := select.years(year, self._covered("years")):
            allowed["year"] = chosen
        return allowed

    def _covered(self, what: str) -> list[Any]:
        return list(self.manifest["coverage"].get(what, ()))

    def _read(
        self,
        name: str,
        requested: dict[str, Sequence[Any]],
        equal: dict[str, Any],
        columns: Sequence[str] | None,
    ) -> pd.DataFrame:
        """Read rows of a table; the filters reach down into its files."""
        from bc_inventory.release.read.tables import read

        if name not in self.tables:
            raise ReleaseError(
                f"release {self.version} of {self.inventory!r} has no table {name!r}; "
                f"it has {', '.join(self.tables)}"
            )
        files = [self.file(path) for path in self.tables[name]]
        wanted = {key: [value] for key, value in equal.items() if value is not None}
        return read(files, {**requested, **wanted}, columns)


def open_release(
    version: str = LATEST,
    *,
    inventory: str | None = None,
    root: Path | str = DEFAULT_ROOT,
    verify: bool | None = None,
) -> Release:
    """Open a published release.

    Parameters
    ----------
    version : str
        `latest`, a version, or the name of a variant; with the name of the inventory before it,
        as in `poland/latest`, of that one.
    inventory : str, optional
        Name of the inventory; by default the only one there is, or that of the configuration
        `default`.
    root : path-like
        Folder of releases, or the address of one in an object store.
    verify : bool, optional
        Whether each file is checked against its checksum before it is first read; by default if it
        has at most 8 MB. Files of an object store always are.

    Returns
    -------
    Release
        Its tables are read when they are asked for.

    Raises
    ------
    ReleaseError
        If there is none, or its manifest isn't whole. Reading a file that isn't as it was
        published raises it too.

    Examples
    --------
    >>> import bc_inventory as bci
    >>> rows = bci.open_release("latest").emissions(region="Hebei", year=2018)
    >>> list(rows["region"].unique())
    ['CN-HE']
    """
    from bc_inventory.release.store.stores import open_store

    store = open_store(root)
    stated, _, name = version.rpartition("/")
    if is_inventory(stated):
        inventory, version = stated, name
    return open_stored(store, choose_inventory(store, inventory), version, verify=verify)


def open_stored(
    store: Store, inventory: str, version: str = LATEST, *, verify: bool | None = None
) -> Release:
    """Open a release of a store that is open already; see `open_release`."""
    return Release(*store.files(inventory, version, verify=verify))


def choose_inventory(store: Store, inventory: str | None) -> str:
    """Return the inventory asked for, by default the only one or that of the default config."""
    if inventory is not None:
        return inventory
    names = store.inventories()
    if len(names) == 1:
        return names[0]
    from bc_inventory.config import load_config

    return load_config().inventory.name
