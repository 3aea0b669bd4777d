"""One Prefect server with a worker and the shipped deployments, shared by all flow tests.

A server takes 20 s and more to start and is never idle, so that these tests run in one
process, one after another, and it ends with them.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from bc_inventory.config import load_config
from bc_inventory.workflow.run import build
from tests.conftest import ROOT, SMALL
from tests.small_facts import write_small_overlay

POOL = "bc-inventory"


@dataclass
class Operations:
    """A machine that runs flows.

    `project` is where `prefect deploy --all` was called, `told` where its webhook keeps
    what it is told, `mailed` where its alarm command does, and `env` what a command needs.
    """

    base: Path
    env: dict

    @property
    def project(self) -> Path:
        return self.base / "project"

    @property
    def told(self) -> Path:
        return self.base / "told"

    @property
    def mailed(self) -> Path:
        return self.base / "mailed"

    def prefect(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *words],
            cwd=self.project,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def free_port():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


def _start(base: Path, pids: list[int]) -> dict[str, str]:
    """Start the webhook, the server and the worker, note them; deploy; return their settings."""
    port, hook = free_port(), free_port()
    for name in ("project", "told", "mailed"):
        (base / name).mkdir(parents=True)
    project = base / "project"
    shutil.copytree(ROOT / "flows", project / "flows")
    shutil.copy(ROOT / "prefect.yaml", project)
    write_small_overlay(project / "data")
    (project / "small.toml").write_text(SMALL)
    (base / "mail.py").write_text(
        "import sys, time, pathlib\n"
        f"place = pathlib.Path({str(base / 'mailed')!r}) / f'{{time.time_ns()}}.part'\n"
        "place.write_text(sys.argv[1] + chr(10) + sys.stdin.read())\n"
        "place.rename(place.with_suffix('.txt'))\n"
    )
    env = {
        "PREFECT_HOME": str(base / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "2",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        # As docs/operations.md advises.
        "PREFECT_CLIENT_MAX_RETRIES": "8",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
            "prefect.server.concurrency.lease_storage.filesystem"
        ),
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "BC_INVENTORY_RETRY_SECONDS": "0.2,0.4,0.6",
        "BC_INVENTORY_ALARM_WEBHOOK": f"http://127.0.0.1:{hook}/hook",
        "BC_INVENTORY_ALARM_COMMAND": f"{sys.executable} {base / 'mail.py'} {{subject}}",
        "PYTHONPATH": str(ROOT),
    }
    made = Operations(base, {**os.environ, **env})

    def spawn(name, *words):
        with (base / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *words], cwd=project, env=made.env, stdout=log, stderr=log
            )
        pids.append(process.pid)
        return process

    spawn("webhook", str(ROOT / "tests" / "flows" / "receiver.py"), str(hook), made.told)
    server = spawn(
        "server",
        *("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)),
    )
    until = time.monotonic() + 300
    while True:
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(f"{env['PREFECT_API_URL']}/health").status == 200:
                break
        assert server.poll() is None, (base / "server.log").read_text()
        assert time.monotonic() < until, (base / "server.log").read_text()
        time.sleep(0.2)
    made.prefect("work-pool", "create", POOL, "--type", "process")
    made.prefect("deploy", "--all")
    made.prefect("automation", "create", "--from-file", "flows/automations.yaml")
    spawn("worker", "-m", "prefect", "worker", "start", "--pool", POOL)
    return env


@pytest.fixture(scope="package")
def operations(tmp_path_factory):
    """Return a machine on which the shipped deployments run."""
    base = tmp_path_factory.mktemp("operations")
    pids = []
    try:
        env = _start(base, pids)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in env.items():
                if name != "PYTHONPATH":
                    patch.setenv(name, value)
            from prefect.settings import PREFECT_API_URL, PREFECT_HOME, temporary_settings

            with temporary_settings(
                {PREFECT_API_URL: env["PREFECT_API_URL"], PREFECT_HOME: env["PREFECT_HOME"]}
            ):
                yield Operations(base, {**os.environ, **env})
    finally:
        for pid in reversed(pids):
            _end(pid)


@pytest.fixture(scope="package")
def by_command(operations, with_results):
    """Return the release that the command makes of the small facts, with its cache."""
    output = with_results(operations.base / "command")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(operations.project)
        return build(load_config("small.toml"), output)


def _end(pid):
    """End a process that was started here, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        for _ in range(100):
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    return
            os.kill(pid, 0)
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
