"""The shipped deployments on a real server with a real worker: scheduled, run, failing, killed."""

import datetime as dt
import os
import shutil
import signal
from pathlib import Path

import pytest
import yaml

from bc_inventory.release.store.local import LocalStore
from bc_inventory.release.store.verify import verify_folder
from tests.conftest import SMALL
from tests.flows import watching
from tests.flows.conftest import POOL

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

REBUILD = "rebuild/eu-china"


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_deployments_are_those_of_the_file_and_their_runs_stand_in_the_calendar(
    operations, root
):
    shipped = yaml.safe_load((root / "prefect.yaml").read_text())["deployments"]
    assert len(shipped) == 3
    for wanted in shipped:
        flow = wanted["entrypoint"].rpartition(":")[2]
        made = watching.deployment(f"{flow}/{wanted['name']}")
        assert made.parameters == wanted["parameters"]
        assert made.work_pool_name == POOL
        assert made.global_concurrency_limit.limit == 1
        strategy = made.concurrency_options.collision_strategy.value
        assert strategy == wanted["concurrency_limit"]["collision_strategy"]
        (schedule,) = [one for one in made.schedules if hasattr(one.schedule, "cron")]
        assert schedule.active
        assert schedule.schedule.cron == wanted["schedules"][0]["cron"]
        runs = watching.until(lambda made=made: coming(made.id), len, "no run was scheduled")
        minute, hour, _, _, weekday = schedule.schedule.cron.split()
        for moment in runs:
            assert (moment.minute, moment.hour) == (int(minute), int(hour))
            assert weekday == "*" or moment.isoweekday() % 7 == int(weekday)


def test_the_automation_for_machines_that_died_is_there(operations):
    with watching.client() as there:
        response = there._client.post("/automations/filter", json={})
    (made,) = response.raise_for_status().json()
    assert made["enabled"]
    assert made["trigger"]["posture"] == "Proactive"
    assert made["trigger"]["within"] == 540
    assert [action["state"] for action in made["actions"]] == ["CRASHED"]


def coming(deployment):
    """Return when the runs of a deployment that its cron schedule made are to start, in UTC."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId

    with watching.client() as there:
        runs = there.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=[deployment])
            )
        )
    day = dt.timedelta(hours=1)
    now = dt.datetime.now(dt.UTC)
    return [
        run.expected_start_time.astimezone(dt.UTC)
        for run in runs
        if run.auto_scheduled and run.expected_start_time - now > day
    ]


def test_a_scheduled_run_gives_the_bytes_of_the_command_and_a_second_one_waits(
    operations, by_command
):
    from prefect.client.schemas.schedules import IntervalSchedule

    parameters = {"config": "small.toml", "output": "scheduled"}
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=6)
    schedule = IntervalSchedule(interval=dt.timedelta(days=300), anchor_date=soon)
    made = watching.deployment(REBUILD)
    with watching.client() as there:
        response = there._client.post(
            f"/deployments/{made.id}/schedules",
            json=[
                {
                    "schedule": schedule.model_dump(mode="json"),
                    "active": True,
                    "parameters": parameters,
                }
            ],
        )
        response.raise_for_status()
    # The worker takes both up at about the same time, in whatever order.
    runs = [watching.until(lambda: made_by(made.id, parameters), bool, "no scheduled run")]
    runs.append(watching.start(REBUILD, **parameters))
    for run in runs:
        state = watching.ended(run)
        assert state.is_completed(), state.message
    (first, begun), (second, then) = sorted(
        ((run, watching.moment(run, "Running")) for run in runs), key=lambda pair: pair[1]
    )
    # While one was running the other waited for its place; it never ran beside it.
    assert watching.moment(second, "AwaitingConcurrencySlot") < watching.moment(first, "Completed")
    assert begun < watching.moment(first, "Completed") <= then

    place = operations.project / "scheduled" / "small" / by_command.version
    assert tree(place) == tree(by_command.path)
    text = watching.page(first)
    assert f"Release `{by_command.version}`" in text
    assert "after `none`" in text
    assert "| emissions | unchanged |" not in text
    again = watching.page(second)
    assert f"Release `{by_command.version}` of **" in again
    assert ", unchanged, in" in again
    assert "| emissions | unchanged |" in again
    assert again.count("+0.00") == 2


def made_by(deployment, parameters):
    """Return the id of the run that a schedule of the deployment made with these parameters."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId

    with watching.client() as there:
        runs = there.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=[deployment])
            )
        )
    for run in runs:
        if run.auto_scheduled and run.parameters == parameters:
            return run.id
    return None


