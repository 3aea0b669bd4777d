"""Drivers: the shares of regions in a figure known for a whole, rows of `region_shares`.

A driver is what a publisher gives for each region over its sum, to six decimals; the largest
takes what rounding leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd

from bc_inventory.readers.registry import read_any
from bc_inventory.schema import table
from curation import field_burning
from curation.fleet import balanced
from curation.maker import Maker, Roots, read_fact

__all__ = ["DRIVERS", "MAKER", "Driver"]

_FILE = "region_shares.csv"
_DIGITS = 6
Weights = Iterator[tuple[int, pd.Series]]


@dataclass(frozen=True)
class Driver:
    """A driver that is made from other tables.

    Parameters
    ----------
    name : str
        As `region_shares` calls it.
    source_id : str
        Source of the figures.
    uncertainty : float
        Half width of the 95 % interval over the share.
    weights : callable
        Takes `Roots`, yields year and figures by region.
    note : str, optional
        Note of the rows.
    """

    name: str
    source_id: str
    uncertainty: float
    weights: Callable[[Roots], Weights]
    note: str | None = None

    def rows(self, roots: Roots) -> pd.DataFrame:
        """Return the rows, contract `region_shares`; a region without a part has none."""
        parts = []
        for year, weights in self.weights(roots):
            share = balanced(weights / weights.sum(), _DIGITS).rename("share")
            rows = share[share > 0].rename_axis("region").reset_index()
            parts.append(rows.assign(year=year))
        return pd.concat(parts, ignore_index=True).assign(
            driver=self.name,
            relative_uncertainty=self.uncertainty,
            source_id=self.source_id,
            note=self.note,
        )


def _of_side(roots: Roots, side: str, values: pd.Series) -> pd.Series:
    sides = read_fact(roots, "regions").set_index("region")["side"]
    return values[values.index.map(sides) == side]


def _population(side: str, *years: int) -> Callable[[Roots], Weights]:
    def weights(roots: Roots) -> Weights:
        people = read_fact(roots, "population").set_index(["year", "region"])["population"]
        for year in years:
            yield year, _of_side(roots, side, people[year])

    return weights


def _cropland(side: str) -> Callable[[Roots], Weights]:
    def weights(roots: Roots) -> Weights:
        folder = roots.shared / "spatial"
        code = pd.read_csv(folder / "regions.csv", keep_default_na=False).set_index("region_id")
        cells = pd.read_parquet(folder / "proxy_cells_025.parquet").astype("int64")
        area = cells.groupby(cells["region_id"].map(code["code"]))["cropland_10ha"].sum()
        yield 2015, _of_side(roots, side, area)

    return weights


def _points(kind: str, side: str, year: int) -> Callable[[Roots], Weights]:
    def weights(roots: Roots) -> Weights:
        rows = read_fact(roots, "spatial/points.parquet", "spatial_points")
        rows = rows[rows["kind"] == kind]
        yield year, _of_side(roots, side, rows.groupby("region")["weight"].sum())

    return weights


def _published(roots: Roots, name: str, sectors: str, fuel: str) -> pd.Series:
    rows = read_fact(roots, f"activity/{name}.csv", "activity_published")
    mine = rows["source_sector"].str.fullmatch(sectors) & rows["source_fuel"].eq(fuel)
    return rows[mine].groupby("region")["quantity"].sum()


# Members that report no road diesel, and what they are set to.
_NO_ROAD_DIESEL = {"FI": 0.016, "GR": 0.016}


def _road_diesel(roots: Roots) -> Weights:
    figures = _published(roots, "eu_2022", "nrg_d_traq:FC_TRA_ROAD_E", "O4671XR5220B")
    known = figures / figures.sum()
    yield (
        2022,
        pd.concat([known.drop(_NO_ROAD_DIESEL, errors="ignore"), pd.Series(_NO_ROAD_DIESEL)]),
    )


def _solid_biofuels(roots: Roots) -> Weights:
    file = roots.shared / "data" / "eurostat-energy" / "estat_nrg_bal_c_filtered_en.csv"
    rows = read_any(file).frame
    rows = rows[rows["source_sector"].eq("nrg_bal_c:Gross inland consumption")]
    rows = rows[rows["source_fuel"].eq("Primary solid biofuels")]
    figures = rows.set_index(["year", "region"])["quantity"]
    for year in (2010, 2015, 2018, 2021):
        yield year, _of_side(roots, "EU", figures[year])


def _coke_of_2007(roots: Roots) -> Weights:
    folder = roots.shared / "data" / "china-energy-statistical-yearbook-2008"
    parts = []
    for number in range(1, 31):
        rows = read_any(folder / f"{number}.xls").frame
        mine = rows["source_sector"].eq("cesy:4.炼焦") & rows["source_fuel"].eq("coke")
        parts.append(rows[mine].set_index("region")["quantity"])
    yield 2007, pd.concat(parts)


_REAS_YEARS = (2000, 2005, 2008)


@cache
def _reas_21(roots: Roots) -> pd.DataFrame:
    """Return the provinces' emissions by REAS v2.1, kt by sector, fuel, year and region."""
    folder = roots.shared / "data" / "reas-v2.1-bc-china"
    rows = pd.concat(
        read_any(path).frame
        for year in _REAS_YEARS
        for path in sorted(folder.glob(f"*_{year}_CHN_*.txt"))
    )
    return rows[rows["region"].isin(_of_side(roots, "CN", rows.set_index("region")["year"]).index)]


