import io

import pandas as pd
import pytest

from bc_inventory.analysis.comparison.sectors import common_sectors
from bc_inventory.errors import DataError
from bc_inventory.readers.crosswalk import (
    NOT_COMPARABLE,
    chinese_class,
    expand,
    sector_table,
    to_targets,
)
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import read_all, read_any
from bc_inventory.readers.scope import side_rows
from bc_inventory.reference import codelists
from bc_inventory.schema import read_csv, shares_at_most_one
from tests.readers.inventories import books
from tests.readers.inventories.test_emep_ceip import country, text


def test_shares_of_every_source_sector_add_up_to_one():
    shares_at_most_one(
        sector_table(), ("scheme", "source_sector", "source_fuel"), "share", exactly=True
    )


def test_every_target_is_a_known_code_and_every_source_is_cited(root):
    table = sector_table()
    for target in table["target"].unique():
        assert expand(target) or target == NOT_COMPARABLE
    cited = set(codelists.sources()["source_id"])
    assert set(table["source_id"]) <= cited
    for name, contract in (("regions", "region_crosswalk"), ("chinese_classes", "chinese_classes")):
        rows = read_csv(root / f"data/crosswalk/{name}.csv", contract)
        assert set(rows["source_id"]) <= cited


def test_a_sector_with_a_fuel_of_its_own_uses_its_own_row():
    table = sector_table()
    own = table[(table["scheme"] == "REAS2") & (table["source_sector"] == "AGR_FORE_FISH")]
    assert dict(zip(own["source_fuel"], own["target"], strict=True)) == {
        "*": "1A4ci",
        "DIESEL_OIL": "1A4cii",
        "MOTOR_GASOLINE": "1A4cii",
    }


def test_a_household_biofuel_moves_between_the_chinese_classes():
    assert chinese_class("1A4bi", "fuelwood", "MEP2014")[0] == "生物质燃烧源"
    assert chinese_class("1A4bi", "fuelwood", "TCSES144")[0] == "生活源"
    assert chinese_class("1A4bi", "hard_coal", "MEP2014")[0] == "化石燃料固定燃烧源"
    assert chinese_class("1A2f", "brick", "MEP2014")[0] == "工艺过程源"


def _chinese_province():
    lines = ["REASv3.2 SECTOR CHN HE BC [kt/year]", " 2010 "]
    values = {"PP": 1, "IND": 60, "ROAD": 20, "OTRA": 2, "RESI": 70, "ODOM": 10, "TOTAL": 163}
    lines += [f"{name} {value:.7E}" for name, value in values.items()]
    return read_any(io.BytesIO(("\n".join(lines) + "\n").encode())).frame


def test_targets_hold_all_that_was_given_with_the_interval_of_their_shares():
    made = to_targets(_chinese_province()).set_index("target")
    assert made["value_kt"].sum() == pytest.approx(163)
    assert made["value_kt"]["1A4cii"] == pytest.approx(0.68)
    assert made["lower_kt"]["1A4cii"] < 0.68 < made["upper_kt"]["1A4cii"]
    assert made["value_kt"]["1A4bi"] == made["lower_kt"]["1A4bi"] == 70
    assert made["sources"]["1A4cii"] == "reas-v2.1"


def test_a_joint_target_is_not_split():
    # MEIC doesn't part road from off-road, so neither do we.
    meic = read_any(Source(io.BytesIO(books.meic()), "m.xlsx"), species="BC").frame
    made = to_targets(meic[meic["year"] == 2010])
    assert made["value_kt"].sum() == pytest.approx(1752)
    transport = made[made["target"].str.contains("F_RoadTransport")].iloc[0]
    assert set(transport["target"].split("+")) == {"F_RoadTransport", "G_Shipping", "I_Offroad"}
    assert transport["value_kt"] == pytest.approx(300)


def test_inventories_meet_in_their_common_sectors():
    meic = read_any(Source(io.BytesIO(books.meic()), "m.xlsx"), species="BC").frame
    targets = pd.concat([to_targets(_chinese_province()), to_targets(meic)])["target"]
    gnfr = dict(zip(codelists.sectors()["nfr"], codelists.sectors()["gnfr"], strict=True))
    common = common_sectors(targets, gnfr).set_index("target")["sector"]
    assert common["1A1a"] == "1A1a"
    assert common["F_RoadTransport"] == common["1A4cii"]


def test_what_no_sector_can_hold_stays_visible():
    table = books.CEDS.replace("1A4b_Residential", "7A_Fossil-fuel-fires")
    frame = read_any(io.BytesIO(table.encode()), version="2021-02-05").frame
    made = to_targets(frame)
    lost = made[made["target"] == NOT_COMPARABLE]
    assert lost[lost["year"] == 2015]["value_kt"].sum() == pytest.approx(391.5)
    assert made["value_kt"].sum() == pytest.approx(frame["value_kt"].sum())