def test_bad_data_fails_once_and_the_alarm_says_what_is_intact(operations, by_command):
    project = operations.project
    shutil.copytree(project / "data", project / "bad")
    facts = project / "bad" / "emission_factors.csv"
    lines = facts.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("side")
    cells = lines[1].split(",")
    cells[column] = "EU"  # a harmonised factor holds everywhere, which a step alone checks
    facts.write_text("\n".join([lines[0], ",".join(cells), *lines[2:], ""]), encoding="utf-8")
    (project / "bad.toml").write_text(SMALL.replace('"data"', '"bad"'))
    out = project / "failing"
    shutil.copytree(by_command.path.parents[1], out)
    before = tree(out / "small" / by_command.version)

    run = watching.start(REBUILD, config="bad.toml", output="failing")
    state = watching.ended(run)
    assert state.name == "Failed"
    (body,) = watching.told(operations.told, run)
    assert body["flow"] == REBUILD
    where = "data/emission_factors.csv with its overlay, row 2, column side"
    assert f"{where}: found side EU" in body["what"]
    assert "(in step emissions)" in body["what"]
    assert f"The last release is intact: small {by_command.version}" in body["status"]
    assert "every file is as published" in body["status"]
    assert body["text"].startswith(f"[bc-inventory] {REBUILD} Failed: {where}")
    assert f"prefect deployment run {REBUILD} -p config=bad.toml -p output=failing" in body["text"]
    assert f"prefect flow-run logs {run}" in body["text"]
    (mail,) = watching.mailed(operations.mailed, run)
    assert mail.splitlines()[0] == body["subject"]
    assert "What to do\n  Mend what is named above" in mail
    # Bad data stays bad: no step was tried twice.
    assert set(watching.task_runs(run, "emissions").values()) == {1}
    text = watching.page(run)
    assert "**Failed**" in text
    assert "row 2, column side" in text
    store = LocalStore(out)
    assert store.versions("small") == [store.latest("small")] == [by_command.version]
    assert tree(out / "small" / by_command.version) == before


def process_of(run):
    """Return the process of a flow run on this machine, or None."""
    mark = f"PREFECT__FLOW_RUN_ID={run}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes().split(b"\0"):
                return int(path.parent.name)
        except OSError:
            continue
    return None


def test_a_killed_run_is_told_and_leaves_the_release_and_the_way_free(operations, by_command):
    if not Path("/proc/self/environ").exists():
        pytest.skip("needs /proc")
    project = operations.project
    out = project / "killed"
    shutil.copytree(by_command.path.parents[1], out)
    (project / "more.toml").write_text(SMALL.replace("draws = 100", "draws = 110"))
    had = len(list((out / ".cache").glob("*/*/record.json")))
    run = watching.start(REBUILD, config="more.toml", output="killed")
    # Into the build: the first of its own results is there.
    watching.until(
        lambda: len(list((out / ".cache").glob("*/*/record.json"))) > had, bool, "no step is done"
    )
    os.kill(process_of(run), signal.SIGKILL)
    state = watching.ended(run)
    assert state.name == "Crashed"
    (body,) = watching.told(operations.told, run)
    assert body["state"] == "Crashed"
    assert "Process exited with status code: -9" in body["what"]
    assert f"The last release is intact: small {by_command.version}" in body["status"]
    assert "look for a lack of memory" in body["text"]
    store = LocalStore(out)
    assert store.latest("small") == by_command.version
    verify_folder(store.find("small"))

    # The next run needn't wait for one that is dead.
    watching.until(
        lambda: watching.deployment(REBUILD).global_concurrency_limit.active_slots,
        lambda taken: taken == 0,
        "the dead run keeps its place",
    )
