"""Names of regions that people type resolve, or are refused without pointing elsewhere."""

import pytest

from bc_inventory.errors import DataError
from bc_inventory.reference.codelists import regions, resolve_region


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Xizang", "CN-XZ"),
        ("Tibet", "CN-XZ"),
        ("Shensi", "CN-SN"),
        ("Shansi", "CN-SX"),
        ("Shaanxi", "CN-SN"),
        ("Shanxi", "CN-SX"),
        ("陝西", "CN-SN"),
        ("陕西省", "CN-SN"),
        ("山西", "CN-SX"),
        ("Nei Mongol", "CN-NM"),
        ("NeiMongol", "CN-NM"),
        ("nei mongol", "CN-NM"),
        ("内蒙", "CN-NM"),
        ("內蒙古", "CN-NM"),
        ("内蒙古自治区", "CN-NM"),
        ("Honan", "CN-HA"),
        ("Hunan", "CN-HN"),
        ("Hopei", "CN-HE"),
        ("Hupeh", "CN-HB"),
        ("Kwangsi", "CN-GX"),
        ("廣東省", "CN-GD"),
        ("Xinjiang Uygur Autonomous Region", "CN-XJ"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Slovak Republic", "SK"),
        ("The Netherlands", "NL"),
        ("Russia", "RU"),
        ("Kosovo", "XK"),
        ("XK", "XK"),
        ("Macau", "MO"),
        ("Macao", "MO"),
        ("EL", "GR"),
        ("UK", "GB"),
        ("NA", "NA"),
        ("波蘭", "PL"),
        ("波兰", "PL"),
        ("Türkiye", "TR"),
        ("USA", "US"),
        ("South Korea", "KR"),
        ("Côte d’Ivoire", "CI"),
    ],
)
def test_it_resolves(name, code):
    assert resolve_region(name) == code


def test_every_code_and_name_of_ours_resolves_to_itself():
    for row in regions().itertuples():
        for name in (row.region, row.name, row.name_zh):
            assert resolve_region(name) == row.region


@pytest.mark.parametrize("name", ["Russland", "Atlantis", "Mongoliaa land", "Chechnya", "Canton"])
def test_an_unknown_name_points_nowhere(name):
    with pytest.raises(DataError) as refused:
        resolve_region(name)
    assert "Did you mean" not in str(refused.value)


def test_a_slip_is_suggested():
    with pytest.raises(DataError, match="Did you mean 'Germany'"):
        resolve_region("Germnay")


def test_a_group_is_not_taken_for_another_place():
    with pytest.raises(DataError, match="stands for several regions"):
        resolve_region("EU")
