"""Licences of sources: known, no freer than what they are made from, and named where data go."""

import re

import pandas as pd
import pytest
from packaging.licenses import canonicalize_license_expression

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.reference.codelists import sources
from bc_inventory.reference.licences import check_licences, licences, part_of
from bc_inventory.reference.paths import data_root
from bc_inventory.release.metadata.attribution import attribution

CLASSES = {"facts", "terms", "restricted"}


def row(**cells):
    base = {name: "" for name in schema.table("sources").names}
    return {**base, "source_id": "s", "licence_id": "MIT", **cells}


def test_those_of_the_embedded_facts_hold():
    check_licences(sources(), licences())
    assert set(sources()["licence_id"]) == set(licences()["licence_id"])


def test_a_licence_is_an_spdx_identifier_or_a_class():
    for name in set(licences()["licence_id"]) - CLASSES:
        assert canonicalize_license_expression(name) == name


def test_every_licence_says_when_it_was_read_or_that_it_was_not():
    text = sources()["licence_checked"]
    assert text.str.match(r"20\d\d-\d\d-\d\d, |not checked").all()


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([row(licence_id="GPL-9")], "GPL-9"),
        ([row(derived_from="nobody")], "nobody"),
        (
            [row(derived_from="g"), row(source_id="g", licence_id="terms")],
            "MIT for rows made from g, which is terms",
        ),
        (
            [row(derived_from="r"), row(source_id="r", licence_id="restricted")],
            "MIT for rows made from r, which is restricted",
        ),
        (
            [row(licence_id="terms", derived_from="o"), row(source_id="o", licence_id="ODbL-1.0")],
            "terms for rows made from o, which is ODbL-1.0",
        ),
    ],
)
def test_a_licence_that_cannot_be_true_is_refused_with_its_row(rows, word):
    with pytest.raises(DataError, match=re.escape(word)) as caught:
        check_licences(pd.DataFrame(rows), licences())
    assert caught.value.problems[0].row == 2
    assert caught.value.problems[0].file == "sources.csv"


def test_own_rows_made_from_gains_are_not_under_the_licence_of_the_code():
    mine = sources().set_index("source_id")
    for name in ("bcinv-co2-fuel-split", "bcinv-middle-coal-boiler", "bcinv-implied-gains"):
        assert mine.loc[name, "licence_id"] == "terms"
    parts = part_of(sources(), licences())
    assert parts["reas-v3.2"] == parts["ceads"] == "terms"
    assert parts["openstreetmap-2024"] == "odbl"


def test_a_source_without_a_licence_is_taken_to_be_under_terms(tmp_path):
    path = tmp_path / "sources.csv"
    path.write_text(
        "source_id,title,publisher,published,address,licence,citation,read,note\n"
        "s,A,B,2020,,none,B 2020,assumed,\n"
    )
    assert schema.read_csv(path, "sources")["licence_id"].tolist() == ["terms"]


def test_the_attribution_names_every_source_and_every_wording_once(root):
    text = (root / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert text == attribution()
    for name in sources()["source_id"]:
        assert text.count(f"- `{name}`:") == 1
    named = schema.read_csv(data_root() / "attributions.csv", "attributions")
    publishers = {part for cell in named["publishers"] for part in cell.split(";")}
    assert publishers <= set(sources()["publisher"])
    for wording in ("Source: Eurostat", "© OpenStreetMap contributors", "Made with Natural Earth."):
        assert f"- {wording}" in text
    assert "None of their publishers\nendorses" in text


def test_the_package_carries_it(root):
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "ATTRIBUTION.md" in project["license-files"]
