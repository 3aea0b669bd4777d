import io

import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.inventories import reas2
from bc_inventory.readers.registry import read_all, read_any

_V3 = """REASv3.2 SECTOR CHN HE BC [kt/year]
                   2014           2015
PP        0.1000000E+01  0.2000000E+01
IND       0.1000000E+02  0.2000000E+02
ROAD      0.0000000E+00  0.0000000E+00
OTRA      0.0000000E+00  0.0000000E+00
RESI      0.5000000E+01  0.5000000E+01
ODOM      0.0000000E+00  0.0000000E+00
TOTAL     0.1600000E+02  0.2700000E+02
"""


def v3(text=_V3):
    return io.BytesIO(text.encode())


def test_a_province_is_read_with_its_total_as_an_aggregate():
    frame = read_any(v3()).frame
    assert set(frame["region"]) == {"CN-HE"}
    parts = frame[frame["sector_level"] == "part"]
    assert parts.groupby("year")["value_kt"].sum().to_dict() == {2014: 16.0, 2015: 27.0}
    assert frame[frame["sector"] == "TOTAL"]["sector_level"].unique().tolist() == ["aggregate"]


@pytest.mark.parametrize(
    ("code", "region", "level"),
    [
        ("CHN SX", "CN-SX", "part"),
        ("CHN SN", "CN-SN", "part"),
        ("CHN HK", "HK", "country"),
        ("CHN WC", "CHN_WC", "aggregate"),
        ("TWN WC", "TW", "country"),
        ("IND AN", "IND_AN", "part"),
        ("IND WC", "IN", "country"),
    ],
)
def test_the_whole_country_stands_apart_from_its_parts(code, region, level):
    frame = read_any(v3(_V3.replace("CHN HE", code))).frame
    assert frame[["region", "region_level"]].drop_duplicates().to_numpy().tolist() == [
        [region, level]
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.5000000E+01  0.5000000E+01", "0.5000000E+01  0.5100000E+01", "add up to 27.1"),
        ("0.5000000E+01  0.5000000E+01", "0.5000000E+01", "found 1 numbers"),
        ("0.5000000E+01  0.5000000E+01", "0.5000000E+01  *************", "found '\\*"),
        ("0.5000000E+01  0.5000000E+01", "0,5000000E+01  0.5000000E+01", "found '0,5"),
        ("RESI ", "RASI ", "the row 'RASI'"),
        ("ODOM ", "RESI ", "each once"),
        ("kt/year", "t/year", "no title"),
        ("2014", "20I4", "a line of years"),
        ("CHN HE", "CHN QQ", "the region CHN QQ"),
        ("TOTAL     0.1600000E+02  0.2700000E+02\n", "", "no row TOTAL"),
    ],
)
def test_damage_is_refused(old, new, message):
    with pytest.raises(DataError, match=message):
        read_any(v3(_V3.replace(old, new)), "reas3")


def test_another_pollutant_than_asked_for_is_refused():
    with pytest.raises(DataError, match="the pollutant BC; expected OC"):
        read_any(v3(), species="OC")


@pytest.mark.shared
def test_reas_3_provinces_and_whole_country_of_2015(shared):
    files = sorted((shared / "data/reas-v3.2-bc").glob("*.txt"))
    assert len(files) == 80
    frame, reports = read_all(files)
    assert len(reports) == len(files)
    parts = frame[(frame["year"] == 2015) & (frame["sector_level"] == "part")]
    by_region = parts.groupby("region")["value_kt"].sum()
    provinces = by_region[by_region.index.str.startswith("CN-")]
    assert len(provinces) == 31
    assert provinces.sum() == pytest.approx(1642.353, abs=0.001)
    assert by_region["CHN_WC"] == pytest.approx(1643.015, abs=0.001)
    assert by_region["HK"] + by_region["MO"] + provinces.sum() == pytest.approx(
        by_region["CHN_WC"], rel=1e-6
    )
    # Summing countries takes Hong Kong and Macao once and no province or aggregate.
    countries = parts[parts["region_level"] == "country"]
    assert {"HK", "MO", "TW", "IN", "JP"} <= set(countries["region"])
    assert "CHN_WC" not in set(countries["region"])


