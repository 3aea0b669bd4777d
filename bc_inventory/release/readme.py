"""The README of a release, made for that version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["readme"]


def readme(core: Mapping[str, Any], version: str) -> str:
    """Return the README of a release as Markdown.

    Parameters
    ----------
    core : mapping
        The manifest.
    version : str
        Its version.
    """
    lines = [
        f"# {core['title']}, version {version}",
        "",
        "This folder is never changed. `manifest.json` says which inputs, code and configuration",
        "made each file; `bc-inventory verify` proves that nothing is missing, added or altered.",
        "",
        "## Files",
        "",
        *(f"* `{entry['path']}` ({entry['bytes']} bytes)" for entry in core["files"]),
        "",
        "## Sources",
        "",
        *(
            f"* {row.get('citation') or row['source_id']} Licence: {row.get('licence')}."
            for row in core["sources"]
        ),
        "",
    ]
    return "\n".join(lines)
