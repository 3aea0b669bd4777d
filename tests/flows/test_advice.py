"""The advice of an alarm fits the cause."""

import errno

import httpx
import pytest

from bc_inventory.errors import DataError, NetworkError, ReleaseError
from flows.advice import advice_on, advice_on_end


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NetworkError("x"), "the next scheduled run asks again"),
        (DataError([]), "Mend what is named above"),
        (ReleaseError("x"), "Mend what is named above"),
        (MemoryError(), "Memory ran out"),
        (OSError(errno.ENOSPC, "No space left on device"), "Free some space"),
        (OSError(errno.EROFS, "Read-only file system"), "writable"),
        (httpx.ConnectError("refused"), "bc-server"),
        (ValueError("x"), "defect of the software"),
    ],
)
def test_an_error_is_advised_on_by_its_kind(error, words):
    assert words in advice_on(error)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "lack of memory"),
        (137, "lack of memory"),
        (-15, "told to end"),
        (143, "told to end"),
        (-11, "a defect"),
        (1, "before its flow could say why"),
        (127, "before its flow could say why"),
    ],
)
def test_an_end_is_advised_on_by_its_status(code, words):
    advice = advice_on_end("Crashed", f"Process exited with status code: {code}")
    assert words in advice
    assert ("oom" in advice) == (words == "lack of memory")


def test_a_run_without_a_sign_of_life_isnt_blamed_on_memory():
    advice = advice_on_end("Crashed", "No heartbeat for nine minutes")
    assert "bc-worker" in advice
    assert "oom" not in advice
    assert "BC_INVENTORY_TIMEOUT_SECONDS" in advice_on_end("TimedOut", "Flow run exceeded 5 s")
