import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory import vocabulary
from bc_inventory.errors import DataError
from bc_inventory.readers import Source, read_all, read_any
from bc_inventory.readers.crosswalk import (
    NOT_COMPARABLE,
    common_blocks,
    common_sectors,
    expand,
    sector_table,
    to_targets,
)
from bc_inventory.readers.scope import side_rows
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
    cited = set(vocabulary.sources()["source_id"])
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
    assert vocabulary.chinese_class("1A4bi", "fuelwood", "MEP2014")[0] == "生物质燃烧源"
    assert vocabulary.chinese_class("1A4bi", "fuelwood", "TCSES144")[0] == "生活源"
    assert vocabulary.chinese_class("1A4bi", "hard_coal", "MEP2014")[0] == "化石燃料固定燃烧源"
    assert vocabulary.chinese_class("1A2f", "brick", "MEP2014")[0] == "工艺过程源"


def test_blocks_are_the_finest_that_cut_through_no_target():
    blocks = common_blocks(["1A3bi+1A3bii", "1A3bii+1A3biii", "1A3biv", "1A1a", NOT_COMPARABLE])
    assert blocks["1A3bi+1A3bii"] == blocks["1A3bii+1A3biii"] == "1A3bi+1A3bii+1A3biii"
    assert blocks["1A3biv"] == "1A3biv"
    assert blocks["1A1a"] == "A_PublicPower"
    assert blocks[NOT_COMPARABLE] == NOT_COMPARABLE


_CODES = st.sampled_from(
    "1A1a 1A1b 1A2a 1A2f 1A3bi 1A3bii 1A3c B_Industry F_RoadTransport I_Offroad 3F".split()
)


@settings(deadline=None)
@given(st.lists(st.lists(_CODES, min_size=1, max_size=3).map("+".join), min_size=1, max_size=6))
def test_blocks_hold_their_targets_and_do_not_overlap(targets):
    blocks = common_blocks(targets)
    for target, block in blocks.items():
        assert expand(target) <= expand(block)
    distinct = [expand(block) for block in set(blocks.values())]
    assert sum(map(len, distinct)) == len(frozenset().union(*distinct))


def _chinese_province():
    lines = ["REASv3.2 SECTOR CHN HE BC [kt/year]", " 2010 "]
    values = {"PP": 1, "IND": 60, "ROAD": 20, "OTRA": 2, "RESI": 70, "ODOM": 10, "TOTAL": 163}
    lines += [f"{name} {value:.7E}" for name, value in values.items()]
    return read_any(io.BytesIO(("\n".join(lines) + "\n").encode())).frame


def test_inventories_meet_in_their_common_sectors_and_nothing_is_lost():
    ours = _chinese_province()
    meic = read_any(Source(io.BytesIO(books.meic()), "m.xlsx"), species="BC").frame
    made = common_sectors([ours, meic[meic["year"] == 2010]])
    sums = made.groupby("inventory")["value_kt"].sum()
    assert sums["REAS"] == pytest.approx(163)
    assert sums["MEIC"] == pytest.approx(1752)
    # MEIC doesn't split transport, so road and off-road can only be compared together.
    transport = next(name for name in made["common"] if "F_RoadTransport" in name)
    assert {"F_RoadTransport", "G_Shipping", "I_Offroad"} == set(transport.split("+"))
    reas = made[(made["inventory"] == "REAS") & (made["common"] == transport)].iloc[0]
    assert reas["value_kt"] == pytest.approx(20 + 2 + 0.068 * 10)
    assert reas["lower_kt"] < reas["value_kt"] < reas["upper_kt"]


def test_what_no_sector_can_hold_stays_visible():
    table = books.CEDS.replace("1A4b_Residential", "7A_Fossil-fuel-fires")
    frame = read_any(io.BytesIO(table.encode()), version="2021-02-05").frame
    made = common_sectors([frame])
    lost = made[made["common"] == NOT_COMPARABLE]
    assert lost[lost["year"] == 2015]["value_kt"].sum() == pytest.approx(391.5)
    assert made["value_kt"].sum() == pytest.approx(frame["value_kt"].sum())


def test_a_sector_without_a_row_is_an_error():
    frame = _chinese_province()
    frame["sector"] = frame["sector"].replace("RESI", "RESID")
    with pytest.raises(DataError, match=r"the sector 'RESID' of REAS3.*Did you mean 'RESI'"):
        to_targets(frame)


def test_keys_and_memo_items_are_carried_along():
    rows = [*country("AT", 2001, []), *country("PL", 2001, [1]), "PL;2001;P_IntShipping;BC;Gg;0.5"]
    made = common_sectors([read_any(text(*rows)).frame])
    austria = made[made["region"] == "AT"]
    assert austria["value_kt"].isna().all()
    assert set(austria["notation_keys"]) == {"NE"}
    memo = made[made["memo"]]
    assert memo["common"].tolist() == ["P_IntShipping"]


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
    made = common_sectors([taken])
    assert made["value_kt"].sum() == pytest.approx(1642.353, abs=0.001)