@pytest.mark.shared
def test_reas_2_sums_of_the_provinces(shared):
    files = sorted((shared / "data/reas-v2.1-bc-china").glob("*.txt"))
    assert len(files) == 306
    frame, reports = read_all(files)
    assert len(reports) == len(files)
    parts = frame[frame["sector_level"] == "part"]
    provinces = parts[parts["region"].str.startswith("CN-")]
    assert provinces["region"].nunique() == 31
    sums = provinces.groupby("year")["value_kt"].sum()
    assert sums[[2000, 2005, 2008]].round(1).tolist() == [1134.1, 1461.1, 1587.8]
    of_2007 = provinces[provinces["year"] == 2007]
    by_fuel = of_2007[of_2007["sector"] == "RESIDENT"].groupby("fuel")["value_kt"].sum()
    assert by_fuel[["CROP_RESIDUE", "FUELWOOD", "HARD_COAL"]].round().tolist() == [356, 203, 97]
    by_process = of_2007.groupby("sector")["value_kt"].sum()
    assert by_process[["BRICKS", "COKE_OVENS", "PIG_IRON"]].round(1).tolist() == [
        130.5, 271.2, 78.9,
    ]  # fmt: skip
    whole = parts[parts["region"] == "CHN_WHOL"].groupby("year")["value_kt"].sum()
    apart = parts[parts["region"].isin(["HK", "MO"])].groupby("year")["value_kt"].sum()
    assert (sums + apart - whole).abs().max() < 0.01


def v2(change=lambda lines: lines):
    """A file in which hard coal of industry's OTHERS is 7 t and coke ovens are 3 t."""
    heads = [name.removesuffix("_INDUSTRY").removesuffix("_DOMESTIC") for name in reas2._SECTORS]
    place = reas2._SECTORS.index("OTHERS_INDUSTRY")
    row = [0.0] * 19
    row[place] = 7.0

    def line(name, values):
        return name.ljust(20) + "  ".join(f"{value:.7E}" for value in values)

    lines = ["Year       : 2007", "Country    : CHN", "Sub-Region : SHAA", "  "]
    lines += ["Combustion Sources [t/year]", "  ", "Fuel Type " + " ".join([*heads, "SUB_TOTAL"])]
    lines += [
        line(fuel, [*row, 7.0] if fuel == "HARD_COAL" else [0.0] * 20) for fuel in reas2._FUELS
    ]
    lines += [line("SUB_TOTAL", [*row, 7.0]), "Non-Combustion Sources [t/year]"]
    lines += ["Industry [t/year]", "Sector"]
    lines += [line(p, [3.0 if p == "COKE_OVENS" else 0.0]) for p in reas2._PROCESSES]
    lines += [line("SUB_TOTAL", [3.0]), "Total [t/year]", line("TOTAL", [10.0])]
    buffer = io.BytesIO(("\n".join(change(lines)) + "\n").encode())
    buffer.name = "REASv2.1_BC__2007_CHN_SHAA.txt"
    return buffer


def test_sectors_headed_alike_are_told_apart_by_their_place():
    frame = read_any(v2()).frame
    assert set(frame["region"]) == {"CN-SN"}
    filled = frame[frame["value_kt"] > 0].set_index("sector")["value_kt"]
    assert filled.to_dict() == pytest.approx(
        {"OTHERS_INDUSTRY": 0.007, "COKE_OVENS": 0.003, "TOTAL": 0.010}
    )


def test_columns_in_another_order_are_refused_where_two_are_named_alike():
    def swap(lines):
        lines[6] = lines[6].replace("POWER_PLANTS ENERGY", "ENERGY POWER_PLANTS")
        return lines

    with pytest.raises(DataError, match="two are named alike"):
        read_any(v2(swap))


def test_parts_that_do_not_add_up_are_refused():
    def change(lines):
        return [line.replace("3.0000000E+00", "4.0000000E+00", 1) for line in lines]

    with pytest.raises(DataError, match="the total of everything: parts that add up to 11"):
        read_any(v2(change))


def test_a_file_without_the_name_of_a_pollutant_needs_the_option():
    content = v2().read()
    with pytest.raises(DataError, match="option species"):
        read_any(io.BytesIO(content))
    assert set(read_any(io.BytesIO(content), species="OC").frame["species"]) == {"OC"}
