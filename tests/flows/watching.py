"""Looking at a Prefect server from a test."""

import json
import re
import time

SECONDS = 240


def client():
    from prefect import get_client

    return get_client(sync_client=True)


def deployment(name):
    with client() as there:
        return there.read_deployment_by_name(name)


def start(name, **parameters):
    """Ask for a run of a deployment; return its id."""
    with client() as there:
        return there.create_flow_run_from_deployment(deployment(name).id, parameters=parameters).id


def until(ask, wanted, what):
    """Ask until the answer is what is wanted; return it."""
    deadline = time.monotonic() + SECONDS
    while True:
        answer = ask()
        if wanted(answer):
            return answer
        assert time.monotonic() < deadline, f"{what}: {answer}"
        time.sleep(0.2)


def state(run):
    with client() as there:
        return there.read_flow_run(run).state


def ended(run):
    """Wait until a run has ended; return its last state."""
    return until(lambda: state(run), lambda found: found.is_final(), f"run {run} doesn't end")


def page(run):
    """Return the one artifact of a run, as Markdown."""
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    def ask():
        with client() as there:
            return there.read_artifacts(
                artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
            )

    # Prefect itself notes where it keeps the exception of a failed run.
    found = until(ask, len, "no artifact")
    (made,) = [one.data for one in found if one.type == "markdown"]
    return made


def task_runs(run):
    """Return how often each task of a run was run."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    with client() as there:
        found = there.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run])))
    return {re.sub("-[0-9a-f]{3}$", "", one.name): one.run_count for one in found}


def told(folder, run):
    """Wait for what a webhook was told of a run."""

    def ask():
        bodies = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        return [body for body in bodies if body.get("run") == str(run)]

    return until(ask, len, f"nothing told of {run}")


def mailed(folder, run):
    """Wait for what the alarm command was given of a run."""

    def ask():
        return [text for text in (p.read_text() for p in folder.iterdir()) if str(run) in text]

    return until(ask, len, f"nothing mailed of {run}")
