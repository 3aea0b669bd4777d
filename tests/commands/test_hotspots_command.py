"""`bc-inventory hotspots` on a release of two hotspots."""

from types import MappingProxyType

import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory.commands.hotspots import hotspots, summary
from bc_inventory.reference.domains import Name
from bc_inventory.release.read import release


class _Release:
    """A release of Poland that has its files in one folder."""

    facts = None
    names = MappingProxyType({"EU": Name("Poland", "波兰")})

    def __init__(self, folder):
        self.folder = folder

    def file(self, name):
        return self.folder / name


@pytest.fixture
def rows():
    """Return two hotspots of the EU, one of another kind."""
    common = {
        "year": 2018,
        "side": "EU",
        "sector_group": "all",
        "rank": 1,
        "region": "PL",
        "place_region": "PL",
        "lower_kt": 4.0,
        "upper_kt": 17.7,
        "density_t_km2": 0.49,
        "share_of_side": 0.0262,
        "probability": 0.92,
        "top_nfr": "1A4bi",
    }
    return pd.DataFrame(
        [
            common | {"kind": "density", "place": "Kraków", "emission_kt": 5.84},
            common | {"kind": "significant", "place": "Warsaw", "emission_kt": 42.0},
        ]
    )


def test_a_table_says_place_amount_and_share(rows):
    text = summary(rows[rows["kind"] == "density"], "EU")
    assert "Kraków" in text
    assert "5.84 (4-17.7)" in text
    assert "2.62" in text
    assert summary(rows.iloc[:0], "CN") == "\nCN: no such hotspot"


def test_the_command_lists_one_kind_and_draws_what_is_asked(rows, tmp_path, monkeypatch):
    drawn = {}
    monkeypatch.setattr(release, "open_release", lambda *_args, **_more: _Release(tmp_path))
    monkeypatch.setattr("bc_inventory.analysis.hotspots.files.read_hotspots", lambda _path: rows)
    monkeypatch.setattr(
        "bc_inventory.analysis.maps.png.maps_step",
        lambda inputs, outputs, **more: drawn.update(more, **inputs, **outputs),
    )
    asked = ["--kind", "significant", "--side", "EU", "--maps", str(tmp_path / "m"), "--of", "PL"]
    result = CliRunner().invoke(hotspots, asked)
    assert result.exit_code == 0, result.output
    assert "Warsaw" in result.output
    assert "Poland, 2018" in result.output
    assert "Kraków" not in result.output
    assert drawn["codes"] == ["PL"]
    assert drawn["netcdf"] == tmp_path / "hotspots.nc"
    assert drawn["year"] == 2018
    asked = ["--maps", str(tmp_path / "m"), "--of", "all"]
    assert CliRunner().invoke(hotspots, asked).exit_code == 0
    assert len(drawn["codes"]) == 2 + 27 + 31
    assert drawn["grid"] == tmp_path / "grid_2018.nc"
