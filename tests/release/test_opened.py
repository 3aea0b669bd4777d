"""Asking a release: names at every level, numbers worked out by hand, honest refusals."""

import subprocess
import sys

import pandas as pd
import pytest

import bc_inventory as bci
from bc_inventory import schema
from bc_inventory.errors import BCInventoryError, DataError, ReleaseError


@pytest.fixture(scope="module")
def release(small_root):
    return bci.open_release(root=small_root)


def sums(frame):
    return frame.groupby("region")["emission_kt"].sum().round(12).to_dict()


@pytest.mark.parametrize(
    "name", ["DE", "Germany", "germany", "德国", "DEU", ["DE"], "EU", "EU-WEST"]
)
def test_a_country_by_any_of_its_names(release, name):
    assert sums(release.emissions(region=name)) == {"DE": 0.044}


@pytest.mark.parametrize(
    "name", ["CN-HE", "Hebei", "河北", "河北省", "China", "中国", "CN", "CN-NORTH"]
)
def test_a_province_by_any_of_its_names(release, name):
    assert sums(release.emissions(region=name)) == {"CN-HE": 0.11}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1A4bi", {"CN-HE": 0.08, "DE": 0.044}),
        ("1.A.4.b.i", {"CN-HE": 0.08, "DE": 0.044}),
        ("1A4", {"CN-HE": 0.08, "DE": 0.044}),
        ("C_OtherStationaryComb", {"CN-HE": 0.08, "DE": 0.044}),
        ("C", {"CN-HE": 0.08, "DE": 0.044}),
        ("1A2f", {"CN-HE": 0.03, "DE": 0.0}),
        (["C", "1A2f"], {"CN-HE": 0.11, "DE": 0.044}),
        ("1A", {"CN-HE": 0.11, "DE": 0.044}),
    ],
)
def test_a_sector_at_every_level(release, name, expected):
    assert sums(release.emissions(sector=name)) == expected


def test_the_columns_are_those_of_the_contract(release):
    made = release.emissions()
    assert set(made.columns) == set(schema.table("emissions").names)
    assert not any(isinstance(kind, pd.CategoricalDtype) for kind in made.dtypes)
    few = release.emissions("DE", columns=["region", "emission_kt"])
    assert list(few.columns) == ["region", "emission_kt"]


def test_both_factor_sets_only_when_asked_for(release):
    assert set(release.emissions()["factor_set"]) == {"harmonised"}
    assert set(release.emissions(factor_set="official")["factor_set"]) == {"official"}
    assert set(release.emissions(factor_set=None)["factor_set"]) == {"harmonised", "official"}


def test_memo_items_only_when_asked_for(release):
    assert not release.emissions()["memo"].any()
    assert len(release.emissions(memo=None)) >= len(release.emissions())


def test_totals_are_as_drawn(release):
    made = release.totals()
    assert made.set_index("side")["emission_kt"].round(12).to_dict() == {"EU": 0.044, "CN": 0.11}
    assert set(made["level"]) == {"side"}
    (row,) = release.totals("EU", "C").to_dict("records")
    assert (row["level"], row["region"]) == ("side_gnfr", "*")
    (row,) = release.totals("DE", "1A4bi", 2018).to_dict("records")
    assert row["level"] == "region_nfr"
    assert row["emission_kt"] == pytest.approx(0.044)
    assert row["lower_kt"] < row["emission_kt"] < row["upper_kt"]
    # A side and a region of the other one: each as it was drawn.
    assert set(release.totals(["EU", "CN-HE"])["region"]) == {"*", "CN-HE"}
    assert set(release.totals(["EU", "DE"])["region"]) == {"*", "DE"}
    both = release.totals("EU", ["C", "1A4bi"])
    assert sorted(zip(both["gnfr"], both["nfr"], strict=True)) == [
        ("*", "1A4bi"),
        ("C_OtherStationaryComb", "*"),
    ]
    # A group or a higher level has no draw of its own: each member is a row.
    assert release.totals("EU-WEST", "1A4")[["region", "nfr"]].to_numpy().tolist() == [
        ["DE", "1A4bi"]
    ]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"region": "Hebie"}, "Hebei"),
        ({"region": "FR"}, "holds"),
        ({"region": "HK"}, "holds"),
        ({"region": ""}, "known region"),
        ({"sector": "1A4bx"}, "1A4bi"),
        ({"sector": "9Z"}, "known"),
        ({"sector": "5A"}, "holds"),
        ({"year": 2017}, "2018"),
        ({"columns": ["emission_Gg"]}, "emission_kt"),
        ({"columns": ['x" from emissions --']}, "column"),
    ],
)
def test_what_isnt_there_is_an_error_and_not_an_empty_table(release, asked, words):
    with pytest.raises(DataError, match=words):
        release.emissions(**asked)


def test_a_grid_is_read_when_it_is_used(release):
    with release.grid() as grid:
        assert "sector" in grid.dims
        assert not any(variable.load is None for variable in grid.variables.values())
    with release.grid(2018, "1A4bi") as grid:
        assert grid.sizes["sector"] == 1
    with pytest.raises(ReleaseError, match="grids of: 2018"):
        release.grid(2015)


def test_other_tables(release):
    assert len(release.observations())
    assert set(release.tables) >= {"activity", "emissions", "totals", "observations"}
    with pytest.raises(ReleaseError, match="it has activity"):
        release.table("nothing")


@pytest.mark.parametrize("version", ["..", "../small", "/etc", "a\0", "x" * 400, "nul", "2018", ""])
def test_a_version_isnt_a_path(small_root, version):
    with pytest.raises(ReleaseError):
        bci.open_release(version, root=small_root)


@pytest.mark.parametrize("name", ["../manifest.json", "/etc/passwd", "no.nc", "emissions", ".."])
def test_a_file_isnt_a_path(release, name):
    with pytest.raises(ReleaseError):
        release.file(name)


def test_there_is_no_release_where_nothing_is(tmp_path):
    with pytest.raises(ReleaseError, match="Build one first"):
        bci.open_release(root=tmp_path / "nothing")


def test_all_refusals_are_errors_a_command_can_print():
    assert issubclass(DataError, BCInventoryError)
    assert issubclass(ReleaseError, BCInventoryError)


def test_importing_the_package_imports_nothing_heavy(root):
    code = (
        "import sys, bc_inventory; "
        "heavy = {'pandas', 'numpy', 'duckdb', 'pyarrow', 'xarray', 'prefect'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
    with pytest.raises(AttributeError, match="nothing"):
        bci.nothing  # noqa: B018
