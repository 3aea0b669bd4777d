"""The shares of a release place its emissions as its grid has them."""

import numpy as np
import pytest

import bc_inventory as bci
from bc_inventory.spatial.proxy_shares import SHARE_TABLES


def test_shares_are_published_as_their_step_wrote_them(small_root):
    manifest = bci.open_release(root=small_root).manifest
    steps = {entry["path"]: entry["produced_by"]["step"] for entry in manifest["files"]
             if entry["path"].removesuffix(".parquet") in SHARE_TABLES}  # fmt: skip
    assert steps == dict.fromkeys((f"{name}.parquet" for name in SHARE_TABLES), "shares")


def test_emissions_times_shares_are_the_grid(small_root):
    release = bci.open_release(root=small_root)
    year = int(release.manifest["configuration"]["inventory"]["base_year"])
    rows = release.emissions(year=year)
    rows = rows[rows["emission_kt"] > 0]
    kt = rows.groupby(["region", "nfr", "fuel"], as_index=False)["emission_kt"].sum()
    placed = kt.merge(release.table("proxy_choices"), how="left", validate="one_to_one")
    assert placed["proxy"].notna().all()
    cells = placed.merge(release.table("proxy_shares"), on=["region", "proxy"])
    cells["emission_kt"] *= cells["share"]
    with release.grid(year) as grid:
        seconds = (365 + (year % 4 == 0)) * 86400
        mass = (grid["emission_flux"] * grid["cell_area"]).sum("time")
        for nfr in sorted(set(cells["nfr"])):
            wanted = np.zeros((grid.sizes["lat"], grid.sizes["lon"]))
            mine = cells[cells["nfr"] == nfr]
            np.add.at(wanted, (mine["row"], mine["column"]), mine["emission_kt"])
            kg = mass.sel(sector=nfr).to_numpy() * seconds
            assert bci.convert(kg, "kg", "kt") == pytest.approx(wanted, rel=1e-6, abs=1e-12)
