"""What people type for sectors and places resolves, or is refused with what it may mean."""

import pytest

from bc_inventory.errors import DataError
from bc_inventory.reference import codelists
from bc_inventory.reference.sector_words import GNFR_NAMES, sector_words
from bc_inventory.release.read.select import sectors

EVERY = set(codelists.sectors()["nfr"])


@pytest.mark.parametrize("word", ["residential", "Residential", "居民", "households"])
def test_homes(word):
    assert sectors([word], EVERY).nfr == ("1A4bi", "1A4bii")


@pytest.mark.parametrize("word", ["road", "Road transport", "道路交通", "F_RoadTransport"])
def test_roads(word):
    assert sectors([word], EVERY).nfr == codelists.nfr_of("F_RoadTransport")


def test_transport_is_more_than_roads():
    for word in ("transport", "交通"):
        found = set(sectors([word], EVERY).nfr)
        assert found == {code for code in EVERY if code.startswith("1A3")}


def test_coking():
    assert sectors(["coking"], EVERY).nfr == sectors(["炼焦"], EVERY).nfr == ("1A1c", "1B1b")


def test_every_label_of_a_page_resolves_in_both_languages():
    for code, names in GNFR_NAMES.items():
        for name in names:
            assert sectors([name], EVERY).nfr == codelists.nfr_of(code), name
    for row in codelists.sectors().itertuples():
        for name in (row.name, row.name_zh):
            assert row.nfr in sectors([name], EVERY).nfr, name


def test_a_part_of_several_names_lists_them():
    with pytest.raises(DataError, match=r"part of several names.*2A1: Cement.*2A2: Lime.*more"):
        sector_words("production")


def test_a_part_of_one_name_is_that_category():
    assert sector_words("volcano") == ("11A",)


def test_what_nobody_knows_is_refused():
    with pytest.raises(DataError, match="'unicorns'"):
        sectors(["unicorns"], EVERY)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Shensi", "CN-SN"), ("Xizang", "CN-XZ"), ("Nei Mongol", "CN-NM"), ("陝西", "CN-SN"),
        ("Czech Republic", "CZ"), ("the Czech Republic", "CZ"), ("The Netherlands", "NL"),
        ("Kosovo", "XK"), ("新疆維吾爾自治區", "CN-XJ"),
    ],
)  # fmt: skip
def test_places(name, code):
    assert codelists.resolve_region(name) == code
