"""The step on the embedded spatial tables, from an emission table to its files."""

import json
import shutil
import subprocess

import numpy as np
import pytest
import xarray as xr

from bc_inventory import schema
from bc_inventory.analysis.hotspots.emission_field import emission_field
from bc_inventory.analysis.hotspots.files import read_hotspots
from bc_inventory.analysis.hotspots.netcdf import MASKS
from bc_inventory.analysis.hotspots.step import hotspots_step
from bc_inventory.analysis.maps.frames import every_code
from bc_inventory.analysis.maps.png import maps_step
from bc_inventory.cf.labels import with_labels
from bc_inventory.errors import DataError
from bc_inventory.spatial.allocate import allocate, select_emissions
from bc_inventory.spatial.cells import make_grid
from bc_inventory.spatial.proxy_shares import make_shares, read_shares
from bc_inventory.spatial.step import grid_step
from bc_inventory.spatial.tables import read_tables
from bc_inventory.spatial.totals import density_of, mass_of
from tests.analysis.frames import emissions
from tests.spatial.share_files import write_shares_of

YEARS = (2014, 2015, 2016, 2017, 2018)


NFRS = ("1A3dii", "1A4bi")


def _rows():
    """Return five years in which coke of Shanxi grows and the rest stays."""
    for number, year in enumerate(YEARS):
        for side, region, kt in (
            ("CN", "CN-SX", 10.0),
            ("CN", "CN-HE", 12.0),
            ("CN", "CN-QH", 1.0),
            ("EU", "PL", 6.0),
            ("EU", "CZ", 2.0),
            ("EU", "ES", 1.0),
        ):
            common = {"year": year, "side": side, "region": region}
            yield common | {"nfr": "1A4bi", "fuel": "hard_coal", "emission_kt": kt}
            if region == "CN-SX":
                coke = 2.0 + 2.0 * number
                yield common | {
                    "nfr": "1A1c",
                    "gnfr": "B_Industry",
                    "fuel": "coke_product",
                    "emission_kt": coke,
                }


@pytest.fixture(scope="module")
def table():
    """Return the emission table."""
    return emissions(*_rows())


@pytest.fixture(scope="module")
def inputs(table, tmp_path_factory):
    """Return emissions and grid of a small release."""
    folder = tmp_path_factory.mktemp("release")
    schema.write_parquet(table, "emissions", folder / "emissions" / "all.parquet")
    shares = write_shares_of(table, folder / "shares", 0.5)
    return {"emissions": folder / "emissions", "shares": shares}


@pytest.fixture(scope="module")
def grid_file(inputs, tmp_path_factory):
    """Return the grid file of the same release."""
    path = tmp_path_factory.mktemp("grid") / "grid_2018.nc"
    grid_step(inputs, {"grid": path}, year=2018, resolution=0.5)
    return path


def outputs(folder):
    """Return where the step writes."""
    return {
        "hotspots": folder / "hotspots.parquet",
        "geojson": folder / "hotspots.geojson",
        "netcdf": folder / "hotspots.nc",
    }


@pytest.fixture(scope="module")
def made(inputs, tmp_path_factory):
    """Return the files of the step."""
    files = outputs(tmp_path_factory.mktemp("made"))
    hotspots_step(inputs, files, year=2018, draws=30)
    return files


def test_the_field_is_the_grid(table, inputs, grid_file):
    grid, kg = mass_of(grid_file)
    shares = read_shares(inputs["shares"])
    chosen = select_emissions(table, 2018, "harmonised")
    allocation = allocate(chosen, grid, read_tables())
    for side in ("EU", "CN"):
        field = emission_field(chosen, side, 2018, shares)
        row = np.searchsorted(grid.lat, field.latitudes[0])
        column = np.searchsorted(grid.lon, field.longitudes[0])
        window = slice(row, row + field.shape[0]), slice(column, column + field.shape[1])
        for nfr in ("1A4bi", "1A1c"):
            mine = np.array([name == nfr for name in field.nfr])
            if mine.any():
                kt = field.on_grid(field.entries(mine))
                expected = np.nan_to_num(allocation.field(nfr)[window]) / 1e6
                assert np.abs(kt - expected).max() <= 1e-12 * expected.max()
        assert np.nansum(kg[window]) / 1e6 == pytest.approx(field.mass.sum(), rel=1e-6)


