"""Releases in an object store: a real S3 API, one that fails, one that is left half-way."""

import itertools
import os
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import bc_inventory as bci
from bc_inventory.cli import cli
from bc_inventory.errors import (
    BCInventoryError,
    DataError,
    NetworkError,
    ReleaseError,
    StoreUnavailableError,
)
from bc_inventory.pipeline.plan import run
from bc_inventory.release.metadata.citations import citations, cite, withdraw
from bc_inventory.release.store import object_store
from bc_inventory.release.store.local import LocalStore
from bc_inventory.release.store.object_store import ObjectStore
from bc_inventory.release.store.publish import publish
from bc_inventory.release.store.retention import fates, prune_versions
from bc_inventory.release.store.stores import open_store
from bc_inventory.release.store.verify import verify_folder
from tests.miniplan import files_of, make_plan, write_inputs


class Server:
    """moto's S3 behind a door that can answer 500."""

    def __init__(self):
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        self._app = DomainDispatcherApplication(create_backend_app)
        self._count = itertools.count(1)
        self.fail_every = 0
        self.refused = 0
        self.how = "refuse"  # or how an answer is lost: "error", "drop", "cut"
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _answer(self, environ, start_response):
        if self.fail_every and next(self._count) % self.fail_every == 0:
            self.refused += 1
            if self.how != "refuse":
                return self._lose(environ, start_response)
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return [b""]
        return self._app(environ, start_response)

    def _lose(self, environ, start_response):
        """Do what was asked for, and lose the answer."""
        head = []
        body = b"".join(self._app(environ, lambda *words: head.extend(words)))
        if self.how == "error":
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return [b""]
        link = environ["werkzeug.socket"]
        if self.how == "cut":
            # More is promised than comes.
            status = f"HTTP/1.1 {head[0]}\r\nContent-Length: 100000\r\n\r\n"
            link.sendall(status.encode() + body[:20])
        link.shutdown(socket.SHUT_RDWR)
        raise ConnectionError

    def close(self):
        self._server.shutdown()
        self._thread.join()


@pytest.fixture(scope="module")
def server():
    made = Server()
    yield made
    made.close()


@pytest.fixture
def bucket(server, monkeypatch, tmp_path, request):
    import s3fs

    server.fail_every = 0
    server.refused = 0
    server.how = "refuse"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server.address,
        # The library below asks again too, with pauses of seconds.
        "AWS_MAX_ATTEMPTS": "1",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{abs(hash(request.node.name))}"
    s3fs.S3FileSystem(skip_instance_cache=True).mkdir(name)
    yield f"s3://{name}/releases"
    server.fail_every = 0


@pytest.fixture
def build(tmp_path):
    write_inputs(tmp_path / "in")

    def make(root, second=3, variant=""):
        record = run(make_plan(tmp_path / "in", second=second), tmp_path / "w")
        return publish(
            files_of(record),
            root=root,
            inventory="mini",
            configuration={"second": second},
            record=record,
            label="2018",
            variant=variant,
        )

    return make


def test_a_release_in_a_store_is_the_one_on_a_disk(build, bucket, tmp_path):
    remote, local = build(bucket), build(tmp_path / "local")
    assert remote.version == local.version
    assert remote.address == f"{bucket}/mini/{remote.version}"
    store = open_store(bucket)
    assert isinstance(store, ObjectStore)
    assert store.verify("mini", remote.version) == verify_folder(local.path)
    assert store.inventories() == ["mini"]
    assert store.latest("mini") == remote.version
    release = bci.open_release(root=bucket)
    assert release.version == remote.version
    assert release.file("total.json").read_bytes() == (local.path / "total.json").read_bytes()


def test_publishing_again_changes_nothing_and_latest_moves(build, bucket):
    one, two = build(bucket), build(bucket, second=4)
    store = ObjectStore(bucket)
    assert store.versions("mini") == sorted([one.version, two.version])
    assert store.latest("mini") == two.version
    assert build(bucket) == one
    assert store.latest("mini") == one.version
    store.remove("mini", two.version)
    assert store.versions("mini") == [one.version]


def test_one_request_in_five_fails(build, bucket, server):
    server.fail_every = 5
    made = build(bucket)
    store = ObjectStore(bucket)
    assert store.verify("mini", made.version)["version"] == made.version
    assert store.latest("mini") == made.version
    assert build(bucket, second=4).version != made.version
    assert build(bucket) == made
    assert server.refused >= 5


LOST = {"error", "drop", "cut"}
ROUNDS = int(os.environ.get("BC_INVENTORY_LOST", "2"))


@pytest.mark.slow
@pytest.mark.parametrize("how", sorted(LOST))
def test_what_was_done_and_not_answered_is_done_once(build, bucket, server, monkeypatch, how):
    """Publish and remove, the answer to one request in so many lost after it was done.

    BC_INVENTORY_LOST asks for more rounds.
    """
    monkeypatch.setattr(object_store, "_FIRST_WAIT", 0.001)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5" if how == "error" else "1")
    server.how = how
    first = build(bucket)
    store, done = ObjectStore(bucket), 0
    for number in range(ROUNDS):
        server.fail_every = 2 + number % 5
        made = build(bucket, second=100 + number)
        server.fail_every = 0
        assert store.latest("mini") == made.version
        assert store.verify("mini", made.version)["version"] == made.version
        server.fail_every = 2 + number % 5
        store.remove("mini", made.version)
        server.fail_every = 0
        assert store.versions("mini") == [first.version]
        assert not store._list(store._key("mini", made.version))
        done += 1
    assert done == ROUNDS
    assert server.refused >= ROUNDS
    with pytest.raises(ReleaseError, match="no version"):
        store.remove("mini", "2018-00000000")


