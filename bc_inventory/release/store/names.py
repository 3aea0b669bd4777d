"""Names of inventories, versions and files, limited to what is safe on every system."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from bc_inventory.errors import ReleaseError

__all__ = [
    "FACTS",
    "LATEST",
    "MANIFEST",
    "VARIANTS",
    "check_file",
    "check_inventory",
    "check_variant",
    "check_version",
    "is_inventory",
    "is_version",
]

LATEST = "latest"
# Folder of a release with the tables of facts that aren't the embedded ones, whole.
FACTS = "facts"
MANIFEST = "manifest.json"
# Folder next to the releases with the version that each variant was published as last.
VARIANTS = "variants"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
# Of a variant, so that year and digits fit a version, too.
_LONGEST = 30
_VERSION = re.compile(r"[0-9a-z][0-9a-z-]{0,47}-[0-9a-f]{8}")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=-]{0,99}")
# Devices on Windows, which no folder can be named after.
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{p}{n}" for p in ("com", "lpt") for n in range(10)}


def is_inventory(name: str) -> bool:
    """Tell whether a name can be one of an inventory."""
    return bool(_NAME.fullmatch(name)) and name not in _DEVICES


def is_version(name: str) -> bool:
    """Tell whether a name can be a version; that of a staging folder can't."""
    return bool(_VERSION.fullmatch(name))


def check_inventory(name: str) -> str:
    """Return an inventory's name, or raise ReleaseError if it isn't a plain one."""
    if not is_inventory(name):
        raise ReleaseError(
            f"found {_shown(name)} as the name of an inventory; expected lower-case letters, "
            "digits and hyphens, such as 'black-carbon'"
        )
    return name


def check_version(version: str) -> str:
    """Return a version, or raise ReleaseError if it can't be one."""
    if not is_version(version):
        raise ReleaseError(
            f"found {_shown(version)} as a version; expected 'latest' or one such as "
            "'2018-1a2b3c4d'"
        )
    return version


def check_variant(name: str) -> str:
    """Return the name of a variant, or raise ReleaseError if it can't be one."""
    if not is_inventory(name) or is_version(name) or name == LATEST or len(name) > _LONGEST:
        raise ReleaseError(
            f"found {_shown(name)} as the name of a variant; expected at most {_LONGEST} "
            f"lower-case letters, digits and hyphens, other than a version and {LATEST!r}, such as "
            "'what-if'"
        )
    return name


def check_file(path: str) -> str:
    """Return the relative path of a file in a release, or raise ReleaseError."""
    parts = PurePosixPath(path).parts
    plain = bool(parts) and "/".join(parts) == path
    named = all(
        _PART.fullmatch(part) and part.partition(".")[0].lower() not in _DEVICES for part in parts
    )
    if not plain or not named or len(path) > 200:
        raise ReleaseError(
            f"found {_shown(path)} as a file of a release; expected a relative path of letters, "
            "digits, '_', '-', '=' and '.'"
        )
    return path


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:80] + "...")
