"""An overlay: rows by key and whole tables in place of the embedded ones, or a clear refusal."""

import csv
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.reference.changed_tables import overlaid
from bc_inventory.reference.overlay import resolve
from bc_inventory.reference.paths import embedded_root
from bc_inventory.storage.hashing import content_of

FUELS = "fuel,name,name_zh,kind,source_id\n"


@pytest.fixture
def lay(tmp_path):
    """Return a way to resolve an overlay given as texts of files by path."""

    def resolved(**files):
        folder = tmp_path / "overlay"
        shutil.rmtree(folder, ignore_errors=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return resolve(folder, tmp_path / "results")

    return resolved


def embedded(name):
    return (embedded_root() / name).read_text("utf-8")


def others(root, *names):
    """Return the digests of all files of a root but some."""
    return {name: digest for name, digest, _ in content_of(root).files if name not in names}


def changes(root):
    return {c.table: (c.given_as, c.replaced, c.added, c.removed) for c in overlaid(root)}


def test_rows_replace_those_of_their_key_and_add_others(lay):
    lines = embedded("fuels.csv").splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("natural_gas,"))
    # The columns may stand in another order.
    rows = (
        "name,fuel,kind,name_zh,source_id\n"
        "methane,natural_gas,gas,甲烷,bcinv-codelists\n"
        "peat cubes,cubes,solid,泥炭,bcinv-codelists\n"
    )
    root = lay(**{"fuels.rows.csv": rows})
    wanted = [*lines]
    wanted[place] = "natural_gas,methane,甲烷,gas,bcinv-codelists"
    wanted.append("cubes,peat cubes,泥炭,solid,bcinv-codelists")
    assert (root / "fuels.csv").read_text("utf-8").splitlines() == wanted
    assert changes(root) == {"fuels.csv": ("rows", 1, 1, 0)}
    assert others(root, "fuels.csv") == others(embedded_root(), "fuels.csv")


def test_a_whole_table_replaces_the_embedded_one_byte_for_byte(lay):
    lines = embedded("fuels.csv").splitlines()
    text = "\n".join([*lines[:3], "bricks_p,peat bricks,泥炭,solid,bcinv-codelists", ""])
    root = lay(**{"fuels.csv": text})
    assert (root / "fuels.csv").read_text("utf-8") == text
    assert changes(root) == {"fuels.csv": ("table", 0, 1, len(lines) - 3)}
    assert others(root, "fuels.csv") == others(embedded_root(), "fuels.csv")


def test_a_parquet_table_is_replaced_whole(lay, tmp_path):
    table = schema.read_parquet(embedded_root() / "spatial" / "places.parquet", "spatial_places")
    table.loc[0, "population"] += 1
    schema.write_parquet(table.iloc[:-1], "spatial_places", tmp_path / "places.parquet")
    content = (tmp_path / "places.parquet").read_bytes()
    root = lay(**{"spatial/places.parquet": content})
    assert (root / "spatial" / "places.parquet").read_bytes() == content
    assert changes(root) == {"spatial/places.parquet": ("table", 1, 0, 1)}


def test_a_year_of_activity_may_be_added(lay):
    text = embedded("activity/eu_2018.csv").replace("\n2018,", "\n2031,")
    root = lay(**{"activity/eu_2031.csv": text})
    assert (root / "activity" / "eu_2031.csv").read_text("utf-8") == text
    assert changes(root)["activity/eu_2031.csv"][2] == text.count("\n") - 1


def test_a_copy_of_all_facts_is_no_overlay_and_an_edited_one_that_of_what_was_edited(tmp_path):
    shutil.copytree(embedded_root(), tmp_path / "copy")
    assert resolve(tmp_path / "copy", tmp_path / "results") is None
    assert not (tmp_path / "results").exists()
    path = tmp_path / "copy" / "fuels.csv"
    path.write_text(
        path.read_text("utf-8") + "bricks_p,peat bricks,泥炭,solid,bcinv-codelists\n", "utf-8"
    )
    root = resolve(tmp_path / "copy", tmp_path / "results")
    assert changes(root) == {"fuels.csv": ("table", 0, 1, 0)}


