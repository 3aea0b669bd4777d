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
            found = there.read_artifacts(
                artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
            )
        # Prefect itself notes where it keeps the exception of a failed run.
        return [one.data for one in found if one.type == "markdown"]

    (made,) = until(ask, len, "no page")
    return made


def moment(run, name):
    """Return when a run first came into the state of a name."""
    with client() as there:
        states = there.read_flow_run_states(run)
    return min(state.timestamp for state in states if state.name == name)


def task_runs(run, last):
    """Return how often each task of a run was run, once the server knows of all of them.

    The states of tasks reach the server's database after the fact, in the order in which
    they came about. So a run is complete there when the task that ran last is in it and
    no task is in a state that another one follows.

    Parameters
    ----------
    run : UUID
        A run that has ended.
    last : str
        The task that the flow ran last.
    """
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    def ask():
        with client() as there:
            found = there.read_task_runs(
                flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run]))
            )
        return {re.sub("-[0-9a-f]{3}$", "", one.name): one for one in found}

    def complete(found):
        return last in found and all(one.state.is_final() for one in found.values())

    found = until(ask, complete, f"the tasks of {run} don't end")
    return {name: one.run_count for name, one in found.items()}


def told(folder, run):
    """Wait for what a webhook was told of a run."""

    def ask():
        bodies = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        return [body for body in bodies if body.get("run") == str(run)]

    return until(ask, len, f"nothing told of {run}")


def mailed(folder, run):
    """Wait for what the alarm command was given of a run."""

    def ask():
        texts = [path.read_text() for path in sorted(folder.glob("*.txt"))]
        return [text for text in texts if str(run) in text]

    return until(ask, len, f"nothing mailed of {run}")