def test_the_sea_that_ships_cross_is_no_part_of_a_sides_domain():
    """Far from land nothing but shipping is placed, and no statistic counts such cells."""
    chosen = emissions(
        *(
            {"side": "EU", "region": "ES", "nfr": nfr, "fuel": fuel, "emission_kt": 1.0}
            for nfr, fuel in (("1A3dii", "diesel"), ("1A4bi", "hard_coal"))
        )
    )
    rows = select_emissions(chosen, 2018, "harmonised")
    shares = make_shares(rows, make_grid(0.25, "all"), read_tables())
    field = emission_field(rows, "EU", 2018, shares)
    ships, homes = (field.density(np.array([name == nfr for name in field.nfr])) for nfr in NFRS)
    at_sea = field.reached & ~field.domain
    assert at_sea.sum() > 100
    assert (ships[at_sea] > 0).all()
    assert not homes[at_sea].any()
    # Half way from Valencia to Palma, and Madrid.
    for lat, lon, inside in ((39.5, 1.1, False), (40.4, -3.7, True)):
        row, column = (
            np.abs(field.latitudes - lat).argmin(),
            np.abs(field.longitudes - lon).argmin(),
        )
        assert field.domain[row, column] == inside


def test_clusters_add_up_to_what_their_cells_emit(made):
    frame = read_hotspots(made["hotspots"])
    with xr.open_dataset(made["netcdf"]) as stored:
        data = with_labels(stored)
        density = data["density"].sel(sector_group="all").fillna(0.0)
        tail = (data["hotspot"].sel(sector_group="all").to_numpy() & MASKS["upper_tail"]) > 0
        area = frame.loc[frame["kind"] == "density", "area_km2"]
    rows = frame[(frame["kind"] == "density") & (frame["sector_group"] == "all")]
    assert tail.sum() == rows["cells"].sum()
    kt = (rows["density_t_km2"] * rows["area_km2"]).sum() / 1e3
    assert kt == pytest.approx(rows["emission_kt"].sum())
    assert density.to_numpy()[tail].min() >= rows["threshold_t_km2"].min() * (1 - 1e-6)
    assert (area > 0).all()


def test_a_map_draws_the_cells_of_the_grid(grid_file, made, table, tmp_path):
    density = density_of(grid_file)
    grid, _ = mass_of(grid_file)
    kt = np.nansum(density.to_numpy() * grid.area()) / 1e6 / 1e3
    of_year = (table["year"] == 2018) & (table["factor_set"] == "harmonised")
    assert kt == pytest.approx(table.loc[of_year, "emission_kt"].sum(), rel=1e-6)
    files = {"netcdf": made["netcdf"], "hotspots": made["hotspots"]}
    maps_step(files, {"maps": tmp_path / "plain"}, year=2018, codes=["PL"])
    fine = {**files, "grid": grid_file}
    maps_step(fine, {"maps": tmp_path / "fine"}, year=2018, codes=["PL"])
    # Here both files have the same cells, so the map is the same; a release's grid is finer.
    plain, drawn = ((tmp_path / name / "PL.png").read_bytes() for name in ("plain", "fine"))
    assert plain == drawn


def test_every_region_of_both_sides_can_be_drawn():
    codes = every_code({})
    assert codes[:2] == ["EU", "CN"]
    assert len(codes) == 2 + 27 + 31
    assert "PT-20" not in codes


def test_growth_shows_over_the_years(made):
    frame = read_hotspots(made["hotspots"])
    assert (frame["years"] == 5).all()
    lasting = frame[(frame["kind"] == "persistent") & (frame["side"] == "EU")]
    # Nothing changed in the EU, so what is hot stays hot and has no trend.
    assert set(lasting["persistence"]) == {"persistent"}
    assert lasting["gi_star_slope"].abs().max() < 1e-9
    assert (lasting["rank_changes"] == 0.0).all()
    coke = frame[(frame["kind"] == "density") & (frame["region"] == "CN-SX")]
    coke = coke[coke["sector_group"] == "all"].nsmallest(1, "rank").iloc[0]
    assert coke["rank_slope"] >= 0.0
    with xr.open_dataset(made["netcdf"]) as data:
        assert data["persistence"].max() > 0
        assert str(data["persistence"].attrs["flag_meanings"]).startswith("none new")


