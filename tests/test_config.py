"""A configuration is read strictly and says what would have been valid."""

import pytest

from bc_inventory.config import load_config
from bc_inventory.errors import ConfigError


def refuse(tmp_path, text):
    path = tmp_path / "c.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    return caught.value.problems[0]


def test_the_default_is_the_2018_inventory_of_both_sides():
    config = load_config()
    assert config.inventory.years == (2018,)
    assert config.inventory.regions == ()
    assert config.uncertainty.draws == 10_000
    assert config.grid.resolution == 0.1


def test_an_integer_is_a_good_number(tmp_path):
    path = tmp_path / "c.toml"
    path.write_text("[grid]\nresolution = 1\n")
    assert load_config(path).grid.resolution == 1.0


def test_an_unknown_key_names_the_nearest(tmp_path):
    found = refuse(tmp_path, "[inventory]\nyeras = [2018]\n")
    assert "'years'" in found.remedy


def test_an_unknown_section_names_the_nearest(tmp_path):
    assert "'inventory'" in refuse(tmp_path, "[inventroy]\nname = 'a'\n").remedy


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[inventory]\nyears = 2018\n", "inventory.years"),
        ("[inventory]\nyears = ['2018']\n", "inventory.years"),
        ("[uncertainty]\ndraws = true\n", "uncertainty.draws"),
        ("[uncertainty]\ndraws = 0\n", "uncertainty.draws"),
        ("[grid]\nresolution = 0.3\n", "grid.resolution"),
        ("[grid]\nperiod = 'week'\n", "grid.period"),
        ("[hotspots]\nresolution = 2\n", "hotspots.resolution"),
        ("[compute]\nscheduler = 'spark'\n", "compute.scheduler"),
        ("[compute]\nworkers = 0\n", "compute.workers"),
        ("[inventory]\nbase_year = 1999\n", "inventory.base_year"),
        ("[inventory]\nname = '../up'\n", "inventory.name"),
        ("[inventory]\nname = 'con'\n", "inventory.name"),
        ("[inventory]\nfactor_sets = ['best']\n", "inventory.factor_sets"),
        ("[output]\nfolder = '../elsewhere'\n", "output.folder"),
        ("[output]\nfolder = '/etc'\n", "output.folder"),
        ("[output]\nfolder = 'c:\\\\x'\n", "output.folder"),
        ("[facts]\nfolder = 'a/../../b'\n", "facts.folder"),
        ("[hotspots]\nprevious = '../other/2018-1'\n", "hotspots.previous"),
    ],
)
def test_wrong_types_and_unsafe_values_are_refused(tmp_path, text, key):
    assert refuse(tmp_path, text).column == key


@pytest.mark.parametrize("text", ["[inventory", b"\xff\xfe", "name = 'a'\n"])
def test_what_is_not_a_configuration_is_refused(tmp_path, text):
    assert refuse(tmp_path, text).expected


def test_an_absent_file_names_the_shipped_ones():
    with pytest.raises(ConfigError, match="default"):
        load_config("no-such")
