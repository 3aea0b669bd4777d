"""Fetching from a server that is slow, cuts off, lies, refuses and asks to wait."""

import datetime as dt
import hashlib
import http.server
import threading
import time
from email.utils import format_datetime

import pytest

from bc_inventory.errors import SourceError
from bc_inventory.reference.download import Policy, download

BODY = bytes(range(256)) * 2000
SHA = hashlib.sha256(BODY).hexdigest()


class Server:
    """A local server that answers each request by the next of its plans."""

    def __init__(self):
        self.plans, self.seen = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.seen.append(dict(self.headers))
                plan = outer.plans.pop(0) if outer.plans else outer.whole
                plan(self)
                self.close_connection = True

            def log_message(self, *args):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/file.txt"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def send(self, to, status, body=b"", length=None, **headers):
        to.send_response(status)
        to.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)

    def whole(self, to, body=BODY, etag='"one"'):
        asked = to.headers.get("Range")
        if asked and to.headers.get("If-Range", etag) == etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                self.send(to, 416)
                return
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self.send(to, 206, body[start:], Content_Range=span, ETag=etag)
        else:
            self.send(to, 200, body, ETag=etag)

    def cut(self, at, etag='"one"'):
        def plan(to):
            start = int(to.headers.get("Range", "bytes=0-")[6:-1])
            if start:
                span = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
                rest = len(BODY) - start
                self.send(to, 206, BODY[start:at], rest, Content_Range=span, ETag=etag)
            else:
                self.send(to, 200, BODY[:at], len(BODY), ETag=etag)

        return plan

    def status(self, code, **headers):
        return lambda to: self.send(to, code, **headers)


@pytest.fixture
def server():
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def policy(waits):
    return Policy(pause=1.0, connect=2.0, read=2.0, schemes=("http",), sleep=waits.append)


def test_a_file_comes_whole_and_leaves_nothing_beside_it(server, policy, tmp_path):
    path = tmp_path / "a" / "file.txt"
    assert download(server.address, path, sha256=SHA, policy=policy) == SHA
    assert path.read_bytes() == BODY
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_a_connection_that_breaks_is_resumed_where_it_broke(server, policy, waits, tmp_path):
    server.plans = [server.cut(100_000), server.cut(300_000)]
    download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert (tmp_path / "f").read_bytes() == BODY
    assert [seen.get("Range") for seen in server.seen] == [None, "bytes=100000-", "bytes=300000-"]
    assert server.seen[1]["If-Range"] == '"one"'
    assert len(waits) == 2


def test_a_later_call_resumes_what_an_earlier_one_left(server, policy, tmp_path):
    server.plans = [server.cut(100_000)] + [server.status(503)] * 9
    with pytest.raises(SourceError, match=r"503.*gave up"):
        download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert not (tmp_path / "f").exists()
    server.plans = []
    download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert server.seen[-1]["Range"] == "bytes=100000-"


def test_a_file_that_changed_meanwhile_is_fetched_anew(server, policy, tmp_path):
    other = b"z" * 50_000
    server.plans = [server.cut(100_000), lambda to: server.whole(to, other, '"two"')]
    download(server.address, tmp_path / "f", policy=policy)
    assert (tmp_path / "f").read_bytes() == other


def test_without_a_mark_a_part_is_kept_only_where_a_checksum_proves_it(server, policy, tmp_path):
    server.plans = [lambda to: server.send(to, 200, BODY[:1000], len(BODY)), server.whole]
    download(server.address, tmp_path / "f", policy=policy)
    assert "Range" not in server.seen[1]
    server.plans = [lambda to: server.send(to, 200, BODY[:1000], len(BODY)), server.whole]
    download(server.address, tmp_path / "g", sha256=SHA, policy=policy)
    assert server.seen[3]["Range"] == "bytes=1000-"
    assert (tmp_path / "g").read_bytes() == BODY


def test_wrong_bytes_are_refused_and_not_kept(server, policy, tmp_path):
    server.plans = [lambda to: server.whole(to, b"x" * len(BODY))]
    with pytest.raises(SourceError, match=f"expected {SHA}"):
        download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert list(tmp_path.iterdir()) == []


def test_404_is_not_tried_again(server, policy, waits, tmp_path):
    server.plans = [server.status(404)]
    with pytest.raises(SourceError, match=r"404 Not Found\. There is no such file"):
        download(server.address, tmp_path / "f", policy=policy)
    assert len(server.seen) == 1
    assert waits == []


def test_429_waits_as_long_as_the_server_asks(server, policy, waits, tmp_path):
    later = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30), usegmt=True)
    server.plans = [
        server.status(429, Retry_After="7"),
        server.status(429, Retry_After=later),
    ]
    download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert waits[0] == 7.0
    assert 25 < waits[1] <= 30