def test_the_same_input_gives_the_same_bytes(inputs, made, tmp_path):
    again = outputs(tmp_path)
    hotspots_step(inputs, again, year=2018, draws=30)
    for name, path in made.items():
        assert again[name].read_bytes() == path.read_bytes(), name


def test_ids_are_those_of_the_version_before(inputs, made, tmp_path):
    files = outputs(tmp_path)
    hotspots_step(
        {**inputs, "previous": made["hotspots"]}, files, year=2018, draws=30, quantile=0.98
    )
    before, after = read_hotspots(made["hotspots"]), read_hotspots(files["hotspots"])
    dense = after[(after["kind"] == "density") & (after["sector_group"] == "all")]
    largest = dense.nsmallest(1, "rank").iloc[0]
    assert largest["hotspot_id"] in set(before["hotspot_id"])
    assert largest["previous_id"]
    features = json.loads(files["geojson"].read_text("utf-8"))["features"]
    assert {one["id"] for one in features} == set(after["hotspot_id"])


def test_hotspots_may_have_other_cells_than_the_grid(inputs, made, table, tmp_path):
    expected = read_hotspots(made["hotspots"])
    whole = expected["emission_kt"] / expected["share_of_side"]
    files = outputs(tmp_path)
    coarse = {**inputs, "shares": write_shares_of(table, tmp_path / "shares", 1.0)}
    hotspots_step(coarse, files, year=2018, draws=5)
    found = read_hotspots(files["hotspots"])
    assert set(found["resolution"]) == {1.0}
    # A side emits the same on every grid.
    sides = (found["emission_kt"] / found["share_of_side"]).groupby(found["side"]).max()
    assert sides.to_dict() == pytest.approx(whole.groupby(expected["side"]).max().to_dict())
    with xr.open_dataset(files["netcdf"]) as data:
        assert float(data["lat"][1] - data["lat"][0]) == 1.0


def test_emissions_without_a_proxy_are_refused(inputs, table, tmp_path):
    other = table.assign(fuel=table["fuel"].replace("coke_product", "brick"))
    schema.write_parquet(other, "emissions", tmp_path / "emissions" / "all.parquet")
    files = outputs(tmp_path)
    with pytest.raises(DataError, match=r"no proxy for 1A1c, brick in CN-SX.*different builds"):
        hotspots_step({**inputs, "emissions": tmp_path / "emissions"}, files, year=2018, draws=5)
    assert not any(path.exists() for path in files.values())


def test_shares_that_are_cut_off_are_refused(inputs, tmp_path):
    shutil.copytree(inputs["shares"], tmp_path / "shares")
    path = tmp_path / "shares" / "proxy_shares.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"proxy_shares\.parquet.*whole Parquet"):
        hotspots_step({**inputs, "shares": tmp_path / "shares"}, outputs(tmp_path), year=2018)


@pytest.mark.parametrize("suite", ["cf:1.11", "acdd:1.3"])
def test_the_compliance_checker_finds_no_error(made, compliance_checker, suite, tmp_path):
    report = tmp_path / "report.json"
    command = [compliance_checker, "-t", suite, "-f", "json", "-o", str(report)]
    command.append(str(made["netcdf"]))
    subprocess.run(command, check=False, capture_output=True, timeout=120)
    found = json.loads(report.read_text("utf-8"))[suite]
    said = {item["name"]: item["msgs"] for item in found["all_priorities"] if item["msgs"]}
    if suite == "cf:1.11":
        assert said == {}
    # ACDD wants a standard name on every variable; CF has none for a statistic.
    required = {item["name"]: item["msgs"] for item in found["high_priorities"] if item["msgs"]}
    assert {message for messages in required.values() for message in messages} <= {"standard_name"}
