"""A field of one-degree cells small enough to work out by hand."""

import numpy as np

from bc_inventory.analysis.hotspots.emission_field import EmissionField


def small_field(kt, region, *, south=30.0, west=100.0, population=None, side="CN"):
    """Return a field of cells of 1000 km2 from kt by category, row and column."""
    kt = np.asarray(kt, dtype=float)
    rows, columns = kt.shape[1:]
    row, column = np.divmod(np.arange(rows * columns), columns)
    people = np.full(rows * columns, 1e5) if population is None else np.ravel(population) * 1.0
    return EmissionField(
        side=side,
        year=2018,
        latitudes=south + 0.5 + np.arange(rows),
        longitudes=west + 0.5 + np.arange(columns),
        resolution=1.0,
        area_km2=np.full((rows, columns), 1000.0),
        nfr=("1A4bi", "1A1c")[: len(kt)],
        fuel=("hard_coal", "coke_product")[: len(kt)],
        regions=("CN-HE", "CN-SX"),
        region=np.asarray(region).ravel(),
        row=row,
        column=column,
        # A pattern for each category that holds its kt, so that they come out to the last bit.
        mass=np.ones((len(kt), 2)),
        pattern=np.repeat(np.arange(len(kt))[:, None], 2, axis=1),
        shares=kt.reshape(len(kt), -1),
        population=people,
        land_km2=np.full(rows * columns, 1000.0),
        settled=np.ones(rows * columns, dtype=bool),
    )


def draw_groups_of(field, multipliers):
    """Return draws of a field, its emissions times multipliers (draws, regions, categories)."""
    kt = field.inside.T
    region, category = (axis.ravel() for axis in np.indices(kt.shape))
    return {
        "region": np.array(field.regions, dtype=object)[region],
        "nfr": np.array(field.nfr, dtype=object)[category],
        "fuel": np.array(field.fuel, dtype=object)[category],
        "central": kt.ravel(),
        "sums": (np.asarray(multipliers) * kt).reshape(len(multipliers), -1),
    }
