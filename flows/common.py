"""What the flows share: settings, retries for the network alone, the page of a run, the alarm."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import shlex
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

# Before Prefect is imported: no telemetry, and time enough for a temporary server whose
# database is made on first use (20 to 40 s on two cores; Prefect allows 20).
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")
# Waits of 2, 4, 8 s and so on until a server answers, eight minutes in all (five attempts, one
# minute, by default): a server that is away for some minutes must not lose a run's result.
os.environ.setdefault("PREFECT_CLIENT_MAX_RETRIES", "8")

from prefect import Flow, flow, get_client, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, WorkerStatus
from prefect.context import FlowRunContext
from prefect.logging import get_logger
from prefect.settings import PREFECT_API_URL, PREFECT_UI_URL
from prefect.states import Crashed
from prefect.task_runners import ThreadPoolTaskRunner

from bc_inventory.errors import BCInventoryError, NetworkError
from flows.advice import advice_on, advice_on_end
from flows.alarm import send

# The flows take Prefect from here, so that it is never imported before the settings above.
__all__ = [
    "TASK",
    "FlowRun",
    "FlowRunFilter",
    "ThreadPoolTaskRunner",
    "WorkerStatus",
    "alarm",
    "crashed",
    "flow",
    "get_client",
    "in_time",
    "is_network",
    "network_task",
    "on_a_schedule",
    "page",
    "task",
]

# The steps keep their results themselves, under keys that Prefect knows nothing of.
TASK: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False}
_HOUR = 3600.0
_RETRY_SECONDS = "60,300,900"
_MOST_TEXT = 4_000


def crashed(why: str) -> State:
    """Return the state of a run whose process is gone."""
    return Crashed(message=why)


def on_a_schedule(hours: float, status_of: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
    """Return the options of a flow that runs while nobody looks.

    Parameters
    ----------
    hours : float
        How long it may take, unless BC_INVENTORY_TIMEOUT_SECONDS says otherwise.
    status_of : callable
        Given the parameters of a run, says in a sentence what is intact when it failed.
    """
    seconds = float(os.environ.get("BC_INVENTORY_TIMEOUT_SECONDS", hours * _HOUR))
    details = alarm(status_of)
    return {
        "validate_parameters": False,
        "persist_result": False,
        "timeout_seconds": seconds,
        "on_failure": [details],
        "on_crashed": [details],
    }


def in_time() -> None:
    """Raise between two steps of a flow when its time is used up.

    Prefect ends a flow that takes too long by an exception in whatever Python does at that
    moment. In the callback of a weak reference or in `__del__` Python drops exceptions, and
    the run would go on without a limit.

    Raises
    ------
    TimeoutError
        If the flow runs for longer than its `timeout_seconds`; Prefect makes it the state
        TimedOut.
    """
    context = FlowRunContext.get()
    if context is None or context.flow is None or context.flow.timeout_seconds is None:
        return
    used = (datetime.now(UTC) - context.start_time).total_seconds()
    if used > context.flow.timeout_seconds:
        raise TimeoutError(f"{used:.0f} s of {context.flow.timeout_seconds:g} s are used up")


def is_network(task: Any, task_run: Any, state: State) -> bool:
    """Tell whether a task failed because a network didn't answer; bad data stays bad."""
    return isinstance(state.result(raise_on_failure=False), NetworkError)


def network_task() -> dict[str, Any]:
    """Return the options of a task that is tried again when a network doesn't answer.

    The waits are those of BC_INVENTORY_RETRY_SECONDS, by default 60, 300 and 900 s.
    """
    text = os.environ.get("BC_INVENTORY_RETRY_SECONDS", _RETRY_SECONDS)
    waits = [float(part) for part in text.split(",") if part.strip()]
    return {
        **TASK,
        "retries": len(waits),
        "retry_delay_seconds": waits,
        "retry_jitter_factor": 0.3,
        "retry_condition_fn": is_network,
    }


