import io

import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.registry import detect, read_any

_HEAD = (
    "# WebDab output on Mon Jan 20 18:25:46 2025\n"
    "# Format: ISO2;YEAR;SECTOR;POLLUTANT;UNIT;NUMBER/FLAG\n"
)
_GNFR = (
    "A_PublicPower B_Industry C_OtherStatComb D_Fugitive E_Solvents F_RoadTransport G_Shipping "
    "H_Aviation I_Offroad J_Waste K_AgriLivestock L_AgriOther M_Other"
).split()


def text(*rows, head=_HEAD):
    return io.BytesIO((head + "".join(f"{row}\n" for row in rows)).encode())


def country(code, year, values):
    return [f"{code};{year};{s};BC;Gg;{v}" for s, v in zip(_GNFR, values + [0] * 13, strict=False)]


def test_rows_are_read_with_their_sector_level_and_version():
    rows = [*country("PL", 2001, [0.2, 1.1]), "PL;2001;O_AviCruise;BC;Gg;0.5"]
    result = read_any(text(*rows))
    frame = result.frame
    assert result.report.format == "emep_ceip"
    assert frame["version"].unique().tolist() == ["2025-01-20"]
    parts = frame[frame["sector_level"] == "part"]
    assert parts["value_kt"].sum() == pytest.approx(1.3)
    assert frame.set_index("sector")["sector_level"]["O_AviCruise"] == "memo"
    assert frame["species"].unique().tolist() == ["BC"]


def test_a_year_of_zeros_is_not_estimated_and_a_single_zero_stays_zero():
    frame = read_any(text(*country("AT", 2001, []), *country("PL", 2001, [0.2]))).frame
    austria = frame[frame["region"] == "AT"]
    assert austria["value_kt"].isna().all()
    assert set(austria["notation_key"]) == {"NE"}
    poland = frame[frame["region"] == "PL"]
    assert poland["notation_key"].isna().all()
    assert (poland["value_kt"] == 0).sum() == 12


@pytest.mark.parametrize(
    ("day", "code"),
    [("Mon Jan 20 18:25:46 2025", "EU27_2020"), ("Wed Oct 21 23:02:15 2015", "EU27_2007")],
)
def test_the_members_of_eu27_follow_the_date_of_the_export(day, code):
    head = _HEAD.replace("Mon Jan 20 18:25:46 2025", day)
    frame = read_any(text(*country("EU27", 2001, [1]), head=head)).frame
    assert set(frame["region"]) == {code}
    assert set(frame["region_level"]) == {"aggregate"}


def test_columns_in_another_order_give_the_same_rows():
    head = _HEAD.replace("ISO2;YEAR", "YEAR;ISO2")
    swapped = read_any(text("2001;PL;A_PublicPower;BC;Gg;0.2", head=head)).frame
    assert swapped.equals(read_any(text("PL;2001;A_PublicPower;BC;Gg;0.2")).frame)


def test_a_csv_without_a_date_needs_the_version():
    rows = "ISO2,YEAR,SECTOR,POLLUTANT,UNIT,NUMBER/FLAG\nPL,2001,A_PublicPower,BC,Gg,0.2\n"
    assert detect(io.BytesIO(rows.encode())).name == "emep_ceip"
    with pytest.raises(DataError, match="option version"):
        read_any(io.BytesIO(rows.encode()))
    frame = read_any(io.BytesIO(rows.encode()), version="2023-10-19").frame
    assert frame["value_kt"].tolist() == [0.2]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("PL;2001;A_PublicPower;BC;Gg;0,2", "row 3, column NUMBER/FLAG: found '0,2'"),
        ("PL;2001;A_PublicPower;BC;Gg;1 000", "found '1 000'"),
        ("PL;2001;A_PublicPower;BC;Gg;", "found ''"),
        ("PL;2001;A_PublicPower;BC;Gg;nan", "found 'nan'"),
        ("PL;01.02.2001;A_PublicPower;BC;Gg;1", "column YEAR: found '01.02.2001'"),
        ("QQ;2001;A_PublicPower;BC;Gg;1", "the region 'QQ'"),
        ("PL;2001;A_PublicPower;BC;Gg;1e30", "at most what the world emits"),
        ("PL;2001;A_PublicPower;BC;Gg", "5 cells"),
        ("PL;2001;A_PublicPower;BCC;Gg;1", "Did you mean 'BC'"),
    ],
)
def test_a_wrong_cell_is_named(row, message):
    with pytest.raises(DataError, match=message.replace("(", r"\(")):
        read_any(text(row))


