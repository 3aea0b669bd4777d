"""Fetch one file over HTTP: resumed, retried, limited, verified, whole or not at all.

pooch verifies and caches but starts again from nothing when a connection breaks; the
files here are up to hundreds of megabytes on links that do, so the part that has come is
kept and the rest asked for by Range.
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bc_inventory.errors import SourceError, SourceUnavailableError
from bc_inventory.storage.hashing import sha256_file

if TYPE_CHECKING:
    import requests

__all__ = ["Policy", "download"]

_CHUNK = 1 << 16
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_WHY = {
    401: "It needs an account.",
    403: "Access is refused: by the publisher, or by a proxy on the way.",
    404: "There is no such file: the publisher may have moved it.",
    410: "The publisher has withdrawn it.",
}


@dataclass(frozen=True)
class Policy:
    """How often and how long to try.

    Parameters
    ----------
    tries : int
        Attempts that bring nothing before giving up; one that brings bytes starts the
        count again.
    pause : float
        Seconds before the second attempt; doubled each time, with up to half as much again
        at random.
    longest_pause : float
        Seconds; also the most that a server's Retry-After is followed.
    connect, read : float
        Seconds to wait for a connection, and for the next bytes.
    deadline : float
        Seconds for the whole file.
    schemes : tuple of str
        Allowed in addresses and after redirection.
    sleep : callable
        Waits that many seconds.
    """

    tries: int = 5
    pause: float = 1.0
    longest_pause: float = 120.0
    connect: float = 10.0
    read: float = 60.0
    deadline: float = 3600.0
    schemes: tuple[str, ...] = ("https",)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


class _TryAgain(Exception):
    """An attempt failed in a way that another may not."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


def download(
    address: str,
    path: Path,
    *,
    sha256: str | None = None,
    size_limit: int = 1 << 30,
    policy: Policy | None = None,
) -> str:
    """Fetch `address` to `path`, which appears when it is whole and verified.

    Parameters
    ----------
    address : str
        https address.
    path : Path
        Where to put it; what has come so far is kept next to it as `.part`.
    sha256 : str, optional
        Expected checksum, hexadecimal.
    size_limit : int
        Bytes; what is larger is refused.
    policy : Policy, optional
        How often and how long to try.

    Returns
    -------
    str
        SHA-256 of the file.

    Raises
    ------
    SourceUnavailableError
        If the network or the server doesn't answer in all attempts. The message says how to
        go on without the network.
    SourceError
        If it is refused, too large, or isn't what the checksum says.
    """
    rules = policy or Policy()
    _check_scheme(address, rules)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    _attempts(address, path, part, size_limit, rules, sha256 is not None)
    text = sha256_file(part)
    if sha256 is not None and text != sha256.lower():
        _forget(part)
        raise SourceError(
            f"{address}: found a file with SHA-256 {text}; expected {sha256}. It was changed on "
            "the way or by its publisher, and isn't kept. If a new edition was published, its "
            "checksum belongs in the catalogue."
        )
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(path)
    _forget(part)
    return text


def _attempts(
    address: str, path: Path, part: Path, size_limit: int, rules: Policy, checked: bool
) -> None:
    """Try until the part is whole, or trying is over."""
    began, failed, wait = time.monotonic(), 0, rules.pause
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _fetch(address, part, size_limit, rules, began + rules.deadline, checked)
            return
        except _TryAgain as trouble:
            moved = part.exists() and part.stat().st_size > before
            failed, wait = (1, rules.pause) if moved else (failed + 1, wait)
            pause = trouble.after
            if pause is None:
                # Spread out, so that many who were cut off don't return at once.
                pause = wait * (1 + random.random() / 2)  # noqa: S311
                wait = min(wait * 2, rules.longest_pause)
            late = time.monotonic() - began + pause > rules.deadline
            if failed >= rules.tries or pause > rules.longest_pause or late:
                raise SourceUnavailableError(
                    f"{address}: {trouble}, and gave up after {failed} "
                    f"{'attempt' if failed == 1 else 'attempts'}. If the network is refused "
                    f"here, fetch the file elsewhere, put it at {path} and go on offline."
                ) from trouble
            rules.sleep(pause)


