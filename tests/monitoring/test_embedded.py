"""The embedded observations; `tests/curation` rebuilds them from the publishers' files."""

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
