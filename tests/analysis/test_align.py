"""Common sectors, joint scope and what it leaves out."""

import pandas as pd
import pytest

from bc_inventory.analysis.comparison.align import align, joint, mapped_rows
from bc_inventory.analysis.comparison.sectors import common_sectors, leaves_of
from bc_inventory.errors import DataError
from tests.analysis.frames import emissions

GNFR = {
    "1A1a": "A_PublicPower",
    "1A2f": "B_Industry",
    "1A2gviii": "B_Industry",
    "1A4ai": "C_OtherStatComb",
    "1A4bi": "C_OtherStatComb",
    "1A4ci": "C_OtherStatComb",
    "1A3bi": "F_RoadTransport",
    "3F": "L_AgriOther",
}
CROSSWALK = pd.DataFrame(
    [
        ("REAS", "PP", "*", "1A1a", 1.0),
        ("REAS", "IND", "*", "1A2f+1A2gviii", 1.0),
        ("REAS", "RESI", "*", "1A4bi", 1.0),
        ("REAS", "ODOM", "*", "1A4ai+1A4ci", 1.0),
        ("REAS", "OTHER", "*", "not_comparable", 1.0),
        ("CEIP", "C_OtherStatComb", "*", "C_OtherStatComb", 1.0),
        ("CEIP", "A_PublicPower", "*", "A_PublicPower", 1.0),
        ("MEIC", "residential", "*", "1A4bi", 0.75),
        ("MEIC", "residential", "*", "1A4ai", 0.25),
    ],
    columns=["scheme", "source_sector", "source_fuel", "target", "share"],
)


def rows(*cells, inventory="REAS", scheme="REAS", version="v3.2"):
    frame = pd.DataFrame(
        cells, columns=["region", "region_level", "sector", "value_kt", "notation_key"]
    )
    return frame.assign(
        inventory=inventory,
        version=version,
        scheme=scheme,
        year=2015,
        sector_level="part",
        fuel=None,
        species="BC",
    )


def sector_of(targets):
    return common_sectors(targets, GNFR).set_index("target")["sector"].to_dict()


def test_common_sectors_split_nothing_a_publisher_did_not_split():
    ours = ["1A1a", "1A2f", "1A2gviii", "1A4ai", "1A4bi", "1A4ci"]
    alone = sector_of([*ours, "1A4ai+1A4ci"])
    assert alone["1A4bi"] == "1A4bi"
    assert alone["1A4ai"] == alone["1A4ci"] == alone["1A4ai+1A4ci"] == "1A4ai+1A4ci"
    with_gnfr = sector_of([*ours, "1A4ai+1A4ci", "C_OtherStatComb"])
    assert {with_gnfr[t] for t in ("1A4ai", "1A4bi", "1A4ci")} == {"C_OtherStatComb"}
    assert with_gnfr["1A2f"] == "1A2f"


def test_parts_that_overlap_are_joined_and_named():
    made = sector_of(["1A2f+1A1a", "1A2gviii+1A1a", "3F", "not_comparable"])
    assert made["1A2f+1A1a"] == made["1A2gviii+1A1a"] == "A_PublicPower+B_Industry"
    assert made["not_comparable"] == "not_comparable"
    assert made["3F"] == "3F"


def test_an_unknown_code_is_refused():
    with pytest.raises(DataError, match="'1A9'"):
        leaves_of("1A1a+1A9", GNFR)


def test_shares_part_a_sector_and_unknown_sectors_are_named():
    published = rows(
        ("CN", "country", "residential", 80.0, None),
        inventory="MEIC",
        scheme="MEIC",
        version="1.3",
    )
    made = mapped_rows(published, CROSSWALK).set_index("target")["emission_kt"]
    assert made.to_dict() == {"1A4bi": 60.0, "1A4ai": 20.0}
    with pytest.raises(DataError, match="the sector 'NEW' of REAS"):
        mapped_rows(rows(("CN", "country", "NEW", 1.0, None)), CROSSWALK)


def aligned(draws=0):
    table = emissions(
        {"year": 2015, "side": "CN", "region": "CN-HE", "activity": 1e6, "emission_factor": 60.0},
        {
            "year": 2015,
            "side": "CN",
            "region": "CN-HE",
            "nfr": "1A4ai",
            "activity": 1e5,
            "emission_factor": 50.0,
        },
        {
            "year": 2015,
            "side": "CN",
            "region": "CN-HE",
            "nfr": "1A4ci",
            "notation_key": "NE",
            "share": None,
        },
        {
            "year": 2015,
            "side": "CN",
            "region": "CN-HE",
            "nfr": "3F",
            "activity": 1e5,
            "emission_factor": 80.0,
        },
        {
            "year": 2015,
            "side": "CN",
            "region": "CN-HE",
            "nfr": "1A3bi",
            "memo": True,
            "activity": 1e9,
            "emission_factor": 80.0,
        },
    )
    published = rows(
        ("CN-HE", "part", "RESI", 50.0, None),
        ("CN-HE", "part", "ODOM", 10.0, None),
        ("CN-HE", "part", "PP", 4.0, None),
        ("CN-HE", "part", "OTHER", 3.0, None),
    )
    return align({"ours": table}, mapped_rows(published, CROSSWALK), GNFR, draws=draws, seed=1)


def test_alignment_and_what_it_leaves_out():
    made = aligned()
    table = made.compared.set_index(["inventory", "sector"])["emission_kt"]
    assert table["ours", "1A4bi"] == pytest.approx(60.0)
    assert table["ours", "1A4ai+1A4ci"] == pytest.approx(5.0)
    assert ("ours", "1A3bi") not in table.index
    skipped = made.skipped.set_index("target")
    assert skipped.loc["not_comparable", "emission_kt"] == 3.0
    assert skipped.loc["1A4ci", "reason"] == "part of the sector without a figure: NE"
    inside, left = joint(made.compared, ["ours", "REAS v3.2"])
    assert sorted(inside["sector"].unique()) == ["1A4ai+1A4ci", "1A4bi"]
    left = left.set_index("inventory")
    assert left.loc["ours", "left_out_kt"] == pytest.approx(8.0)
    assert left.loc["ours", "left_out_share"] == pytest.approx(8 / 73)
    assert left.loc["REAS v3.2", "left_out_share"] == pytest.approx(4 / 64)


def test_intervals_of_a_joined_sector_come_from_draws():
    made = aligned(draws=200).compared.set_index(["inventory", "sector"])
    row = made.loc[("ours", "1A4bi")]
    assert 0 < row["lower_kt"] < row["emission_kt"] < row["upper_kt"]
    assert made.loc[("REAS v3.2", "1A4bi"), ["lower_kt", "upper_kt"]].isna().all()


def test_a_key_survives_where_nothing_is_known():
    published = rows(
        ("AT", "country", "C_OtherStatComb", None, "NE"),
        ("DE", "country", "C_OtherStatComb", 5.0, None),
        inventory="EMEP-CEIP",
        scheme="CEIP",
        version="2025",
    )
    made = align({}, mapped_rows(published, CROSSWALK), GNFR).compared.set_index("region")
    assert made.loc["AT", "notation_key"] == "NE"


def test_an_inventory_that_is_not_there():
    with pytest.raises(DataError, match="no inventory 'GAINS'"):
        joint(aligned().compared, ["ours", "GAINS"])