def _fetch(
    address: str, part: Path, size_limit: int, rules: Policy, until: float, checked: bool
) -> None:
    """Make one request and append what comes to the part."""
    import requests

    # The urllib3 that requests itself uses; its errors come through `raw` unwrapped.
    from requests.packages import urllib3  # type: ignore[attr-defined]

    etag = _etag(part)
    # Without an ETag of the server, only the checksum at the end proves that parts fit.
    have = part.stat().st_size if part.exists() and (etag or checked) else 0
    headers = {"Accept-Encoding": "identity", "User-Agent": "bc_inventory"}
    if have:
        headers["Range"] = f"bytes={have}-"
    if have and etag:
        headers["If-Range"] = etag
    try:
        with requests.get(
            address, headers=headers, stream=True, timeout=(rules.connect, rules.read)
        ) as answer:
            _check_scheme(answer.url, rules)
            start, total = _accept(answer, have, part)
            if total is not None and total > size_limit:
                raise SourceError(f"{address}: {total} bytes; at most {size_limit} are accepted")
            if total is None and not checked and not answer.raw.chunked:
                raise SourceError(
                    f"{address}: the server doesn't say how long the file is and no checksum is "
                    "known, so a broken connection couldn't be told from its end"
                )
            _note(part, answer, start)
            with part.open("r+b" if start else "wb") as stream:
                stream.seek(start)
                _pour(answer, stream, start, total, size_limit, until)
    except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as error:
        raise _TryAgain(_plain(error)) from error
    except requests.RequestException as error:
        raise SourceError(f"{address}: {_plain(error)}") from error


def _accept(answer: requests.Response, have: int, part: Path) -> tuple[int, int | None]:
    """Return where the body starts in the file and the size of the whole file."""
    status = answer.status_code
    if status in _AGAIN:
        raise _TryAgain(f"the server answers {status} {answer.reason}", _retry_after(answer))
    if status == 416:
        # What is here is as long as the file or longer: begin again.
        _forget(part)
        raise _TryAgain("the part that was kept no longer fits the file")
    if status not in {200, 206}:
        why = _WHY.get(status, "")
        raise SourceError(
            f"{answer.url}: the server answers {status} {answer.reason}. {why}".strip()
        )
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise SourceError(f"{answer.url}: the server compresses what was asked for plain")
    length = answer.headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else None
    if status == 200:
        return 0, size
    span, _, whole = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
    if span.partition("-")[0] != str(have):
        _forget(part)
        raise _TryAgain("the server sends another range than was asked for")
    return have, int(whole) if whole.isdecimal() else None


def _pour(
    answer: Any, stream: Any, start: int, total: int | None, size_limit: int, until: float
) -> None:
    index = start
    # `read1` hands over what has come; `iter_content` would lose it when the link breaks.
    while chunk := answer.raw.read1(_CHUNK):
        index += len(chunk)
        if index > size_limit or (total is not None and index > total):
            raise SourceError(
                f"{answer.url}: more than {min(size_limit, total or size_limit)} bytes come"
            )
        stream.write(chunk)
        if time.monotonic() > until:
            raise SourceUnavailableError(
                f"{answer.url}: too slow; {index} bytes came before the deadline"
            )
    if total is not None and index < total:
        raise _TryAgain(f"the connection broke after {index} of {total} bytes")


def _retry_after(answer: requests.Response) -> float | None:
    """Return the seconds a server asks to wait, from a number or a date."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    return None


def _note(part: Path, answer: requests.Response, start: int) -> None:
    """Keep what tells whether the file is still the same when it is resumed."""
    if start:
        return
    tag = answer.headers.get("ETag", "")
    # A weak tag doesn't promise the same bytes.
    etag = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")
    _etag_file(part).write_text(json.dumps({"etag": etag}), encoding="utf-8")


def _etag(part: Path) -> str:
    try:
        return str(json.loads(_etag_file(part).read_text(encoding="utf-8"))["etag"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _etag_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _etag_file(part).unlink(missing_ok=True)


def _check_scheme(address: str, rules: Policy) -> None:
    scheme = urlsplit(address).scheme
    if scheme not in rules.schemes:
        raise SourceError(
            f"{address}: an address of scheme {scheme!r}; only {', '.join(rules.schemes)} is used"
        )


def _plain(error: Exception) -> str:
    """Return the innermost reason of a chain of network errors."""
    inner: BaseException = error
    for _ in range(6):
        reason = getattr(inner, "reason", None) or next(
            (a for a in inner.args if isinstance(a, BaseException)), None
        )
        if not isinstance(reason, BaseException):
            break
        inner = reason
    return f"{type(inner).__name__}: {str(inner)[:200]}"
