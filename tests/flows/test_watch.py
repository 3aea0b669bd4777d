"""Runs that nobody told of are found and told, once."""

import datetime as dt

import pytest

from tests.flows import watching

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

NONE = dt.timedelta(0)


def test_a_run_whose_worker_died_before_it_began_is_told_once_and_ended(operations):
    from prefect.states import Pending, Scheduled

    from flows.common import flow
    from flows.watch import look

    @flow(name="never-begun")
    def never():
        raise AssertionError("nobody runs it")

    with watching.client() as there:
        pending = there.create_flow_run(never, state=Pending()).id
        late = there.create_flow_run(
            never,
            state=Scheduled(
                name="Late", scheduled_time=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
            ),
        ).id
    lines = look(pending=dt.timedelta(days=1), late=dt.timedelta(days=1))
    assert not [line for line in lines if line.startswith("run ")]
    lines = look(pending=NONE, late=NONE)
    assert len([line for line in lines if "its worker died" in line]) == 1
    assert len([line for line in lines if "no worker took it up" in line]) == 1
    (body,) = watching.told(operations.told, pending)
    assert "bc-worker" in body["text"]
    assert watching.told(operations.told, late)
    assert watching.state(pending).is_crashed()
    assert not [line for line in look(pending=NONE, late=NONE) if line.startswith("run ")]


def test_a_pool_without_a_worker_and_a_server_that_is_away_are_told(operations, monkeypatch):
    from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    from flows.watch import look

    with watching.client() as there:
        there._client.post("/work_pools/", json={"name": "empty", "type": "process"})
    assert [line for line in look("empty") if "no worker of the pool empty" in line]
    away = {PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(away):
        (line,) = look()
    assert line.startswith("the Prefect server doesn't answer")


def test_a_page_that_cannot_be_written_fails_no_run(monkeypatch):
    from flows import common

    def refuse(**_):
        raise ConnectionError("the server is away")

    monkeypatch.setattr(common, "create_markdown_artifact", refuse)
    with common.page("rebuild", "A title") as lines:
        lines.append("done")


def test_a_flow_asks_a_server_that_is_away_for_more_than_three_minutes():
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES

    import flows.common  # noqa: F401

    waits = [2**attempt for attempt in range(1, PREFECT_CLIENT_MAX_RETRIES.value() + 1)]
    # Each wait is shortened by a fifth at most.
    assert sum(waits) * 0.8 > 180
