"""Publishing: whole or not at all, the same version for the same content."""

import json
import shutil
from pathlib import Path

import pytest

from bc_inventory.errors import BCInventoryError, DataError, ReleaseError
from bc_inventory.pipeline.plan import run
from bc_inventory.release.read.release import open_release
from bc_inventory.release.store.local import LocalStore
from bc_inventory.release.store.names import check_file, check_inventory, check_version
from bc_inventory.release.store.publish import publish
from bc_inventory.release.store.verify import verify_folder
from tests.miniplan import files_of, make_plan, write_inputs

SOURCE = {"source_id": "made_up", "citation": "Nobody (2020).", "licence": "CC0"}


@pytest.fixture
def build(tmp_path):
    write_inputs(tmp_path / "in")

    def make(root: Path = tmp_path / "releases", second: int = 3, variant="", cache="cache"):
        record = run(
            make_plan(tmp_path / "in", second=second), tmp_path / "w", cache=tmp_path / cache
        )
        return publish(
            files_of(record),
            root=root,
            inventory="mini",
            configuration={"inventory": {"name": "mini"}},
            record=record,
            label="2018",
            sources=[SOURCE],
            title="A small inventory",
            variant=variant,
        )

    return make


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_release_is_whole_and_named_after_its_content(build, tmp_path):
    made = build()
    assert made.version.startswith("2018-")
    assert (made.path.parent / "latest").read_text() == f"{made.version}\n"
    manifest = verify_folder(made.path)
    assert [entry["path"] for entry in manifest["files"]] == [
        "parts/0.txt",
        "parts/1.txt",
        "parts/2.txt",
        "total.json",
    ]
    assert manifest["files"][3]["produced_by"] == {"step": "total", "name": "total"}
    assert [entry["path"] for entry in manifest["inputs"]] == ["a.json", "b.json"]
    assert manifest["sources"] == [SOURCE]
    assert "pandas" in manifest["software"]
    assert str(tmp_path) not in json.dumps(manifest)


def test_the_same_content_is_the_same_version_and_isnt_written_twice(build, tmp_path):
    one = build()
    before = {path: path.stat().st_mtime_ns for path in one.path.rglob("*")}
    two = build(cache="other-cache")
    assert two == one
    assert {path: path.stat().st_mtime_ns for path in one.path.rglob("*")} == before
    elsewhere = build(root=tmp_path / "elsewhere")
    assert elsewhere.version == one.version
    assert tree(elsewhere.path) == tree(one.path)


def test_other_content_is_another_version_and_latest_moves(build):
    one, two = build(), build(second=4)
    store = LocalStore(one.path.parents[1])
    assert store.latest("mini") == two.version != one.version
    assert store.versions("mini") == sorted([one.version, two.version])
    verify_folder(one.path)
    assert build() == one
    assert store.latest("mini") == one.version


def test_nothing_but_releases_stays(build):
    made = build()
    names = {path.name for path in made.path.parent.iterdir()}
    assert names <= {made.version, "latest", ".lock"}


def test_what_the_check_refuses_isnt_published(build, monkeypatch):
    first = build()

    def refuse(folder: Path) -> None:
        assert (folder / "manifest.json").is_file()
        raise DataError([])

    monkeypatch.setattr("bc_inventory.release.store.publish.check_content", refuse)
    with pytest.raises(DataError):
        build(second=5)
    store = LocalStore(first.path.parents[1])
    assert store.versions("mini") == [first.version]
    assert store.latest("mini") == first.version


def test_leftovers_of_dead_builds_are_removed(build):
    made = build()
    dead = made.path.parent / ".part-dead"
    (dead / "deep").mkdir(parents=True)
    (dead / "deep" / "file").write_text("half")
    build(second=4)
    assert not dead.exists()


@pytest.mark.parametrize("damage", ["flip", "missing", "extra", "link", "manifest", "renamed"])
def test_damage_is_named(build, damage):
    made = build()
    path = made.path / "total.json"
    target = "total.json"
    if damage == "flip":
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[0] ^= 1
        path.write_bytes(bytes(data))
    elif damage == "missing":
        path.unlink()
    elif damage == "extra":
        target = "total2.json"
        (made.path / target).write_text("1")
    elif damage == "link":
        target = "link"
        (made.path / target).symlink_to("/etc/passwd")
    elif damage == "manifest":
        target = "altered after publishing"
        manifest = made.path / "manifest.json"
        manifest.chmod(0o644)
        manifest.write_text(manifest.read_text().replace("CC0", "CC1"))
    else:
        target = "expected 2018-00000000"
        other = made.path.with_name("2018-00000000")
        made.path.rename(other)
        made = type(made)("2018-00000000", str(other))
    if damage == "link":
        with pytest.raises(DataError, match="link"):
            verify_folder(made.path)
        return
    with pytest.raises(BCInventoryError, match=target):
        verify_folder(made.path)


def test_a_damaged_release_isnt_overwritten(build):
    made = build()
    path = made.path / "total.json"
    path.chmod(0o644)
    path.write_text("0")
    with pytest.raises(DataError, match=r"total\.json"):
        build()
    assert path.read_text() == "0"


BAD = ["..", "../x", "/etc", "a/b", "a\0b", "", ".", "x" * 300, "a\nb", "~", "C:\\x", "%2e%2e", "."]


@pytest.mark.parametrize("name", [*BAD, "nul", "con", "com1", "-x", "A"])
def test_unsafe_inventory_names_are_refused(name, tmp_path):
    with pytest.raises(ReleaseError, match="expected"):
        check_inventory(name)
    with pytest.raises(ReleaseError):
        LocalStore(tmp_path).find(name)


