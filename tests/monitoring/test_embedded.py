"""The embedded observations are what the tool makes from the publishers' files."""

import importlib.util

import pandas as pd
import pytest

from bc_inventory import schema
from bc_inventory.reference.paths import data_root

FOLDER = data_root() / "observations"


@pytest.fixture(scope="module")
def means():
    sources = schema.read_csv(data_root() / "sources.csv", "sources")["source_id"]
    places = schema.read_csv(FOLDER / "places.csv", "station_places")["station"]
    known = {"sources.source_id": set(sources), "stations.station": set(places)}
    return schema.read_csv(FOLDER / "means.csv", "observations", known=known)


def test_every_value_has_its_type_licence_and_checksum(means):
    values = means[["ec_ug_m3", "ebc_ug_m3", "rbc_ug_m3", "absorption_mm"]]
    assert values.notna().sum(axis=1).eq((~means["withheld"]).astype(int)).all()
    assert means["ec_ug_m3"].notna().eq((means["bc_type"] == "EC") & ~means["withheld"]).all()
    assert means["file_sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_the_asymmetry_is_in_the_record(means):
    stations = means.groupby("side")["station"].nunique()
    assert stations["CN"] == 1
    assert stations["EU"] > 30


@pytest.mark.shared
def test_it_is_made_from_the_publishers_files(shared, root):
    path = root / "tools" / "make_observations.py"
    spec = importlib.util.spec_from_file_location("make_observations", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    again, places = tool.made(shared / "data")
    held = schema.read_csv(FOLDER / "means.csv", "observations")
    key = list(schema.table("observations").key)
    made = tool.rounded(again).sort_values(key, kind="stable", ignore_index=True)
    for name in ("ec_ug_m3", "ebc_ug_m3", "half_width", "coverage", "n_valid", "file_sha256"):
        left = made[name].astype(held[name].dtype)
        pd.testing.assert_series_equal(left, held[name], check_names=False)
    assert len(places) == len(schema.read_csv(FOLDER / "places.csv", "station_places"))