def _residential(fuel: str) -> Callable[[Roots], Weights]:
    def weights(roots: Roots) -> Weights:
        rows = _reas_21(roots)
        rows = rows[rows["sector"].eq("RESIDENT") & rows["fuel"].eq(fuel)]
        for year, part in rows.groupby("year"):
            yield int(year), part.set_index("region")["value_kt"]

    return weights


_BALANCES = "data-new/ceads-provincial-energy-2011-2022/derived_selected_rows_2011_2022.csv"


def _bricks(roots: Roots) -> Weights:
    rows = pd.read_csv(roots.shared / _BALANCES)
    names = read_fact(roots, "regions").query("side == 'CN'").set_index("name")["region"]
    names.index = names.index.str.replace(" ", "")
    coal = rows.assign(region=rows["province"].map(names)).pivot_table(
        "raw_coal_nonmetal_mineral", index="region", columns="year"
    )
    yield 2015, (coal / coal.sum()).mean(axis="columns")


_CAPACITY = "capacity of plants operating"
DRIVERS = (
    Driver(
        "population-cn", "nbs-population", 0.05, _population("CN", 2000, 2005, 2010, 2015, 2019)
    ),
    Driver("population-eu", "landscan-2015", 0.1, _population("EU", 2015)),
    Driver("cropland-cn", "glad-cropland-2015", 0.5, _cropland("CN")),
    Driver(field_burning.DRIVER, field_burning.SOURCE, 0.3, field_burning.methane),
    Driver("crude-steel-cn", "gem-gist-2025-03", 0.35, _points("steel", "CN", 2020), _CAPACITY),
    Driver("crude-steel-eu", "gem-gist-2025-03", 0.35, _points("steel", "EU", 2020), _CAPACITY),
    Driver("pig-iron", "gem-gist-2025-03", 0.35, _points("blast_furnace", "CN", 2020), _CAPACITY),
    Driver(
        "gas-flared",
        "ornl-flares-2021",
        0.3,
        _points("flare", "CN", 2019),
        "volume flared upstream by satellite; offshore in the nearest province",
    ),
    Driver(
        "road-diesel-eu",
        "eurostat-nrg-d-traq",
        0.25,
        _road_diesel,
        "road diesel of 2022; Finland and Greece set to 1.6 % each, since they report none",
    ),
    Driver(
        "solid-biofuels",
        "eurostat-nrg-bal-c",
        0.4,
        _solid_biofuels,
        "gross inland consumption of primary solid biofuels",
    ),
    Driver(
        "coke-output",
        "cesy-2008",
        0.4,
        _coke_of_2007,
        "coke in the coking rows of the provincial balances for 2007",
    ),
    Driver(
        "brick-output",
        "ceads-energy-2022",
        0.7,
        _bricks,
        "raw coal of non-metallic minerals, mean share of 2011-2022; cement burns part of it",
    ),
    Driver("fuelwood-residential", "reas-v2.1", 0.5, _residential("FUELWOOD")),
    Driver("crop-residue-residential", "reas-v2.1", 0.5, _residential("CROP_RESIDUE")),
)


def _claims(frame: pd.DataFrame) -> pd.Series[bool]:
    result = pd.MultiIndex.from_tuples({(item.name, item.source_id) for item in DRIVERS})
    rebuilt_rows = pd.MultiIndex.from_frame(frame[["driver", "source_id"]]).isin(result)
    return pd.Series(rebuilt_rows, frame.index)


def _make(roots: Roots) -> dict[str, pd.DataFrame]:
    parts = [driver.rows(roots).astype({"note": "str"}) for driver in DRIVERS]
    both = pd.concat(parts, ignore_index=True)
    return {_FILE: both[table("region_shares").names]}


MAKER = Maker(
    "drivers",
    _FILE,
    "what a publisher gives for each region over its sum: people, cropland, capacity of plants, "
    "flares, fuel, coke, methane of field burning, emissions of REAS",
    (
        "data/population.csv",
        "curation/tables/crt_field_burning.csv",
        "data/spatial/points.parquet",
        "data/activity/eu_2022.csv",
        "data/region_shares.csv",
        "shared/spatial/proxy_cells_025.parquet",
        "shared/data/eurostat-energy/",
        "shared/data/china-energy-statistical-yearbook-2008/",
        "shared/data/reas-v2.1-bc-china/",
        f"shared/{_BALANCES}",
    ),
    _make,
    _claims,
)
