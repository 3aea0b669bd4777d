"""A Dask scheduler and two workers, as processes of their own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def dask_cluster(
    *places: Path, cwd: Path | None = None
) -> Iterator[tuple[str, list[subprocess.Popen], subprocess.Popen]]:
    """Start a cluster; yield the scheduler's address, the workers and the scheduler.

    Parameters
    ----------
    *places : Path
        Folders that workers import from, besides the project's.
    cwd : Path, optional
        Folder the processes run in.
    """
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *places)))}
    first = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_scheduler"),
            *("--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
        ],
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        cwd=cwd,
    )
    address = next(line.split()[-1] for line in first.stderr if "Scheduler at:" in line)
    workers = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "distributed.cli.dask_worker", address),
                *("--no-nanny", "--nthreads", "1", "--no-dashboard"),
            ],
            stderr=subprocess.DEVNULL,
            env=env,
            cwd=cwd,
        )
        for _ in range(2)
    ]
    try:
        yield address, workers, first
    finally:
        for process in [*workers, first]:
            process.kill()
            process.wait()
        first.stderr.close()
