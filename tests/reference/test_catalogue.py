import hashlib
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from bc_inventory.commands.fetch import fetch
from bc_inventory.errors import SourceError
from bc_inventory.readers.registry import formats
from bc_inventory.reference import codelists
from bc_inventory.reference.catalogue import Cache, catalogue, default_cache_root, find_item
from bc_inventory.reference.download import Policy
from tests.reference.test_download import BODY, SHA, Server

_FAST = Policy(schemes=("http",), tries=2, sleep=lambda seconds: None)


@pytest.fixture
def server():
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def item(server):
    return replace(
        find_item("ceip-level1-bc"), address=server.address, sha256=SHA, size_limit=10**6
    )


def test_an_item_is_fetched_once_and_then_read_from_the_cache(server, item, tmp_path):
    cache = Cache(tmp_path, policy=_FAST)
    path = cache.fetch(item)
    assert path.read_bytes() == BODY
    assert cache.fetch(item) == path
    assert cache.without_network().fetch(item) == path
    assert len(server.seen) == 1


def test_a_kept_file_that_was_changed_is_refused(item, tmp_path):
    cache = Cache(tmp_path, policy=_FAST)
    cache.fetch(item).write_bytes(b"changed")
    with pytest.raises(SourceError, match="changed after it was fetched"):
        cache.fetch(item)


def test_without_a_published_checksum_the_first_one_seen_holds(item, tmp_path):
    cache = Cache(tmp_path, policy=_FAST)
    open_item = replace(item, sha256="")
    path = cache.fetch(open_item)
    note = json.loads((path.parent / f"{path.name}.fetched.json").read_text())
    assert note["sha256"] == SHA
    path.write_bytes(b"changed")
    with pytest.raises(SourceError, match="changed after it was fetched"):
        cache.fetch(open_item)


def test_a_file_put_there_by_hand_is_taken_offline(item, tmp_path):
    cache = Cache(tmp_path, offline=True)
    path = cache.path(item)
    path.parent.mkdir(parents=True)
    path.write_bytes(BODY)
    assert cache.fetch(item) == path


def test_offline_says_where_the_file_belongs(item, tmp_path):
    with pytest.raises(SourceError, match=r"network isn't to be used. Fetch http.*put it at"):
        Cache(tmp_path, offline=True).fetch(item)


def test_a_file_no_program_can_fetch_says_how_to_get_it(tmp_path):
    with pytest.raises(SourceError, match=r"can't be fetched by a program \(registration\)"):
        Cache(tmp_path).fetch("meic")


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "c:x", "a\\b"])
def test_no_name_leads_out_of_the_cache(item, tmp_path, name):
    with pytest.raises(SourceError, match="plain file name"):
        Cache(tmp_path).path(replace(item, file=name))


def test_a_link_does_not_lead_out_of_the_cache(item, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "cache"
    root.mkdir()
    (root / item.source_id).symlink_to(outside)
    with pytest.raises(SourceError, match="leads out of the cache"):
        Cache(root).path(item)


def test_the_cache_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("BC_INVENTORY_CACHE", str(tmp_path / "c"))
    assert default_cache_root() == tmp_path / "c"
    monkeypatch.delenv("BC_INVENTORY_CACHE")
    assert default_cache_root().name == "bc_inventory"


def test_the_catalogue_cites_known_sources_and_readers_and_plain_names(tmp_path):
    cited = set(codelists.sources()["source_id"])
    known = set(formats())
    for item in catalogue().values():
        assert item.source_id in cited
        assert not item.format or item.format in known
        assert Cache(tmp_path).path(item)
        assert item.address.startswith("https://") or not item.address
        assert bool(item.address) == (item.access == "open")
        assert bool(item.sha256) == bool(item.checksum_of)
        assert len(item.sha256) in (0, 64)
    paths = [(item.source_id, item.file) for item in catalogue().values()]
    assert len(set(paths)) == len(paths)


def test_a_misspelt_item_is_answered_with_the_nearest():
    with pytest.raises(SourceError, match="Did you mean 'ceip-level1-bc'"):
        find_item("ceip-level1-cb")


def test_the_command_verifies_and_lists(tmp_path, monkeypatch, item):
    listed = CliRunner().invoke(fetch, ["--list", "--cache", str(tmp_path)])
    assert "edgar-v8.1-oc" in listed.output
    monkeypatch.setitem(catalogue(), item.item, item)
    path = Cache(tmp_path).path(item)
    path.parent.mkdir(parents=True)
    path.write_bytes(BODY)
    done = CliRunner().invoke(fetch, [item.item, "--offline", "--cache", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert str(path) in done.output
    assert CliRunner().invoke(fetch, []).exit_code == 2


@pytest.mark.shared
def test_checksums_are_those_of_the_files_read_here(shared):
    by_name = {}
    for path in (shared / "data").glob("*/*"):
        by_name.setdefault(path.name, []).append(path)
    checked = 0
    for item in catalogue().values():
        name = item.file.replace("LEVEL2_BC.txt", "LEVEL2_BC_webdab-2015-10-21.txt")
        sums = {hashlib.sha256(p.read_bytes()).hexdigest() for p in by_name.get(name, [])}
        if item.sha256:
            assert item.sha256 in sums, item.item
            checked += 1
    assert checked > 150
