"""The HTTP service answers from releases alone, and survives what comes in."""

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from bc_inventory.release.read.release import open_release
from bc_inventory.release.service import make_app

LATEST = "/releases/latest"


@pytest.fixture(scope="module")
def client(releases):
    with TestClient(make_app(releases, "small"), raise_server_exceptions=False) as made:
        yield made


def test_the_service_and_the_library_give_the_same_numbers(client, releases):
    rows = open_release(root=releases).emissions(region="Hebei")
    answer = client.get(f"{LATEST}/emissions", params={"region": "河北"}).json()
    assert answer["total"] == len(rows)
    served = sum(row["emission_kt"] or 0 for row in answer["rows"])
    assert served == pytest.approx(rows["emission_kt"].sum(), rel=1e-12)
    assert served == pytest.approx(0.110)
    query = (
        "select sum(emission_kt) kt from emissions "
        "where region='CN-HE' and not memo and factor_set='harmonised'"
    )
    by_sql = client.get(f"{LATEST}/sql", params={"query": query}).json()["rows"][0]["kt"]
    assert by_sql == pytest.approx(served, rel=1e-12)


def test_csv_and_paging(client):
    whole = client.get(f"{LATEST}/emissions", params={"form": "csv"})
    assert whole.headers["content-type"].startswith("text/csv")
    part = client.get(f"{LATEST}/emissions", params={"limit": 1, "offset": 1}).json()
    assert len(part["rows"]) == 1
    assert part["total"] == int(whole.headers["X-Total-Rows"])


def test_hotspots_are_geojson(client):
    answer = client.get(f"{LATEST}/hotspots")
    assert answer.json()["type"] == "FeatureCollection"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/releases/..%2f..%2fetc/manifest", 404),
        ("/releases/%2e%2e/manifest", 404),
        ("/releases/2018-00000000/manifest", 404),
        (f"/releases/{'a' * 500}/manifest", 404),
        ("/releases/nul/manifest", 404),
        (f"{LATEST}/tables/..%2fmanifest", 404),
        (f"{LATEST}/tables/nothing", 404),
        (f"{LATEST}/emissions?region=Hebeii", 422),
        (f"{LATEST}/emissions?limit=1000000", 422),
        (f"{LATEST}/emissions?year=x", 422),
        (f"{LATEST}/emissions?region={'x' * 9000}", 414),
    ],
)
def test_what_cannot_be_answered_says_so(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "drop table emissions",
        "insert into emissions select * from emissions",
        "attach '/tmp/x.db'",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "copy emissions to '/tmp/stolen.csv'",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "set memory_limit='100GB'",
        "select 1; select 2",
        "select getenv('HOME')",
        "with recursive t(n) as (select 1 union all select n+1 from t) select count(*) from t",
        "select count(*) from range(100000000) a, range(100000000) b",
        "",
    ],
)
def test_sql_that_is_not_a_bounded_select_is_refused(client, query):
    answer = client.get(f"{LATEST}/sql", params={"query": query})
    assert answer.status_code == 422, answer.text[:300]


def test_a_misspelling_is_answered_with_the_nearest(client):
    assert "Hebei" in client.get(f"{LATEST}/emissions?region=Hebeii").json()["error"]


def test_only_reading_is_possible(client):
    for method in ("post", "put", "delete", "patch"):
        assert getattr(client, method)(f"{LATEST}/emissions").status_code == 405


def test_the_service_does_what_its_description_says(releases):
    """Every operation of the OpenAPI description, with what schemathesis makes up for it."""
    described = schemathesis.openapi.from_asgi("/openapi.json", make_app(releases, "small"))
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) == 8
    for operation in operations:

        @settings(max_examples=15, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case):
            if case.path.endswith("/sql"):
                case.query["query"] = "select 1 as one"
            answer = case.call()
            assert answer.status_code in {200, 404, 414, 422}, answer.text[:300]

        holds()


def rss(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.fixture
def server(releases):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "bc_inventory.cli", "serve", "--port", str(port)),
            *("--releases", releases, "--inventory", "small"),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            httpx.get(f"{address}/health", timeout=1)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield address, process.pid
    process.terminate()
    process.wait(20)


GOOD = [f"{LATEST}/totals", f"{LATEST}/emissions?region=DE&limit=5", "/releases", "/health"]
BAD = [
    f"{LATEST}/emissions?year=%00",
    "/releases/%2e%2e/manifest",
    f"{LATEST}/tables/%ff%fe",
    f"{LATEST}/emissions?region=%F0%9F%92%A9&limit=-1",
    "/nothing/here?%%%",
]


@pytest.mark.slow
def test_many_requests_of_fifty_clients(server):
    """Malformed ones among them: no server error, no growing memory.

    BC_INVENTORY_LOAD asks for more requests than the two thousand of every run.
    """
    load = int(os.environ.get("BC_INVENTORY_LOAD", "2000"))
    address, pid = server
    choice = random.Random(1)

    async def ask(client, requests):
        codes = []
        for path in requests:
            codes.append((await client.get(address + path)).status_code)
        return codes

    async def all_clients(total):
        paths = [choice.choice(BAD if choice.random() < 0.3 else GOOD) for _ in range(total)]
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            parts = [paths[n::50] for n in range(50)]
            answered = await asyncio.gather(*(ask(client, part) for part in parts))
            return [code for codes in answered for code in codes]

    asyncio.run(all_clients(500))
    before = rss(pid)
    codes = asyncio.run(all_clients(load))
    assert len(codes) == load
    assert {code for code in codes if code >= 500} <= {503}
    assert codes.count(503) < load / 100
    assert rss(pid) < before * 1.15 + 20_000
