"""What regions are called together, by hand and for any choice of members."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.config import Inventory
from bc_inventory.errors import DataError
from bc_inventory.reference.domains import (
    bounds_of,
    domain_of,
    domain_of_country,
    domains,
    in_order,
    resolve_domain,
)
from bc_inventory.reference.naming import name_of, names_by_domain
from bc_inventory.workflow.title import title_of

FIRST = next(iter(domains().values()))


@pytest.mark.parametrize(
    ("regions", "english", "chinese"),
    [
        (["PL"], "Poland", "波兰"),
        (["CN-HE"], "Hebei", "河北"),
        (["PL", "DE"], "Germany and Poland", "德国和波兰"),
        (["CN-SH", "PL", "DE", "CN-HE"], "Germany, Poland, Hebei and Shanghai",
         "德国、波兰、河北和上海"),
        (domains()["CN"].members, "mainland China", "中国大陆"),
        ([*domains()["EU"].members, "CN-HE"], "EU-27 and Hebei", "欧盟27国和河北"),
        (domains()["CN"].members[:7], "7 of 31 members of mainland China",
         "中国大陆31个成员中的7个"),
        (["HK"], "Hong Kong SAR", "中国香港"),
    ],
)  # fmt: skip
def test_a_build_is_called_what_it_is(regions, english, chinese):
    assert name_of(regions) == (english, chinese)


@given(st.sets(st.sampled_from(FIRST.members), min_size=1))
def test_only_the_whole_domain_has_its_name(some):
    name = names_by_domain(some)[FIRST.code].en
    assert (name == FIRST.name.en) == (len(some) == len(FIRST.members))
    if 4 < len(some) < len(FIRST.members):
        assert name == f"{len(some)} of {len(FIRST.members)} members of {FIRST.name.en}"


def test_a_title_in_the_configuration_wins():
    assert title_of(Inventory(regions=("PL",))) == (
        "Black carbon inventory of Poland",
        "波兰黑碳清单",
    )
    assert title_of(Inventory(regions=("PL",), title="Ours")) == ("Ours", "波兰黑碳清单")
    assert title_of(Inventory()).en == "Black carbon inventory of EU-27 and mainland China"
    assert title_of(Inventory(regions=("CN",))).en == "Black carbon inventory of mainland China"


def test_a_region_belongs_where_the_table_says():
    assert (domain_of("FR"), domain_of("CN-HE"), domain_of("HK")) == ("EU", "CN", None)
    # Another root of facts may have a French region elsewhere; nothing is read from the code.
    assert domain_of("CN-XX") is None
    assert domain_of("ES-CN") is None


@pytest.mark.parametrize(
    ("country", "domain"), [("CN", "CN"), ("PL", "EU"), ("GB", None), ("HK", None), (None, None)]
)
def test_a_country_lies_in_the_domain_of_its_parts_or_its_own(country, domain):
    assert domain_of_country(country) == domain


@pytest.mark.parametrize("name", ["EU", "eu-27", "European Union", "欧盟", " EU27 "])
def test_a_domain_has_many_names(name):
    assert resolve_domain(name) == "EU"


def test_a_name_of_no_domain_is_refused_with_those_there_are():
    with pytest.raises(DataError, match=r"expected a domain: EU \(EU-27\), CN"):
        resolve_domain("Atlantis")


def test_domains_come_in_the_order_of_the_table():
    assert in_order(["CN", "EU", "CN"]) == ["EU", "CN"]
    assert bounds_of() == (-32.0, 17.0, 135.0, 72.0)
    assert bounds_of(["CN"]) == (73.0, 17.0, 135.0, 54.0)
