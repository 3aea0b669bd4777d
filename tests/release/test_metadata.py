"""What a release says of itself to catalogues: columns, licences, contributors, edition."""

import json

import frictionless
import pyarrow.parquet as pq
import pytest

from bc_inventory.release.metadata.datapackage import edition_of
from bc_inventory.release.metadata.zenodo import zenodo
from bc_inventory.release.read.release import open_release


@pytest.fixture(scope="module")
def release(releases):
    return open_release(root=releases)


@pytest.fixture(scope="module")
def package(release):
    return json.loads((release.path / "datapackage.json").read_text("utf-8"))


def test_frictionless_finds_the_package_valid(package):
    assert frictionless.Package.metadata_validate(package) is not None
    assert list(frictionless.Package.metadata_validate(package)) == []


def test_every_table_has_its_columns_with_type_and_description(release, package):
    tables = [each for each in package["resources"] if each["path"].endswith(".parquet")]
    tables = [each for each in tables if not each["path"].startswith("facts/")]
    assert len(tables) > 20
    for table in tables:
        fields = {each["name"]: each for each in table["schema"]["fields"]}
        stored = [
            name
            for name in pq.read_schema(release.path / table["path"]).names
            if name != "geometry"
        ]
        assert set(stored) <= set(fields), table["path"]
        assert all(each["type"] and each["description"] for each in fields.values())
    totals = next(each for each in tables if each["path"] == "totals.parquet")
    units = {each["name"]: each.get("unit") for each in totals["schema"]["fields"]}
    assert units["emission_kt"] == "kt"


def test_licences_and_contributors_come_from_the_sources(package, release):
    named = {source for each in package["licenses"] for source in each["sources"]}
    assert named == {row["source_id"] for row in release.manifest["sources"]}
    assert package["contributors"][0]["role"] == "author"
    assert package["created"] == f"{edition_of(release.manifest)}-01-01T00:00:00Z"


def test_the_edition_is_that_of_the_newest_input_and_not_of_the_clock():
    rows = [{"published": text} for text in ("2019", "2021-05", "in press", None, "2021")]
    assert edition_of({"sources": rows}) == "2021-05"
    assert edition_of({"sources": []}) == ""


def test_a_deposit_names_what_the_release_was_derived_from():
    core = {
        "title": "An inventory",
        "software": {"bc-inventory": "0.1.0"},
        "sources": [
            {"address": "https://doi.org/10.5194/acp-17-8681-2017", "citation": "Klimont (2017)."},
            {"address": None, "citation": "Bond, doi:10.1029/2003JD003697."},
        ],
    }
    record = json.loads(zenodo(core, "2018-1a2b3c4d"))
    assert [each["identifier"] for each in record["related_identifiers"]] == [
        "10.1029/2003JD003697",
        "10.5194/acp-17-8681-2017",
    ]
    assert record["version"] == "2018-1a2b3c4d"
