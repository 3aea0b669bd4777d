"""What to do about a run that failed, by what ended it."""

from __future__ import annotations

import errno
import re
import signal

from bc_inventory.errors import BCInventoryError, NetworkError

__all__ = ["advice_on", "advice_on_end"]

_AGAIN = "What was finished is kept; run it again."
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}
# Modules whose errors come from the way to the Prefect server.
_SERVER = {"httpx", "httpcore", "prefect", "websockets"}
_KILLED = (
    "The process was killed from outside: look for a lack of memory "
    f"(journalctl -k | grep -i oom). {_AGAIN}"
)
_ENDED = f"The process was told to end, as by a restart of worker or machine. {_AGAIN}"
_BROKEN = "A library broke the process: this is a defect, report it with the log."
_BY_ITSELF = (
    "The process ended by itself before its flow could say why, as when the folder, the "
    "environment or a library isn't what it was: see its log."
)
_BY_SIGNAL: dict[int, str] = {
    signal.SIGKILL: _KILLED,
    **dict.fromkeys((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), _ENDED),
    **dict.fromkeys(
        (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE), _BROKEN
    ),
}
_SHELL = 128  # what a shell adds to the number of a signal


def advice_on(error: BaseException) -> str:
    """Return what to do about an error that a flow raised.

    Parameters
    ----------
    error : BaseException
        The error.

    Examples
    --------
    >>> advice_on(MemoryError())
    'Memory ran out: see what else runs there, or give it more.'
    """
    if isinstance(error, NetworkError):
        return (
            "A network or a server didn't answer, in all attempts. There is nothing to mend "
            "here; the next scheduled run asks again."
        )
    if isinstance(error, BCInventoryError):
        return "Mend what is named above and run it again. What was finished is kept."
    if isinstance(error, MemoryError):
        return "Memory ran out: see what else runs there, or give it more."
    if isinstance(error, OSError) and error.errno in _DISK:
        return f"Free some space, or make the folder writable. {_AGAIN}"
    if type(error).__module__.partition(".")[0] in _SERVER:
        return f"The Prefect server didn't answer: see systemctl status bc-server. {_AGAIN}"
    return "This is a defect of the software: report it with the log."


def advice_on_end(name: str, message: str) -> str:
    """Return what to do about a run that couldn't say itself why it ended.

    Parameters
    ----------
    name, message : str
        Of its last state.

    Examples
    --------
    >>> advice_on_end("Crashed", "Process exited with status code: -15")[:37]
    'The process was told to end, as by a '
    """
    if name == "TimedOut":
        return (
            "Find what it waits for in its log; BC_INVENTORY_TIMEOUT_SECONDS of the worker "
            "allows more. What was finished is kept."
        )
    status = re.search(r"status code: (-?\d+)", message)
    if status is None:
        if "heartbeat" in message.lower():
            where = "Its machine or worker is gone, or was cut off: see systemctl status bc-worker"
            return f"{where}. {_AGAIN}"
        return f"The process is gone: see its log and that of the worker. {_AGAIN}"
    code = int(status[1])
    ended_by = -code if code < 0 else code - _SHELL
    return _BY_SIGNAL.get(ended_by, _BY_ITSELF)