def test_a_sector_without_a_row_is_an_error():
    frame = _chinese_province()
    frame["sector"] = frame["sector"].replace("RESI", "RESID")
    with pytest.raises(DataError, match=r"the sector 'RESID' of REAS3.*Did you mean 'RESI'"):
        to_targets(frame)


def test_keys_and_memo_items_are_carried_along():
    rows = [*country("AT", 2001, []), *country("PL", 2001, [1]), "PL;2001;P_IntShipping;BC;Gg;0.5"]
    made = to_targets(read_any(text(*rows)).frame)
    austria = made[made["region"] == "AT"]
    assert austria["value_kt"].isna().all()
    assert set(austria["notation_keys"]) == {"NE"}
    memo = made[made["memo"]]
    assert memo["target"].tolist() == ["P_IntShipping"]


def test_members_are_taken_and_the_aggregate_beside_them_is_left_out():
    rows = [*country("PL", 2001, [1]), *country("AT", 2001, []), *country("EU27", 2001, [9])]
    taken, scope = side_rows(read_any(text(*rows)).frame, "EU")
    assert taken["value_kt"].sum() == 1
    assert scope.by == "regions"
    assert scope.present == ("PL",)
    assert scope.silent == ("AT",)
    assert len(scope.absent) == 25
    assert scope.left_out == ("EU27_2020",)


def test_an_aggregate_that_holds_more_says_so():
    frame = read_any(io.BytesIO(books.GAINS.encode())).frame
    taken, scope = side_rows(frame[frame["sector_level"] == "part"], "CN")
    assert scope.by == "aggregate"
    assert scope.beyond == ("HK", "MN", "MO", "TW")
    assert set(taken["region"]) == {"CHIN_PLUS"}
    with pytest.raises(DataError, match="regions of EU"):
        side_rows(frame[frame["region"] == "CHIN_PLUS"], "EU")


def test_aggregates_that_hold_a_side_together_are_taken_with_what_lies_beyond():
    text = books.GAINS.replace(
        ',"ALL SUM","602.2501","501.75"',
        '"CENT_EURO","CEMENT","1.5","1.25"\n"CENT_EURO","SUM","1.5","1.25"\n'
        ',"ALL SUM","603.7501","503"',
    )
    frame = read_any(io.BytesIO(text.encode())).frame
    taken, scope = side_rows(frame[frame["sector_level"] == "part"], "EU")
    assert set(taken["region"]) == {"WEST_EURO", "CENT_EURO"}
    assert taken[taken["year"] == 2015]["value_kt"].sum() == 1.5
    assert {"GB", "NO", "CH", "RS"} < set(scope.beyond)
    west = frame[(frame["sector_level"] == "part") & (frame["region"] == "WEST_EURO")]
    with pytest.raises(DataError, match="regions of EU"):
        side_rows(west, "EU")


def test_two_inventories_are_not_added():
    frame = _chinese_province()
    both = pd.concat([frame, frame.assign(version="v9")])
    with pytest.raises(DataError, match="2 inventories or versions"):
        side_rows(both, "CN")


@pytest.mark.shared
def test_every_sector_of_every_file_has_a_place(shared):
    data = shared / "data"
    files = [
        *data.glob("emep-ceip-bc/EMEP_NFR14*.txt"),
        *data.glob("ceds-format/*.csv"),
        *data.glob("gains-emf30-emissions-format/*.csv"),
        *data.glob("reas-v2.1-bc-china/*2008_CHN_A*.txt"),
        *data.glob("reas-v3.2-bc/*CHN_A*.txt"),
    ]
    for file in files:
        frame = read_any(file).frame
        made = to_targets(frame[frame["year"].isin([2005, 2008, 2010])])
        assert made["value_kt"].sum() > 0
    workbook = Source(data / "edgar-v8.1-workbook-format/EDGAR_OC_1970_2022.xlsx")
    for scheme in ("IPCC2006", "IPCC1996"):
        frame = read_any(workbook, scheme=scheme).frame
        of_2015 = frame[frame["year"] == 2015]
        made = to_targets(of_2015)
        assert made["value_kt"].sum() == pytest.approx(of_2015["value_kt"].sum(), rel=1e-12)


@pytest.mark.shared
def test_provinces_of_reas_count_once(shared):
    frame, _ = read_all(sorted((shared / "data/reas-v3.2-bc").glob("*CHN*.txt")), "reas3")
    taken, scope = side_rows(frame[frame["year"] == 2015], "CN")
    assert scope.by == "regions"
    assert len(scope.present) == 31
    assert scope.absent == ()
    assert scope.left_out == ("CHN_WC",)
    made = to_targets(taken)
    assert made["value_kt"].sum() == pytest.approx(1642.353, abs=0.001)