@pytest.mark.parametrize("name", [*BAD, "2018", "2018-1234567G", "nul", "../2018-12345678"])
def test_unsafe_versions_are_refused(name):
    with pytest.raises(ReleaseError, match="expected"):
        check_version(name)


@pytest.mark.parametrize(
    "name", [*[bad for bad in BAD if bad != "a/b"], "a//b", "a/../b", "a/nul.x", ".hidden", "a/"]
)
def test_unsafe_file_names_are_refused(name):
    with pytest.raises(ReleaseError, match="expected"):
        check_file(name)


def test_an_unknown_release_says_what_there_is(build):
    made = build()
    store = LocalStore(made.path.parents[1])
    with pytest.raises(ReleaseError, match="mini"):
        store.find("minni")
    with pytest.raises(ReleaseError, match=made.version):
        store.find("mini", "2018-00000000")
    assert store.find("mini") == made.path


def test_a_total_that_isnt_the_sum_of_its_rows_isnt_published(small_root, tmp_path):
    import pandas as pd

    from bc_inventory import schema
    from bc_inventory.release.store.content import check_content

    store = LocalStore(small_root)
    copy = tmp_path / "copy"
    shutil.copytree(store.find("small"), copy)
    check_content(copy)
    totals = schema.read_parquet(copy / "totals.parquet", "totals")
    first = totals.index[totals["level"] == "region_nfr"][0]
    totals.loc[first, "emission_kt"] *= 1 + 1e-6
    (copy / "totals.parquet").unlink()
    schema.write_parquet(totals, "totals", copy / "totals.parquet")
    with pytest.raises(DataError, match="sum of its rows") as caught:
        check_content(copy)
    assert "emissions.nc" in str(caught.value)
    emissions = pd.read_parquet(copy / "emissions")
    assert len(emissions)
    (copy / "totals.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(BCInventoryError, match=r"totals\.parquet"):
        check_content(copy)


@pytest.mark.parametrize(
    ("output", "how"),
    [
        ("file", "edit"),
        ("folder", "edit"),
        ("folder", "add"),
        ("folder", "remove"),
        ("folder", "swap"),
        ("member", "edit"),
    ],
)
def test_an_output_changed_before_it_is_published_is_refused(tmp_path, output, how):
    write_inputs(tmp_path / "in")
    record = run(make_plan(tmp_path / "in"), tmp_path / "w")
    parts = record.path("split", "parts")
    path = record.path("total", "total") if output == "file" else parts / "0.txt"
    if how == "edit":
        path.write_text("1")
    elif how == "add":
        (parts / "9.txt").write_text("1")
    elif how == "remove":
        path.unlink()
    else:
        one, two = path.read_bytes(), (parts / "1.txt").read_bytes()
        path.write_bytes(two)
        (parts / "1.txt").write_bytes(one)
    # A file of a folder may be published alone.
    files = {"first.txt": path} if output == "member" else files_of(record)
    with pytest.raises(ReleaseError, match=r"isn't what step (total|split) wrote"):
        publish(
            files,
            root=tmp_path / "releases",
            inventory="mini",
            configuration={},
            record=record,
            label="2018",
        )
    assert LocalStore(tmp_path / "releases").versions("mini") == []


@pytest.mark.parametrize("size", ["same", "longer", "absent"])
def test_a_damaged_file_is_found_when_it_is_read(build, size):
    made = build()
    path = made.path / "total.json"
    path.chmod(0o644)
    data = path.read_bytes()
    root = made.path.parents[1]
    opened = open_release(root=root)
    if size == "absent":
        path.unlink()
    else:
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:] + (b"x" if size == "longer" else b""))
    with pytest.raises(ReleaseError, match=r"total\.json isn't as published"):
        opened.file("total.json")
    assert open_release(root=root, verify=False).file("total.json") == path


def test_large_files_are_verified_on_request(build, monkeypatch):
    made = build()
    path = made.path / "total.json"
    path.chmod(0o644)
    path.write_bytes(b"1" * path.stat().st_size)
    monkeypatch.setattr("bc_inventory.release.store.local._SMALL_BYTES", 1)
    root = made.path.parents[1]
    assert open_release(root=root).file("total.json") == path
    with pytest.raises(ReleaseError, match="isn't as published"):
        open_release(root=root, verify=True).file("total.json")


def test_a_variant_is_published_without_moving_latest(build, tmp_path):
    root = tmp_path / "releases"
    base, other = build(), build(second=5, variant="what-if")
    assert other.version.startswith("2018-what-if-")
    assert open_release(root=root).version == base.version
    opened = open_release("what-if", inventory="mini", root=root)
    assert opened.version == other.version == open_release("mini/what-if", root=root).version
    # The newest of a variant is what its name stands for, whatever became `latest` since.
    newer = build(second=6, variant="what-if")
    build(second=7)
    assert open_release("what-if", root=root).version == newer.version
    assert len(LocalStore(root).versions("mini")) == 4


@pytest.mark.parametrize("name", ["latest", "2018-1a2b3c4d", "What if", "../up", "x" * 31])
def test_what_cannot_name_a_variant_is_refused(build, name):
    with pytest.raises(ReleaseError, match="as the name of a variant"):
        build(variant=name)


def test_an_unknown_variant_is_refused_with_those_there_are(build, tmp_path):
    build(variant="what-if")
    with pytest.raises(ReleaseError, match="Did you mean 'what-if'"):
        open_release("what-iff", root=tmp_path / "releases")
    with pytest.raises(ReleaseError, match="no release"):
        open_release(root=tmp_path / "releases")