@contextlib.contextmanager
def page(key: str, title: str) -> Iterator[list[str]]:
    """Write the one artifact of a run, for people to read; also when the run fails.

    Parameters
    ----------
    key : str
        Of the artifact; Prefect keeps its history under it.
    title : str
        Heading.

    Yields
    ------
    list of str
        To be filled with lines of Markdown.
    """
    lines: list[str] = []
    try:
        yield lines
    except BaseException as error:
        lines[:0] = ["**Failed**", "", "```", _error_text(error), "```", ""]
        raise
    finally:
        try:
            create_markdown_artifact(key=key, markdown="\n".join([f"# {title}", "", *lines]))
        except Exception as error:
            # The page is for reading; what the run has done is valid without it.
            get_logger("bc_inventory").error(f"the page of the run can't be written: {error}")


def alarm(status_of: Callable[[dict[str, Any]], str]) -> Callable[..., None]:
    """Return a hook that says what broke, what is intact, and what to type.

    Parameters
    ----------
    status_of : callable
        Given the parameters of the run, says in a sentence what is intact.
    """

    def report_failure(flow: Flow[..., Any], flow_run: FlowRun, state: State) -> None:
        given = {
            name: parameter.default
            for name, parameter in inspect.signature(flow.fn).parameters.items()
        }
        try:
            status = status_of({**given, **(flow_run.parameters or {})})
        except (BCInventoryError, OSError) as error:
            status = f"The status is unknown: {error}"
        name, again = _names(flow, flow_run)
        what, advice = _what(state)
        moment = datetime.now(UTC)
        text = "\n".join(
            [
                f"{name}, run {flow_run.name}: {state.name}, {moment:%Y-%m-%d %H:%M} UTC "
                f"on {socket.gethostname()}",
                "",
                "What broke",
                *(f"  {line}" for line in what.splitlines()),
                "",
                "Status",
                f"  {status}",
                "",
                "What to do",
                f"  {advice}",
                f"  Again:  {again}",
                f"  Log:    prefect flow-run logs {flow_run.id}",
                *([f"          {_address(flow_run)}"] if PREFECT_API_URL.value() else []),
                "",
            ]
        )
        first = what.strip().splitlines()[0] if what.strip() else state.name
        fields = {
            "flow": name,
            "run": str(flow_run.id),
            "state": str(state.name),
            "what": what,
            "status": status,
        }
        log = get_logger("bc_inventory.alarm")
        for failed in send(f"[bc-inventory] {name} {state.name}: {first}", text, fields):
            log.error(failed)
        log.error(text)

    return report_failure


def _what(state: State) -> tuple[str, str]:
    """Return what broke, and what whoever reads it can do."""
    error: Any = None
    if state.data is not None:
        with contextlib.suppress(Exception):  # a result that can't be had isn't the failure
            error = state.result(raise_on_failure=False)
    if state.name == "TimedOut" or not isinstance(error, BaseException):
        message = state.message or str(state.name)
        return message, advice_on_end(str(state.name), message)
    return _error_text(error), advice_on(error)


def _error_text(error: BaseException) -> str:
    """Return what an error says, its step and kind included."""
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    kind = "" if isinstance(error, BCInventoryError) else f"{type(error).__name__}: "
    text = f"{kind}{error}{notes}"
    return text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + " ..."


def _names(flow: Flow[..., Any], flow_run: FlowRun) -> tuple[str, str]:
    """Return what the run is of, `flow/deployment`, and what to type to run it again."""
    given = dict(flow_run.parameters or {})
    if flow_run.deployment_id is None:
        words = [str(value) for value in given.values()]
        return str(flow.name), shlex.join(["python", f"flows/{flow.name}.py", *words])
    name = str(flow.name)
    with contextlib.suppress(Exception), get_client(sync_client=True) as client:
        deployment = client.read_deployment(flow_run.deployment_id)
        name = f"{flow.name}/{deployment.name}"
        given = {k: v for k, v in given.items() if deployment.parameters.get(k) != v}
    words = [word for key, value in given.items() for word in ("-p", f"{key}={_value(value)}")]
    return name, shlex.join(["prefect", "deployment", "run", name, *words])


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _address(flow_run: FlowRun) -> str:
    root = PREFECT_UI_URL.value() or str(PREFECT_API_URL.value()).removesuffix("/api")
    return f"{root}/runs/flow-run/{flow_run.id}"
