"""Versions that something cites stay; old ones that nothing cites may go."""

import os

import pytest
from click.testing import CliRunner

from bc_inventory.cli import cli
from bc_inventory.errors import ReleaseError
from bc_inventory.pipeline.plan import run
from bc_inventory.release.metadata.citations import citations, cite, withdraw
from bc_inventory.release.store.local import LocalStore
from bc_inventory.release.store.publish import publish
from bc_inventory.release.store.retention import fates, previous_version, prune_versions
from bc_inventory.release.store.verify import verify_folder
from tests.miniplan import files_of, make_plan, write_inputs

DAY = 86_400.0
NOW = 1_800_000_000.0


@pytest.fixture
def five(tmp_path):
    """Return a store with five versions, the last `latest`, one published each hundred days."""
    write_inputs(tmp_path / "in")
    store = LocalStore(tmp_path / "releases")
    versions = []
    for number in range(5):
        record = run(make_plan(tmp_path / "in", second=number), tmp_path / "w")
        made = publish(
            files_of(record),
            root=store.root,
            inventory="mini",
            configuration={},
            record=record,
            label="2018",
        )
        moment = NOW - (4 - number) * 100 * DAY
        os.utime(made.path / "manifest.json", (moment, moment))
        versions.append(made.version)
    return store, versions


def goes(store, **rules):
    return {fate.version for fate in fates(store, "mini", now=NOW, **rules) if fate.goes}


def test_the_newest_and_the_young_stay(five):
    store, versions = five
    assert goes(store, keep=2, older_than=0) == set(versions[:3])
    assert goes(store, keep=1, older_than=150 * DAY) == set(versions[:3])
    assert goes(store, keep=1, older_than=250 * DAY) == set(versions[:2])
    assert goes(store, keep=5, older_than=0) == set()
    assert [fate.version for fate in fates(store, "mini", keep=1, older_than=0, now=NOW)] == list(
        reversed(versions)
    )
    assert previous_version(store, "mini") == versions[3]


def test_latest_stays_though_it_is_the_oldest(five):
    store, versions = five
    (store.folder("mini") / "latest").write_text(versions[0])
    assert goes(store, keep=1, older_than=0) == set(versions[1:4])
    assert previous_version(store, "mini") == versions[4]


def test_a_cited_version_stays_until_the_citation_is_withdrawn(five):
    store, versions = five
    cite(store, "mini", versions[0], "doi:10.5281/zenodo.1")
    cite(store, "mini", versions[0], "A report of  2027")
    assert cite(store, "mini", versions[0], "A report of 2027").by == "A report of 2027"
    assert len(citations(store, "mini")) == 2
    assert goes(store, keep=1, older_than=0) == set(versions[1:4])
    with pytest.raises(ReleaseError, match="Cited by: 'A report of 2027'; 'doi:"):
        withdraw(store, "mini", versions[0], "a report of 2027")
    withdraw(store, "mini", versions[0], "A report of 2027")
    assert goes(store, keep=1, older_than=0) == set(versions[1:4])
    withdraw(store, "mini", versions[0], "doi:10.5281/zenodo.1")
    assert goes(store, keep=1, older_than=0) == set(versions[:4])


def test_what_is_pruned_is_gone_and_the_rest_is_whole(five):
    store, versions = five
    cite(store, "mini", versions[1], "a paper")
    removed = prune_versions(store, "mini", keep=1, older_than=0)
    assert {fate.version for fate in removed} == {versions[0], versions[2], versions[3]}
    assert store.versions("mini") == sorted([versions[1], versions[4]])
    for version in store.versions("mini"):
        verify_folder(store.find("mini", version))
    names = {path.name for path in store.folder("mini").iterdir()}
    assert names == {versions[1], versions[4], "latest", ".lock", "citations"}
    assert prune_versions(store, "mini", keep=1, older_than=0) == []


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, "a\x1b[2Jb"])
def test_a_citation_is_one_line_of_text(five, text):
    store, versions = five
    with pytest.raises(ReleaseError, match="as what cites"):
        cite(store, "mini", versions[0], text)


@pytest.mark.parametrize("version", ["2018-00000000", "../etc", "latest", "2018-1\0"])
def test_only_what_is_published_can_be_cited(five, version):
    store, _ = five
    with pytest.raises(ReleaseError):
        cite(store, "mini", version, "a paper")
    assert not (store.folder("mini") / "citations").exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"version": "../..", "by": "", "cited_on": ""}'])
def test_nothing_is_pruned_beside_a_citation_that_cant_be_read(five, text):
    store, versions = five
    cite(store, "mini", versions[0], "a paper")
    (store.folder("mini") / "citations" / "torn.json").write_text(text)
    with pytest.raises(ReleaseError, match=r"torn\.json: this isn't a citation"):
        prune_versions(store, "mini", keep=1, older_than=0)
    assert store.versions("mini") == sorted(versions)


def ask(store, *arguments):
    done = CliRunner().invoke(cli, [*arguments, "--releases", str(store.root)])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_the_command_removes_only_when_it_is_told_to(five):
    store, versions = five
    cache = store.root / ".cache" / "00" / ("0" * 64)
    cache.mkdir(parents=True)
    (cache / "record.json").write_text("{}")
    os.utime(cache / "record.json", (0, 0))
    assert "is cited by a paper" in ask(store, "cite", versions[0], "--by", "a paper")
    assert "a paper" in ask(store, "cite")
    options = ("prune", "--keep", "1", "--older-than", "0")
    told = ask(store, *options)
    assert "stays: latest" in told
    assert "stays: cited by a paper" in told
    assert "Would remove 3 of 5 versions of mini, and 1 results" in told
    assert store.versions("mini") == sorted(versions)
    assert cache.is_dir()
    assert "Removed 3 of 5 versions of mini, and 1 results" in ask(store, *options, "--delete")
    assert store.versions("mini") == sorted([versions[0], versions[4]])
    assert not cache.exists()
    assert "no longer cited" in ask(store, "cite", versions[0], "--by", "a paper", "--withdraw")
    assert "Would remove 0 of 2" in ask(store, "prune")


def test_the_newest_of_a_variant_stays(five):
    store, versions = five
    store.write_sidecar("mini", "variants/what-if", f"{versions[0]}\n".encode())
    fate = next(
        each
        for each in fates(store, "mini", keep=1, older_than=0, now=NOW)
        if each.version == versions[0]
    )
    assert fate.why == "variant what-if"
    assert goes(store, keep=1, older_than=0) == set(versions[1:4])