def test_a_wait_beyond_reason_is_an_error(server, policy, tmp_path):
    server.plans = [server.status(429, Retry_After="86400")]
    with pytest.raises(SourceError, match="429"):
        download(server.address, tmp_path / "f", policy=policy)


def test_503_is_tried_again_with_growing_pauses_and_then_given_up(server, policy, waits, tmp_path):
    server.plans = [server.status(503)] * 9
    with pytest.raises(SourceError, match=r"503.*gave up after 5 attempts.*go on offline"):
        download(server.address, tmp_path / "f", policy=policy)
    assert len(server.seen) == 5
    bounds = [(1, 1.5), (2, 3), (4, 6), (8, 12)]
    assert all(low <= wait <= high for wait, (low, high) in zip(waits, bounds, strict=True))


def test_a_refused_network_says_what_to_do(policy, tmp_path):
    with pytest.raises(SourceError, match=rf"put it at {tmp_path / 'f'} and go on offline"):
        download("http://127.0.0.1:9/x", tmp_path / "f", policy=policy)


def test_a_server_that_stalls_is_left_after_the_read_timeout(server, waits, tmp_path):
    asked_again = threading.Event()

    def stall(to):
        server.send(to, 200, BODY[:500], len(BODY), ETag='"one"')
        to.wfile.flush()
        asked_again.wait(60)  # as long as the client has any patience

    def go_on(to):
        asked_again.set()
        server.whole(to)

    server.plans = [stall, go_on]
    rules = Policy(read=0.3, schemes=("http",), sleep=waits.append)
    download(server.address, tmp_path / "f", sha256=SHA, policy=rules)
    assert server.seen[1]["Range"] == "bytes=500-"


def test_a_server_that_drips_is_left_at_the_deadline(server, tmp_path):
    def drip(to):
        server.send(to, 200, b"", len(BODY), ETag='"one"')
        try:
            for start in range(0, len(BODY), 70_000):
                to.wfile.write(BODY[start : start + 70_000])
                time.sleep(0.15)
        except OSError:
            pass

    server.plans = [drip]
    rules = Policy(deadline=0.2, schemes=("http",))
    with pytest.raises(SourceError, match="too slow"):
        download(server.address, tmp_path / "f", policy=rules)


@pytest.mark.parametrize("announced", [True, False])
def test_more_than_the_limit_is_refused(server, policy, tmp_path, announced):
    def endless(to):
        to.send_response(200)
        to.end_headers()
        try:
            for _ in range(1000):
                to.wfile.write(BODY)
        except OSError:
            pass

    server.plans = [server.whole if announced else endless]
    with pytest.raises(SourceError, match=r"at most 1000 are accepted|more than 1000 bytes"):
        download(server.address, tmp_path / "f", sha256=SHA, size_limit=1000, policy=policy)
    kept = tmp_path / "f.part"
    assert not kept.exists() or kept.stat().st_size <= 1000


def test_only_https_is_used_and_a_redirect_cannot_leave_it(server, tmp_path):
    with pytest.raises(SourceError, match="only https is used"):
        download(server.address, tmp_path / "f")
    with pytest.raises(SourceError, match="scheme 'file'"):
        download("file:///etc/passwd", tmp_path / "f")
    server.plans = [server.status(302, Location="ftp://127.0.0.1/x")]
    with pytest.raises(SourceError):
        download(server.address, tmp_path / "f", policy=Policy(schemes=("http",), tries=1))


def test_a_server_that_sends_another_range_is_not_believed(server, policy, tmp_path):
    def wrong(to):
        span = f"bytes 0-{len(BODY) - 1}/{len(BODY)}"
        server.send(to, 206, BODY, Content_Range=span, ETag='"one"')

    server.plans = [server.cut(100_000), wrong]
    download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert (tmp_path / "f").read_bytes() == BODY


def test_a_part_that_is_longer_than_the_file_is_dropped(server, policy, tmp_path):
    (tmp_path / "f.part").write_bytes(BODY + b"more")
    (tmp_path / "f.part.json").write_text('{"etag": "\\"one\\""}')
    download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert (tmp_path / "f").read_bytes() == BODY


def test_a_file_of_unknown_length_is_taken_only_with_a_checksum(server, policy, tmp_path):
    def untold(to):
        to.send_response(200)
        to.end_headers()
        to.wfile.write(BODY)

    server.plans = [untold, untold]
    with pytest.raises(SourceError, match="doesn't say how long"):
        download(server.address, tmp_path / "f", policy=policy)
    download(server.address, tmp_path / "f", sha256=SHA, policy=policy)
    assert (tmp_path / "f").read_bytes() == BODY