def test_the_same_content_has_the_same_root_and_another_content_another(lay, tmp_path):
    one = lay(**{"fuels.rows.csv": FUELS + "a,a,甲,solid,bcinv-codelists\n"})
    two = lay(**{"fuels.rows.csv": FUELS + "a,a,甲,liquid,bcinv-codelists\n"})
    again = lay(**{"fuels.rows.csv": FUELS + "a,a,甲,solid,bcinv-codelists\n"})
    assert one == again != two
    assert one.is_absolute()
    # A root that was damaged is written again.
    (one / "regions.csv").write_text("")
    assert lay(**{"fuels.rows.csv": FUELS + "a,a,甲,solid,bcinv-codelists\n"}) == one
    assert others(one, "fuels.csv") == others(embedded_root(), "fuels.csv")


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_rows_of_a_table_laid_over_it_change_nothing(lay, data):
    name = data.draw(st.sampled_from(["penetration", "hotspot_groups", "activity_repairs"]))
    header, *rows = list(csv.reader(embedded(f"{name}.csv").splitlines()))
    taken = data.draw(st.lists(st.sampled_from(rows), min_size=1, unique_by=tuple))
    order = data.draw(st.permutations(range(len(header))))
    lines = [",".join(f'"{row[n]}"' for n in order) for row in [header, *taken]]
    root = lay(**{f"{name}.rows.csv": "\n".join(lines) + "\n"})
    before, after = (
        schema.read_csv(base / f"{name}.csv", name) for base in (embedded_root(), root)
    )
    pd.testing.assert_frame_equal(before, after)
    assert changes(root) == {f"{name}.csv": ("rows", 0, 0, 0)}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"emision_factors.csv": "a"}, ["emision_factors.csv", "'emission_factors.csv'"]),
        ({"means.csv": "a"}, ["no table of the facts", "'observations/means.csv'"]),
        ({"spatial/points.rows.csv": "a"}, ["spatial/points.parquet is no CSV table"]),
        ({"zzzzz.xlsx": "a"}, ["zzzzz.xlsx", "docs/data.md"]),
        (
            {"fuels.csv": FUELS, "fuels.rows.csv": FUELS},
            ["fuels.csv as a whole and as rows", "Put the rows into the table"],
        ),
        ({"README.md": "only words"}, ["no table", "facts.folder"]),
        (
            {
                "fuels.rows.csv": FUELS
                + "a,a,甲,solid,bcinv-codelists\nb,b,乙,sold,bcinv-codelists\n"
            },
            ["fuels.rows.csv, row 3, column kind", "'sold'", "'solid'"],
        ),
        (
            {"fuels.rows.csv": FUELS + "a,a,甲,solid,bcinv-codelists\n" * 2},
            ["fuels.rows.csv, row 3, column fuel", "the key fuel=a again"],
        ),
        ({"fuels.rows.csv": "fuel,kind\na,solid\n"}, ["fuels.rows.csv, column name", "no such"]),
        (
            {"fuels.csv": "nothing", "abatement.csv": ""},
            ["fuels.csv, column fuel", "abatement.csv: found an empty file"],
        ),
        ({"spatial/places.parquet": b"PAR1"}, ["places.parquet", "isn't whole Parquet"]),
    ],
)
def test_what_is_no_overlay_is_refused_by_name(lay, files, words):
    with pytest.raises(DataError) as caught:
        lay(**files)
    for word in words:
        assert word in str(caught.value)


def test_a_folder_that_is_absent_and_a_link_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"nowhere.*no such folder"):
        resolve(tmp_path / "nowhere", tmp_path / "results")
    (tmp_path / "overlay").mkdir()
    (tmp_path / "overlay" / "fuels.csv").symlink_to(embedded_root() / "fuels.csv")
    with pytest.raises(DataError, match=r"fuels\.csv: found a link"):
        resolve(tmp_path / "overlay", tmp_path / "results")


def test_rows_with_and_without_a_column_that_has_a_default_meet(lay):
    """A file may leave `value_kind` out, whichever of the two it is."""
    header, first = embedded("abatement.csv").splitlines()[:2]
    assert "value_kind" not in header
    names = header.split(",")
    cells = next(csv.reader([first]))
    with_kind = ",".join([*names, "value_kind"]) + "\n" + ",".join([*cells, "median"]) + "\n"
    root = lay(**{"abatement.rows.csv": with_kind})
    kinds = schema.read_csv(root / "abatement.csv", "abatement")["value_kind"]
    assert kinds.value_counts().to_dict() == {"mean": len(kinds) - 1, "median": 1}
    header, *lines = embedded("emission_factors.csv").splitlines()
    median = next(row for row in csv.DictReader([header, *lines]) if row["value_kind"] == "median")
    del median["value_kind"]
    body = ",".join(median) + "\n" + ",".join(f'"{cell}"' for cell in median.values()) + "\n"
    root = lay(**{"emission_factors.rows.csv": body})
    factors = schema.read_csv(root / "emission_factors.csv", "emission_factors")
    mine = factors.set_index("factor_id").loc[median["factor_id"]]
    assert mine["value_kind"] == "mean"


SHARES = "scope,nfr,fuel,technology,year,share,share_lower,share_upper,confidence,source_id,note\n"


def test_comments_and_stubs_change_nothing(lay):
    stub = "fuel,name,name_zh,kind,source_id\n# cubes of peat\n#cubes,peat cubes,泥炭,solid,s\n\n"
    assert lay(**{"fuels.rows.csv": stub}) is None
    # A message still names the line of the file.
    with pytest.raises(DataError, match=r"row 3, column kind: found 'gass'"):
        lay(**{"fuels.rows.csv": f"{FUELS}# first\nnatural_gas,methane,,gass,bcinv-codelists\n"})


def test_shares_given_replace_the_whole_split_of_their_year(lay):
    text = f"{SHARES}PL,1A4bi,hard_coal,coal_boiler_automatic,2015,1,1,1,high,bcinv-codelists,\n"
    root = lay(**{"technology_shares.rows.csv": text})
    shares = pd.read_csv(root / "technology_shares.csv").query(
        "scope == 'PL' and nfr == '1A4bi' and fuel == 'hard_coal'"
    )
    assert shares.query("year == 2015")["technology"].tolist() == ["coal_boiler_automatic"]
    assert shares.query("year != 2015").groupby("year")["share"].sum().to_numpy() == pytest.approx(
        1
    )
    rows = pd.read_parquet(root.parent / "facts_changed.parquet")
    removed = rows[rows["change"] == "removed"]["row"].tolist()
    assert removed == [
        f"scope=PL;nfr=1A4bi;fuel=hard_coal;technology={name};year=2015"
        for name in ("coal_boiler_conventional", "coal_stove_conventional")
    ]


def test_each_changed_value_is_listed_with_the_embedded_one(lay):
    rows = "natural_gas,methane,天然气,gas,bcinv-codelists\ncubes,peat,泥炭,solid,bcinv-codelists\n"
    root = lay(**{"fuels.rows.csv": FUELS + rows})
    listed = pd.read_parquet(root.parent / "facts_changed.parquet")
    assert listed.astype(object).where(listed.notna(), None).to_numpy().tolist() == [
        ["fuels.csv", "fuel=cubes", "added", "*", None, None],
        ["fuels.csv", "fuel=natural_gas", "replaced", "name", "natural gas", "methane"],
    ]
