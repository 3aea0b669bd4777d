"""Conservative regridding between longitude-latitude grids, with a mass ledger.

The mass of a source cell is shared among target cells by area of overlap, on
the sphere or the ellipsoid, poles and date line included. A field must say
whether it is a mass (kg per cell) or a flux (per area): an average of masses or
a sum of fluxes would be silently wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bc_inventory import units
from bc_inventory.cf.axes import LATITUDE, LONGITUDE, edges_from_bounds, find_axis, unwrapped
from bc_inventory.errors import DataError, Problem, UnitError, suggest
from bc_inventory.spatial.cells import Earth, Grid, zone
from bc_inventory.spatial.kernel import lat_overlap, lon_overlap

if TYPE_CHECKING:
    import xarray as xr
    from scipy.sparse import csr_matrix

__all__ = ["Axes", "Kernel", "Kind", "Regridded", "find_axes", "regrid"]

Kind = Literal["mass", "flux"]
Floats = NDArray[np.float64]
_KINDS = ("mass", "flux")
_DENSITIES = ("kg m-2 s-1", "kg m-2", "kg m-3", "kg m-3 s-1")
# Rows that are converted at once; with 3 600 columns they fit a cache of 2 MiB.
_ROWS = 64
# Coordinates stored as float32 are off by up to 1e-5 degree.
_REGULAR = 1e-4


@dataclass(frozen=True)
class Axes:
    """Edges of a longitude-latitude grid, ascending, in degrees.

    Parameters
    ----------
    lon_edges : numpy.ndarray of float, shape (nx + 1,)
        At most one turn, counted from any meridian.
    lat_edges : numpy.ndarray of float, shape (ny + 1,)
        Within the poles.
    earth : {"wgs84", "sphere"}
        Surface on which areas are taken.
    """

    lon_edges: Floats
    lat_edges: Floats
    earth: Earth = "wgs84"

    @classmethod
    def of(cls, grid: Grid) -> Axes:
        """Return the axes of a regular grid."""
        return cls(grid.lon_edges, grid.lat_edges, grid.earth)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.lat_edges) - 1, len(self.lon_edges) - 1

    @cached_property
    def heights(self) -> Floats:
        """Zone area of each row in m2 per radian, shape (ny,)."""
        return np.diff(zone(self.lat_edges, self.earth))

    @cached_property
    def widths(self) -> Floats:
        """Width of each column in radian, shape (nx,)."""
        return np.deg2rad(np.diff(self.lon_edges))


class Kernel:
    """The overlap of two grids, applied to one field after another.

    Parameters
    ----------
    source, target : Axes
        The grids; areas are taken on the earth of `source`.
    kind : {"mass", "flux"}
        What the fields are.
    """

    def __init__(self, source: Axes, target: Axes, kind: Kind) -> None:
        from scipy.sparse import diags_array

        self.kind = kind
        self.source = source
        self.target = Axes(target.lon_edges, target.lat_edges, source.earth)
        by_lat = lat_overlap(source.lat_edges, target.lat_edges, source.earth)
        by_lon = lon_overlap(source.lon_edges, target.lon_edges)
        shares = (
            diags_array(1 / self.target.heights) @ by_lat @ diags_array(source.heights),
            diags_array(1 / self.target.widths) @ by_lon @ diags_array(source.widths),
        )
        row, column = (np.asarray(share.sum(axis=1)).ravel() for share in shares)
        self.full = np.minimum(np.outer(row, column), 1.0)
        """Share of each target cell that source cells cover, shape (target ny, target nx)."""
        self._shares = _Product(*shares)
        self._product = self._shares if kind == "flux" else _Product(by_lat, by_lon)
        height, width = _measures(source, kind)
        inside = [np.asarray(by.sum(axis=0)).ravel() for by in (by_lat, by_lon)]
        # Weights of rows and columns in the sum of all, and of what the target covers.
        self._rows = np.stack([height, height * inside[0]], axis=1)
        self._columns = np.stack([width, width * inside[1]], axis=1)

    def field(self, values: NDArray[Any]) -> tuple[Floats, float, float, float]:
        """Regrid one field.

        Parameters
        ----------
        values : numpy.ndarray of float, shape (ny, nx)
            NaN where there is no value.

        Returns
        -------
        field : numpy.ndarray of float, shape (target ny, target nx)
            Of the same kind; NaN where nothing covers a cell. A cell that is
            partly covered holds the mass of that part, over the whole cell for
            a flux, so that the sum stays right.
        source, inside, target : float
            Mass of the source field, of its part that the target covers, and
            of the target field; per second for a flux.

        Raises
        ------
        DataError
            If a value is infinite.
        """
        moved, sums = self._product.apply(values, self._columns)
        covered = self.full
        if not np.isfinite(sums).all():
            absent = np.isnan(values)
            if np.isinf(values).any():
                raise _refuse("an infinite value", "finite values, or NaN where there is none")
            moved, sums = self._product.apply(np.where(absent, 0.0, values), self._columns)
            covered, _ = self._shares.apply(~absent, self._columns)
        height, width = _measures(self.target, self.kind)
        arrived = float(height @ (moved @ width))
        if covered.min() <= 0:
            moved[covered <= 0] = np.nan
        whole, inside = (self._rows * sums).sum(axis=0)
        return moved, float(whole), float(inside), arrived


class _Product:
    """Two sparse matrices applied to the axes of a field in one pass over its rows."""

    def __init__(self, by_lat: csr_matrix, by_lon: csr_matrix) -> None:
        self._by_lon = by_lon.tocsr()
        self._shape = (by_lat.shape[0], by_lon.shape[0])
        # The axis that shrinks the field more goes first.
        self._lat_first = by_lat.shape[0] * by_lon.shape[1] <= by_lat.shape[1] * by_lon.shape[0]
        columns = by_lat.tocsc()
        self._pieces = []
        for start in range(0, by_lat.shape[1], _ROWS):
            part = columns[:, start : start + _ROWS].tocsr()
            used = np.flatnonzero(np.diff(part.indptr))
            low, high = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, 0)
            self._pieces.append((slice(start, start + _ROWS), slice(low, high), part[low:high]))

    def apply(self, values: NDArray[Any], columns: Floats) -> tuple[Floats, Floats]:
        """Return the product, and `values @ columns` on the way."""
        sums = np.empty((values.shape[0], columns.shape[1]))
        width = values.shape[1] if self._lat_first else self._shape[1]
        result = np.zeros((self._shape[0], width))
        for rows, goal, part in self._pieces:
            # Converted piece by piece, so that it stays in the cache.
            piece = values[rows].astype(float)
            sums[rows] = piece @ columns
            if not self._lat_first:
                piece = np.ascontiguousarray((self._by_lon @ piece.T).T)
            result[goal] += part @ piece
        if self._lat_first:
            result = np.ascontiguousarray((self._by_lon @ result.T).T)
        return result, sums


def _measures(axes: Axes, kind: Kind) -> tuple[Floats, Floats]:
    """Return what rows and columns weigh in a sum of mass."""
    if kind == "flux":
        return axes.heights, axes.widths
    rows, columns = axes.shape
    return np.ones(rows), np.ones(columns)


class Regridded(NamedTuple):
    """A regridded field and the account of its mass.

    Attributes
    ----------
    field : xarray.DataArray
        On the target grid, with `kind` among its attributes.
    covered_fraction : xarray.DataArray
        Share of each target cell that source cells cover.
    ledger : xarray.Dataset
        For each field: `source`, `target`, `outside` (beyond the target's
        edge) and `residual` (source - target - outside); kg, or kg s-1 of a flux.
    """

    field: xr.DataArray
    covered_fraction: xr.DataArray
    ledger: xr.Dataset


def regrid(
    field: xr.DataArray, target: Grid, *, kind: Kind | None = None, earth: Earth | None = None
) -> Regridded:
    """Move a field to another grid and keep its mass.

    Parameters
    ----------
    field : xarray.DataArray, dims (..., lat, lon)
        In memory or lazy; latitudes may descend, longitudes may count from any
        meridian, rows at the poles may be halves.
    target : Grid
        The wanted grid.
    kind : {"mass", "flux"}, optional
        What the field is; by default its attribute `kind`.
    earth : {"wgs84", "sphere"}, optional
        Surface of the areas; by default that of `target`.

    Returns
    -------
    Regridded
        Lazy where the field is; slices are regridded one by one.

    Raises
    ------
    DataError
        If the kind isn't said or contradicts the unit, the grid isn't made of longitudes and
        latitudes, or a value is infinite.
    """
    import xarray as xr

    chosen_kind = kind if kind is not None else field.attrs.get("kind")
    if chosen_kind not in _KINDS:
        raise _refuse(
            f"a field {field.name!r} of kind {chosen_kind!r}",
            "kind 'mass' (kg per cell) or 'flux' (per area)",
            suggest(str(chosen_kind), _KINDS)
            if chosen_kind
            else "Say which; sums and averages differ.",
        )
    _require_kind(field, chosen_kind)
    axes, prepared = find_axes(field, earth or target.earth)
    kernel = Kernel(axes, Axes.of(target), chosen_kind)
    moved, *sums = xr.apply_ufunc(
        kernel.field,
        prepared,
        input_core_dims=[["lat", "lon"]],
        output_core_dims=[["new_lat", "new_lon"], [], [], []],
        output_dtypes=[float] * 4,
        dask_gufunc_kwargs={"output_sizes": {"new_lat": target.ny, "new_lon": target.nx}},
        vectorize=True,
        dask="parallelized",
        keep_attrs=True,
    )
    moved = moved.rename(new_lat="lat", new_lon="lon").assign_coords(_coords(target))
    moved.attrs = {**field.attrs, "kind": chosen_kind}
    cover = xr.DataArray(kernel.full, dims=("lat", "lon"), coords=_coords(target))
    source, inside, arrived = sums
    ledger = xr.Dataset(
        {
            "source": source,
            "target": arrived,
            "outside": source - inside,
            "residual": inside - arrived,
        }
    )
    for entry in ledger.data_vars.values():
        entry.attrs = {}
    return Regridded(moved, cover, ledger)


def _require_kind(field: xr.DataArray, kind: Kind) -> None:
    """Refuse a mass per area, volume or mass as a mass per cell, and a mass as a flux."""
    unit = str(field.attrs.get("units", ""))
    try:
        per_cell = any(units.same_dimension(unit, whole) for whole in ("kg", "kg/s"))
    except UnitError:
        return  # a unit that isn't known says nothing of the kind
    density = any(units.same_dimension(unit, part) for part in _DENSITIES)
    if (kind == "flux" and per_cell) or (kind == "mass" and density):
        raise _refuse(
            f"a field {field.name!r} in {unit} as a {kind}",
            "a mass per cell" if kind == "mass" else "a mass per area",
            f"Its unit is that of a {'mass' if per_cell else 'flux'}.",
        )


def _coords(grid: Grid) -> dict[str, Any]:
    return {"lat": grid.lat, "lon": grid.lon}


def find_axes(field: xr.DataArray, earth: Earth = "wgs84") -> tuple[Axes, xr.DataArray]:
    """Find the edges of a field's cells.

    Parameters
    ----------
    field : xarray.DataArray
        With a coordinate of latitude and one of longitude, known by standard name, units
        or name; bounds are used where `bc_inventory.cf.dataset.opened_fields` found them.
    earth : {"wgs84", "sphere"}
        Surface of the areas.

    Returns
    -------
    axes : Axes
        Edges from the bounds, else halfway between centres; an outer edge beyond a pole is
        the pole. Longitudes that run over 180 or 360 degrees run on.
    field : xarray.DataArray, dims (..., lat, lon)
        The same values, latitudes ascending.

    Raises
    ------
    DataError
        If a coordinate is absent, isn't regular and has no bounds, contradicts its bounds,
        or spans more than a turn.
    """
    renamed = _with_plain_names(field)
    for name in ("lat", "lon"):
        if not np.isfinite(renamed[name].to_numpy()).all():
            raise _refuse(f"{name} with missing values", "a coordinate without gaps")
    turned = unwrapped(renamed["lon"].to_numpy()).astype(renamed["lon"].dtype)
    renamed = renamed.assign_coords(lon=("lon", turned, renamed["lon"].attrs))
    for name in ("lat", "lon"):
        if renamed[name][0] > renamed[name][-1]:
            renamed = renamed.isel({name: slice(None, None, -1)})
    renamed = renamed.transpose(..., "lat", "lon")
    lat = np.clip(_edges(renamed, "lat", LATITUDE), -90.0, 90.0)
    lon = _edges(renamed, "lon", LONGITUDE)
    if lon[-1] - lon[0] > 360 + _REGULAR:
        raise _refuse(f"longitudes from {lon[0]:g} to {lon[-1]:g}", "at most one turn")
    if not np.issubdtype(renamed.dtype, np.floating):
        renamed = renamed.astype(float)
    return Axes(lon, lat, earth), renamed


def _with_plain_names(field: xr.DataArray) -> xr.DataArray:
    """Return a field whose axes are called `lat` and `lon`, as their attributes say."""
    axes = {str(name): field[name].attrs for name in field.dims if name in field.coords}
    names = {}
    for short, which in (("lat", LATITUDE), ("lon", LONGITUDE)):
        name = find_axis(which, axes)
        if name is None:
            raise _refuse(
                f"a field with the dimensions {', '.join(map(str, field.dims))}",
                f"a dimension with a coordinate of {which}",
                f"Give it units degrees_{'north' if short == 'lat' else 'east'}.",
            )
        if name != short:
            names[name] = short
            for side in ("lower", "upper"):
                if f"{name}_{side}_bound" in field.coords:
                    names[f"{name}_{side}_bound"] = f"{short}_{side}_bound"
    return field.rename(names)


def _edges(field: xr.DataArray, name: str, which: str) -> Floats:
    """Return the edges of an axis: its bounds where they are stated, else halfway."""
    axis = field[name]
    sides = [f"{name}_{side}_bound" for side in ("lower", "upper")]
    if any(side not in field.coords for side in sides):
        return _between(axis.to_numpy(), name)
    bounds = np.column_stack([field[side].to_numpy() for side in sides])
    try:
        edges = edges_from_bounds(axis.to_numpy(), bounds, which)
    except ValueError as error:
        raise _refuse(str(error), "bounds that give the cells of their axis") from error
    return np.round(edges, 5 if axis.dtype == np.float32 else 9)


def _between(centres: NDArray[Any], name: str) -> Floats:
    exact = centres.astype(float)
    steps = np.diff(exact)
    typical = float(np.median(steps)) if len(steps) else np.nan
    # A row of half height at a pole has its centre at the pole or a quarter step before it.
    inner = steps[1:-1] if name == "lat" and len(steps) > 4 else steps
    if not len(steps) or np.abs(inner - typical).max() > _REGULAR or (steps <= 0).any():
        raise _refuse(f"{name} that isn't evenly spaced", "a regular grid", "Regrid it elsewhere.")
    first, last = (1, len(exact) - 2) if len(inner) < len(steps) else (0, len(exact) - 1)
    step = (exact[last] - exact[first]) / (last - first)
    edges = exact[first] + step * (np.arange(len(exact) + 1) - first - 0.5)
    # Decimal edges are found again, so that they coincide with those of our own grids.
    return np.round(edges, 5 if centres.dtype == np.float32 else 9)


def _refuse(found: str, expected: str, remedy: str | None = None) -> DataError:
    return DataError([Problem(found, expected, remedy=remedy)])