def test_a_row_that_stands_twice_is_refused():
    with pytest.raises(DataError, match="each key once"):
        read_any(text("PL;2001;A_PublicPower;BC;Gg;1", "PL;2001;A_PublicPower;BC;Gg;2"))


def test_a_file_cut_within_a_number_is_refused():
    with pytest.raises(DataError, match="a last line without an end"):
        read_any(io.BytesIO((_HEAD + "PL;2001;A_PublicPower;BC;Gg;0.2").encode()))


def test_a_negative_emission_is_skipped_and_reported():
    result = read_any(text("RS;1991;O_AviCruise;BC;Gg;-4.7e-06", "RS;1991;A_PublicPower;BC;Gg;1"))
    assert len(result.frame) == 1
    assert result.report.skipped[0].rows == 1


def test_an_incomplete_year_is_noted():
    result = read_any(text(*country("LT", 2018, [1])[:2]))
    assert result.report.notes[0].startswith("LT 2018: no row for C_OtherStatComb")


_MEMBERS = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
).split()


@pytest.mark.shared
def test_the_published_sums_of_the_members(shared):
    frame = read_any(shared / "data/emep-ceip-bc/EMEP_NFR14_LEVEL1_BC.txt").frame
    members = frame[frame["region"].isin(_MEMBERS) & (frame["sector_level"] == "part")]
    sums = members.groupby("year")["value_kt"].sum()
    expected = {2000: 346.8, 2005: 321.5, 2010: 291.8, 2015: 232.9, 2018: 217.7, 2020: 188.2}
    expected[2022] = 181.5
    assert sums[list(expected)].round(1).to_dict() == expected
    silent = members[members["region"].isin(["AT", "LU"])]
    assert len(silent) == 2 * 33 * 13
    assert set(silent["notation_key"]) == {"NE"}
    assert silent["value_kt"].isna().all()
    # The Union reports the sum of its members to 0.2 t where every member gave every sector.
    union = frame[(frame["region"] == "EU27_2020") & (frame["sector_level"] == "part")]
    gap = union.groupby("year")["value_kt"].sum() - sums
    whole = [year for year in range(2000, 2023) if year not in (2018, 2019)]
    assert gap[whole].abs().max() < 0.0003


@pytest.mark.shared
def test_national_totals_keep_their_keys(shared):
    report = read_any(shared / "data/emep-ceip-bc/EMEP_National_Totals_BC.txt").report
    assert report.rows == 1681
    # 48 as published and 172 zeros, which can't be the BC of a country.
    assert report.notation_keys == {"IE": 1, "NA": 32, "NE": 220, "NR": 110}


@pytest.mark.shared
def test_every_key_of_level_2_is_read(shared):
    result = read_any(
        shared / "data/emep-ceip-bc/EMEP_NFR14_LEVEL2_BC_webdab-2015-10-21.txt", species="BC"
    )
    assert result.report.rows == 118_182
    assert result.report.notation_keys == {
        "C": 26, "IE": 3054, "NA": 24_069, "NE": 31_309, "NO": 13_741, "NR": 22_835,
    }  # fmt: skip
    levels = result.frame.drop_duplicates("sector").set_index("sector")["sector_level"]
    assert set(levels[levels == "aggregate"].index) == {"1A3", "NT COMPLIANCE"}
    assert {"ADJUSTMENTS", "1A3ai(ii)", "1A3di(i)", "11A", "11B", "11C", "6B", "1A5c"} <= set(
        levels[levels == "memo"].index
    )
