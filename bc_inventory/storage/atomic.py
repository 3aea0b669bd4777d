"""Writes that are whole or absent, locks, and what dead processes left behind."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import secrets
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bc_inventory.errors import ReleaseError

if TYPE_CHECKING:
    from filelock import FileLock

__all__ = [
    "exclusive",
    "fsync_folder",
    "fsync_tree",
    "lock",
    "remove_dead",
    "remove_tree",
    "temporary_folder",
    "unused",
    "using",
    "write_atomic",
]

_PREFIX = ".part-"
_OWNER = ".owner"
_USER = ".user-"
_GATE = ".gate"
_HOLDER = ".holder"
_NOTICE_SECONDS = 15.0
_PATIENCE_SECONDS = 585.0


def fsync_folder(path: Path) -> None:
    """Flush a folder's entries to disk, where the system knows how."""
    if os.name == "nt":
        return  # Windows can't open a folder, and journals its entries itself
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_tree(path: Path) -> None:
    """Flush all files and folders below `path`, and `path` itself."""
    for folder, _, files in os.walk(path):
        for name in files:
            # Windows flushes only what is open for writing.
            with Path(folder, name).open("r+b" if os.name == "nt" else "rb") as stream:
                os.fsync(stream.fileno())
        fsync_folder(Path(folder))


def write_atomic(path: Path, data: bytes) -> None:
    """Replace a file by new content so that a reader sees the old or the new whole.

    What it leaves when it is killed, `remove_dead` removes; so whoever calls
    both on one folder holds a lock.

    Parameters
    ----------
    path : Path
        File; its folder exists.
    data : bytes
        New content.
    """
    part = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}")
    try:
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def lock(path: Path, timeout: float = -1) -> FileLock:
    """Return a lock between processes; the system frees it when its holder dies.

    Parameters
    ----------
    path : Path
        Lock file; it stays when the lock is free.
    timeout : float
        Seconds to wait, -1 without end; `filelock.Timeout` is raised after it.
    """
    from filelock import FileLock

    return FileLock(path, timeout=timeout)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock between processes, and say who holds it when it takes long.

    The system frees the lock of a process that dies. A file server may keep that of a host
    that is gone; no process can know this, so that it is told, and whoever knows the host
    decides.

    Parameters
    ----------
    path : Path
        Lock file; while it is held, a note next to it says by whom.

    Raises
    ------
    ReleaseError
        If it isn't free within ten minutes, with what to do.
    """
    from filelock import Timeout

    note = path.with_name(f"{path.name}{_HOLDER}")
    file_lock = lock(path)
    try:
        file_lock.acquire(timeout=_NOTICE_SECONDS)
    except Timeout:
        text = f"waiting for {path}, held by {_holder(note)}"
        logging.getLogger(__name__).warning(text)
        try:
            file_lock.acquire(timeout=_PATIENCE_SECONDS)
        except Timeout as error:
            raise ReleaseError(
                f"{path} isn't free after {_PATIENCE_SECONDS + _NOTICE_SECONDS:.0f} s; it is held "
                f"by {_holder(note)}. If that process runs, wait for it. If its host is gone and "
                f"the folder lies on a file server, remove {path} and try again; every release "
                "is whole"
            ) from error
    try:
        with contextlib.suppress(OSError):
            moment = dt.datetime.now(dt.UTC)
            note.write_text(
                f"process {os.getpid()} on {socket.gethostname()} since {moment:%Y-%m-%d %H:%M} UTC"
            )
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)
        file_lock.release()


def _holder(note: Path) -> str:
    """Return who holds a lock, as its note says."""
    try:
        return note.read_text("utf-8")[:200] or "an unknown process"
    except (OSError, UnicodeDecodeError):
        return "an unknown process"


@contextlib.contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """Make a folder in `parent` that is gone in the end unless it was moved.

    A lock next to it says that its maker lives; `remove_dead` removes those
    whose maker doesn't.
    """
    parent.mkdir(parents=True, exist_ok=True)
    result = parent / f"{_PREFIX}{secrets.token_hex(8)}"
    owner = result.with_name(result.name + _OWNER)
    with lock(owner):
        result.mkdir()
        try:
            yield result
        finally:
            remove_tree(result)
            # On POSIX an unlinked lock stays held until closed; nobody else knows its name.
            with contextlib.suppress(OSError):
                owner.unlink()
    with contextlib.suppress(OSError):
        owner.unlink(missing_ok=True)


@contextlib.contextmanager
def using(folder: Path) -> Iterator[None]:
    """Keep others from removing what lies in `folder`; see `unused`.

    Any number of processes may use a folder at once. The system frees the mark of one
    that dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = lock(folder / f"{_USER}{secrets.token_hex(8)}")
    with exclusive(folder / _GATE):
        _forget_dead_users(folder)
        mark.acquire()
    try:
        yield
    finally:
        mark.release()
        with contextlib.suppress(OSError):
            Path(mark.lock_file).unlink(missing_ok=True)


@contextlib.contextmanager
def unused(folder: Path) -> Iterator[bool]:
    """Hold a folder; tell whether no living process uses it, and let none begin to."""
    with exclusive(folder / _GATE):
        yield not _forget_dead_users(folder)


def _forget_dead_users(folder: Path) -> bool:
    """Remove marks of processes that have died; tell whether any lives."""
    from filelock import Timeout

    lives = False
    for mark in sorted(folder.glob(f"{_USER}*")):
        try:
            with lock(mark, timeout=0), contextlib.suppress(OSError):
                mark.unlink(missing_ok=True)
        except Timeout:
            lives = True
    return lives


def remove_dead(parent: Path) -> list[Path]:
    """Remove temporary folders and files of `parent` whose makers have died.

    Returns
    -------
    list of Path
        What was removed.
    """
    from filelock import Timeout

    removed = []
    for folder in sorted(parent.glob(f"{_PREFIX}*")):
        if folder.name.endswith(_OWNER):
            result = folder.with_name(folder.name.removesuffix(_OWNER))
            if result.exists():
                continue  # met under its own name
        else:
            result = folder
        owner = result.with_name(result.name + _OWNER)
        try:
            with lock(owner, timeout=0):
                if result.is_file():
                    result.unlink()
                else:
                    remove_tree(result)
                removed.append(result)
                with contextlib.suppress(OSError):
                    owner.unlink()
        except (Timeout, OSError):
            continue
    return removed


def remove_tree(path: Path) -> None:
    """Remove a folder, read-only files included; absent is fine."""
    if not path.exists():
        return
    for folder, _, files in os.walk(path):
        Path(folder).chmod(stat.S_IRWXU)
        if os.name == "nt":
            for name in files:
                Path(folder, name).chmod(stat.S_IWRITE)
    shutil.rmtree(path)
