"""What the flow costs more than the command, with a Prefect server already running.

    python benchmarks/flow.py [CONFIG [ROUNDS]]

Both run the same plan in a process of their own, cold and again unchanged, in turn.
Limit: a cold flow takes at most 25 % more than a cold command.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 1.25
WAYS = {
    "command": ["-m", "bc_inventory.cli", "build", "--config", "{config}", "--output", "{output}"],
    "flow": [str(ROOT / "flows" / "rebuild.py"), "{config}", "{output}"],
}


def measure(words: list[str], folder: Path, env: dict[str, str]) -> tuple[float, float]:
    """Return wall and CPU seconds of a process."""
    began = time.perf_counter()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=folder, env=env, stdout=log, stderr=log
        )
        _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, (folder / "log").read_text()[-3000:]
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def start_server(folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a server and wait until it answers."""
    port = env["PREFECT_API_URL"].rpartition(":")[2].partition("/")[0]
    words = ["-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    with (folder / "server").open("wb") as log:
        process = subprocess.Popen([sys.executable, *words], env=env, stdout=log, stderr=log)
    while True:
        try:
            urllib.request.urlopen(f"{env['PREFECT_API_URL']}/health")
        except OSError:
            assert process.poll() is None, (folder / "server").read_text()
            time.sleep(0.3)
        else:
            return process


def main(config: str = "default", rounds: str = "3") -> None:
    """Measure both in turn and print medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        server = start_server(folder, env)
        seen: dict[tuple[str, str], list[tuple[float, float]]] = {}
        try:
            for number in range(int(rounds)):
                for way, words in WAYS.items():
                    output = str(folder / f"{way}{number}")
                    command = [word.format(config=config, output=output) for word in words]
                    for kind in ("cold", "unchanged"):
                        seen.setdefault((kind, way), []).append(measure(command, folder, env))
        finally:
            server.terminate()
            server.wait()
    print(f"{config}, medians of {rounds}: wall s, CPU s")
    for kind in ("cold", "unchanged"):
        middle = {
            way: [statistics.median(each) for each in zip(*seen[kind, way], strict=True)]
            for way in WAYS
        }
        for way, (wall, cpu) in middle.items():
            print(f"  {kind:<10} {way:<8} {wall:7.1f} {cpu:7.1f}")
        ratios = [f / c for f, c in zip(middle["flow"], middle["command"], strict=True)]
        print(f"  {kind:<10} ratio    {ratios[0]:7.2f} {ratios[1]:7.2f}")
        if kind == "cold" and ratios[1] > LIMIT:
            print(f"  over the limit of {LIMIT}")
            sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:3])
