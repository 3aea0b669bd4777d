"""Where the files of one release lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["ReleaseFiles"]


class ReleaseFiles(NamedTuple):
    """Files of one published version.

    Parameters
    ----------
    folder : Path
        Local folder of the release, or of the copies of its files.
    manifest : dict
        Its manifest.
    fetch : callable, optional
        To be called with a relative path before that file is read: it copies or verifies
        the file. None where nothing is to be done.
    """

    folder: Path
    manifest: dict[str, Any]
    fetch: Callable[[str], None] | None = None