def test_a_store_that_never_answers_is_an_error_and_the_last_release_is_intact(
    build, bucket, server, monkeypatch
):
    monkeypatch.setattr("bc_inventory.release.store.object_store._ATTEMPTS", 1)
    made = build(bucket)
    server.fail_every = 1
    with pytest.raises(StoreUnavailableError, match="last release is intact"):
        build(bucket, second=4)
    with pytest.raises(StoreUnavailableError, match="doesn't answer"):
        ObjectStore(bucket).latest("mini")
    server.fail_every = 0
    assert ObjectStore(bucket).latest("mini") == made.version


def test_the_command_builds_into_a_store(bucket, small_root, tmp_path, monkeypatch):
    monkeypatch.chdir(small_root.parent)
    monkeypatch.setenv("BC_INVENTORY_CACHE", str(tmp_path / "downloads"))
    shutil.copytree(small_root / ".cache", tmp_path / "downloads" / "steps")
    done = CliRunner().invoke(cli, ["build", "--config", "small.toml", "--output", bucket])
    assert done.exit_code == 0, (done.output, done.exception)
    version = LocalStore(small_root).latest("small")
    assert f"Release {version}: {bucket}/small/{version}" in done.output
    assert ObjectStore(bucket).verify("small", version) == verify_folder(
        small_root / "small" / version
    )
    assert "unchanged" in done.stderr
    kept = CliRunner().invoke(cli, ["prune", "--releases", bucket, "--cache-larger-than", "0"])
    assert "stays: latest" in kept.output
    assert "and 0 results" not in kept.output


def test_a_store_that_isnt_there_is_a_network_error(bucket, monkeypatch):
    monkeypatch.setattr("bc_inventory.release.store.object_store._ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(NetworkError, match="doesn't answer"):
        ObjectStore(bucket).latest("mini")


def test_cited_versions_stay_in_a_store_and_the_others_may_go(build, bucket, monkeypatch):
    one, two, three = build(bucket), build(bucket, second=4), build(bucket, second=5)
    store = ObjectStore(bucket)
    assert citations(store, "mini") == []
    cite(store, "mini", one.version, "a paper")
    told = fates(store, "mini", keep=1, older_than=0, now=time.time() + 10)
    assert {fate.version for fate in told if fate.goes} <= {two.version}
    published = max(store.published_at("mini", name) for name in store.versions("mini"))
    while time.time() <= published + 1:  # the store tells whole seconds
        time.sleep(0.05)
    prune_versions(store, "mini", keep=1, older_than=0)
    assert store.versions("mini") == sorted([one.version, three.version])
    store.verify("mini", one.version)
    # What isn't a version is no leftover of a dead upload.
    monkeypatch.setattr(object_store, "_DEAD_AFTER", -1.0)
    build(bucket, second=5)
    assert [one.by for one in citations(store, "mini")] == ["a paper"]
    withdraw(store, "mini", one.version, "a paper")
    assert citations(store, "mini") == []


@pytest.mark.parametrize("after", range(11))
def test_an_upload_that_stops_at_any_object(build, bucket, monkeypatch, after):
    made = build(bucket)
    put, count = ObjectStore._put, itertools.count()

    def stop(self, key, data):
        if next(count) == after:
            raise KeyboardInterrupt
        put(self, key, data)

    monkeypatch.setattr(ObjectStore, "_put", stop)
    stopped = False
    try:
        build(bucket, second=4)
    except KeyboardInterrupt:
        stopped = True
    monkeypatch.setattr(ObjectStore, "_put", put)
    store = ObjectStore(bucket)
    assert stopped == (after < 10)  # four files, four documents, the manifest, `latest`
    latest = store.latest("mini")
    assert (latest == made.version) == stopped
    for version in store.versions("mini"):
        store.verify("mini", version)
    again = build(bucket, second=4)
    assert store.latest("mini") == again.version
    store.verify("mini", again.version)


def test_a_dead_upload_is_removed_a_day_later(build, bucket, monkeypatch):
    store = ObjectStore(bucket)
    store._put(store._key("mini", "2018-00000000", "half"), b"half")
    build(bucket)
    assert store._list(store._key("mini", "2018-00000000"))  # it may still be under way
    monkeypatch.setattr("bc_inventory.release.store.object_store._DEAD_AFTER", -1.0)
    build(bucket)
    assert not store._list(store._key("mini", "2018-00000000"))


@pytest.mark.parametrize("damage", ["flip", "missing", "extra"])
def test_damage_in_a_store_is_named(build, bucket, damage):
    made = build(bucket)
    store = ObjectStore(bucket)
    key = store._key("mini", made.version, "extra.txt" if damage == "extra" else "total.json")
    if damage == "missing":
        store._files.rm(key)
    else:
        store._put(key, b"1")
    with pytest.raises(DataError, match=r"extra\.txt|total\.json"):
        store.verify("mini", made.version)
    if damage == "flip":
        with pytest.raises(ReleaseError, match="isn't as published"):
            bci.open_release(root=bucket).file("total.json")


def test_a_variant_lies_next_to_latest(build, bucket):
    base, other = build(bucket), build(bucket, second=5, variant="what-if")
    assert bci.open_release(root=bucket).version == base.version
    assert bci.open_release("what-if", root=bucket).version == other.version


def test_a_check_that_refuses_sends_nothing(build, bucket, monkeypatch):
    def refuse(_: Path) -> None:
        raise DataError([])

    monkeypatch.setattr("bc_inventory.release.store.publish.check_content", refuse)
    with pytest.raises(DataError):
        build(bucket)
    with pytest.raises(ReleaseError, match="no release"):
        ObjectStore(bucket).latest("mini")


def test_an_address_nobody_knows():
    with pytest.raises(BCInventoryError, match="can't be opened"):
        open_store("nonsense://x/y")
