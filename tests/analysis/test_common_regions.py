"""Inventories meet by members where both have them, and otherwise by the whole side."""

import pandas as pd
import pytest

from bc_inventory.analysis.comparison.align import align, joint, mapped_rows
from bc_inventory.analysis.comparison.pairwise import pair_tables
from bc_inventory.analysis.comparison.regions import of_side
from tests.analysis.frames import emissions
from tests.analysis.test_align import CROSSWALK, GNFR, rows

PROVINCES = ("CN-HE", "CN-SD")


def ours():
    base = {"year": 2015, "side": "CN", "emission_factor": 50.0}
    return emissions(
        *(base | {"region": region, "activity": 2e5} for region in PROVINCES),
        base | {"region": "CN-SX", "notation_key": "NE", "share": None},
    )


def meic():
    frame = rows(
        ("CN", "country", "residential", 40.0, None),
        inventory="MEIC",
        scheme="MEIC",
        version="1.3",
    )
    return frame.assign(sector="one")


CROSS = pd.concat(
    [
        CROSSWALK,
        pd.DataFrame([("MEIC", "one", "*", "1A4bi", 1.0)], columns=CROSSWALK.columns),
    ]
)


def test_a_whole_country_beside_its_provinces_is_not_added():
    published = rows(
        ("CN", "country", "RESI", 100.0, None),
        ("CN-HE", "part", "RESI", 60.0, None),
        ("CN-SD", "part", "RESI", 40.0, None),
        ("IN", "country", "RESI", 7.0, None),
    )
    kept, notes, unusable = of_side(published, "CN")
    assert kept["region"].tolist() == ["CN-HE", "CN-SD"]
    assert any("has no row for CN-AH" in note for note in notes)
    assert unusable == {}


def test_why_an_inventory_has_nothing_of_a_side_is_said():
    total = rows(("DE", "country", "RESI", 1.0, None)).assign(sector_level="aggregate")
    other = rows(("DE", "country", "RESI", 1.0, None), version="v2").assign(species="OC")
    kept, _, unusable = of_side(pd.concat([total, other]), "EU")
    assert kept.empty
    assert "totals of all sectors alone" in unusable["REAS v3.2"]
    assert unusable["REAS v2"] == "found OC; expected BC"


def test_an_aggregate_stands_for_the_side_and_says_what_is_beyond_it():
    frame = rows(("CHIN_PLUS", "aggregate", "RESI", 9.0, None), scheme="GAINS-EMF30")
    kept, notes, _ = of_side(frame, "CN")
    assert kept["region"].tolist() == ["CN"]
    assert "TW" in notes[0]
    assert "can't be taken out" in notes[0]


def aligned(draws=0):
    kept, _, _ = of_side(meic(), "CN")
    return align({"ours": ours()}, mapped_rows(kept, CROSS), GNFR, side="CN", draws=draws, seed=1)


def test_provinces_are_summed_where_the_other_gives_the_country():
    made = aligned()
    table = made.compared.set_index(["inventory", "region"])["emission_kt"]
    assert table["ours", "CN"] == pytest.approx(20.0)
    assert table["ours", "CN-HE"] == pytest.approx(10.0)
    inside, left = joint(made.compared, ["ours", "MEIC 1.3"])
    assert set(inside["region"]) == {"CN"}
    assert left["left_out_kt"].tolist() == [0.0, 0.0]
    skipped = made.skipped[made.skipped["reason"] == "no figure in the sum of CN"]
    assert "CN-SX" in set(skipped["region"])
    assert not set(skipped["region"]) & set(PROVINCES)


def test_a_pair_of_wholes_is_taken_apart_exactly():
    limits = {"significance": 0.05}
    made = pair_tables(aligned().compared, "ours", "MEIC 1.3", limits)
    assert made["cells"]["difference_kt"].tolist() == [pytest.approx(20.0)]
    assert made["parts"]["part_kt"].sum() == pytest.approx(20.0, abs=1e-9)


def test_two_with_members_meet_by_members_though_wholes_are_there():
    second = ours()
    made = align({"ours": ours(), "next": second}, mapped_rows(rows(), CROSS), GNFR, side="CN")
    inside, _ = joint(made.compared, ["ours", "next"])
    assert set(inside["region"]) == set(PROVINCES)


def test_the_interval_of_a_whole_comes_from_the_same_draws():
    table = aligned(draws=400).compared.set_index(["inventory", "region"])
    whole, part = table.loc[("ours", "CN")], table.loc[("ours", "CN-HE")]
    assert whole["lower_kt"] < whole["emission_kt"] < whole["upper_kt"]
    # One factor for both provinces is one draw: the whole is as uncertain as its parts, nearly.
    wide = whole["upper_kt"] / whole["lower_kt"]
    assert wide == pytest.approx(part["upper_kt"] / part["lower_kt"], rel=0.1)
