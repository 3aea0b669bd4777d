import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.errors import DataError
from bc_inventory.reference import codelists as v


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("DEU", "DE"), ("Germany", "DE"), ("德国", "DE"),
        ("EL", "GR"), ("GR", "GR"), ("UK", "GB"), ("Greece", "GR"), ("希腊", "GR"),
        ("CN-HE", "CN-HE"), ("Hebei", "CN-HE"), ("河北", "CN-HE"), ("河北省", "CN-HE"),
        ("130000", "CN-HE"), ("Inner Mongolia", "CN-NM"), ("内蒙古自治区", "CN-NM"),
        ("广西壮族自治区", "CN-GX"), ("北京市", "CN-BJ"), ("Shaanxi", "CN-SN"),
        ("陕西", "CN-SN"), ("山西", "CN-SX"), ("Shanxi", "CN-SX"), ("香港特别行政区", "HK"),
        ("Hong Kong", "HK"), ("中国", "CN"), ("Sint Maarten (Dutch part)", "SX"), ("US", "US"),
    ],
)  # fmt: skip
def test_a_region_is_known_by_its_codes_and_names(name, code):
    assert v.resolve_region(name) == code


def test_letters_of_a_province_alone_are_a_country_or_nothing():
    assert v.resolve_region("SC") == "SC"
    with pytest.raises(DataError, match="'ZJ'; expected a known region"):
        v.resolve_region("ZJ")


def test_a_misspelt_region_is_answered_with_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'Hebei'"):
        v.resolve_region("Hebie")
    with pytest.raises(DataError, match="Did you mean 'Germany'"):
        v.resolve_region("Germny")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("1A4bi", "1A4bi"), ("1.A.4.b.i", "1A4bi"), ("1 A 4 b i", "1A4bi"), ("1a4BI", "1A4bi"),
        ("N14 1A4bi", "1A4bi"), ("NFR 1.A.4.b.i", "1A4bi"), ("1.A.3.d.i(ii)", "1A3di(ii)"),
        ("3.F", "3F"), ("Cement production", "2A1"),
    ],
)  # fmt: skip
def test_a_sector_is_known_with_dots_spaces_and_prefix(name, code):
    assert v.resolve_sector(name) == code


def test_brackets_tell_sectors_apart():
    assert v.resolve_sector("1A3di(i)") != v.resolve_sector("1A3di(ii)")
    with pytest.raises(DataError, match="a known NFR category"):
        v.resolve_sector("1A3d")


def test_every_sector_fuel_technology_and_region_resolves_to_itself_by_each_name():
    tables = [
        (v.sectors(), "nfr", v.resolve_sector),
        (v.fuels(), "fuel", v.resolve_fuel),
        (v.technologies(), "technology", v.resolve_technology),
        (v.regions(), "region", v.resolve_region),
    ]
    for table, code, resolve in tables:
        for column in (code, "name", "name_zh"):
            for name, wanted in zip(table[column], table[code], strict=True):
                assert resolve(name) == wanted, (column, name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("C_OtherStatComb", "C_OtherStationaryComb"), ("C", "C_OtherStationaryComb"),
        ("GNFR C", "C_OtherStationaryComb"), ("C_OtherStationaryComb", "C_OtherStationaryComb"),
        ("I_OffRoad", "I_Offroad"), ("F_RoadTransport", "F_RoadTransport"), ("z_Memo", "z_Memo"),
    ],
)  # fmt: skip
def test_an_aggregate_is_known_in_the_spellings_of_publishers(name, code):
    assert v.resolve_gnfr(name) == code


def test_an_aggregate_with_other_words_is_refused():
    with pytest.raises(DataError, match="a known GNFR aggregate"):
        v.resolve_gnfr("C_Industry")


def test_sectors_and_aggregates_lead_to_each_other():
    assert v.gnfr_of("1.A.4.b.i") == "C_OtherStationaryComb"
    assert v.nfr_of("C") == ("1A4ai", "1A4bi", "1A4ci", "1A5a")
    for nfr in v.sectors()["nfr"]:
        assert nfr in v.nfr_of(v.gnfr_of(nfr))


def test_sides_and_groups_have_their_members():
    assert len(v.members("EU")) == 27
    assert len(v.members("CN")) == 31
    assert not {"HK", "MO", "TW"} & set(v.members("CN"))
    assert set(v.members("EU-WEST")) < set(v.members("EU"))
    assert v.members("PL") == ("PL",)
    with pytest.raises(DataError, match="Did you mean 'EU-WEST'"):
        v.members("EU-WSET")


def test_a_pollutant_is_known_in_several_spellings():
    assert {v.resolve_species(name) for name in ("PM2.5", "pm25", "PM2_5")} == {"PM25"}
    with pytest.raises(DataError, match="a known pollutant"):
        v.resolve_species("soot")


def test_codes_of_countries_are_unique_and_of_the_right_length():
    table = v.countries()
    assert len(table) == 249
    assert table["alpha_3"].is_unique and table["alpha_2"].is_unique
    assert table["alpha_2"].str.fullmatch("[A-Z]{2}").all()
    assert table["alpha_3"].str.fullmatch("[A-Z]{3}").all()
    assert v.alpha_2("chn") == "CN"
    assert v.alpha_2("QQQ") is None


@settings(max_examples=25)
@given(st.text(max_size=12))
def test_any_text_resolves_or_is_refused(text):
    for resolve in (v.resolve_region, v.resolve_sector, v.resolve_gnfr, v.resolve_fuel):
        try:
            assert resolve(text)
        except DataError:
            pass
