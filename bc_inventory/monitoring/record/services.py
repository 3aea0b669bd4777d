"""Files of open services, fetched through the catalogue's cache.

An address is taken only if its host and path are those of a known service
(`data/monitoring/services.csv`), over https and within a size. What was fetched once is
verified whenever it is asked for; what a service revises under its address is asked for
again, and late or corrected values come in with the next ingest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pandas as pd

from bc_inventory.errors import DataError, Problem, Problems, SourceError
from bc_inventory.monitoring.facts import facts
from bc_inventory.reference.catalogue import Cache, Item
from bc_inventory.storage.atomic import write_atomic

__all__ = ["fetch_into", "fetch_one", "items_of", "read_addresses"]

_MOST_ADDRESSES = 10_000
_MOST_BYTES = 10_000_000
_HEADER = "ParquetFileUrl"  # of the lists of the EEA's download service


def read_addresses(path: Path) -> list[str]:
    """Return the addresses of a list: one a line, or a list of the EEA's service.

    Parameters
    ----------
    path : Path
        Text in UTF-8; empty lines and lines that begin with `#` don't count.

    Raises
    ------
    DataError
        If it isn't text, or too long a list.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"{path.stat().st_size} bytes")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise DataError(
            [Problem(f"a list that can't be read ({error})", "addresses, one a line", str(path))]
        ) from error
    names = [
        line.strip().strip('"')
        for line in lines
        if line.strip() and not line.startswith("#") and line.strip() != _HEADER
    ]
    if len(names) > _MOST_ADDRESSES:
        raise DataError(
            [Problem(f"{len(names)} addresses", f"at most {_MOST_ADDRESSES}", str(path))]
        )
    return names


def items_of(addresses: Iterable[str], services: pd.DataFrame | None = None) -> list[Item]:
    """Return the catalogue items of addresses of known services.

    Parameters
    ----------
    addresses : iterable of str
        OPeNDAP or file addresses.
    services : pandas.DataFrame, optional
        Contract `services`; by default the embedded table.

    Returns
    -------
    list of Item
        Without a checksum: the first fetch notes it.

    Raises
    ------
    DataError
        With one problem for each address that no service has.
    """
    table = facts("services") if services is None else services
    problems = Problems()
    items = []
    for number, address in enumerate(addresses, 1):
        item = _item(address, table)
        if item is None:
            hosts = ", ".join(sorted(set(table["host"])))
            problems.add(
                found=repr(address[:120]),
                expected=f"a file of a known service ({hosts})",
                row=number,
            )
        else:
            items.append(item)
    problems.raise_if_any()
    return items


def _item(address: str, table: pd.DataFrame) -> Item | None:
    parts = urlsplit(address)
    path = unquote(parts.path)
    safe = ".." not in PurePosixPath(path).parts and not parts.query and not parts.fragment
    for row in table.itertuples():
        if not (
            safe
            and parts.netloc == row.host
            and path.startswith(str(row.path_prefix))
            and path.endswith(str(row.suffix))
        ):
            continue
        if pd.notna(row.rewrite_from):
            address = address.replace(str(row.rewrite_from), str(row.rewrite_to), 1)
        digest = hashlib.sha256(address.encode()).hexdigest()[:12]
        # Names repeat between folders of a service, so the digest tells them apart.
        name = f"{digest}-{PurePosixPath(path).name}"
        return Item(
            item=f"{row.service}-{digest}",
            source_id=str(row.source_id),
            address=address,
            file=name,
            format="",
            sha256="",
            checksum_of="",
            size_limit=int(row.size_limit),
            access="open",
            licence=str(row.licence),
            citation=str(row.citation),
            zero_means="zero",
            note="",
        )
    return None


def fetch_into(folder: Path, items: Iterable[Item], cache: Cache) -> tuple[list[Path], list[str]]:
    """Fetch items and put them into the folder of an ingest, new and changed ones.

    What a service revises under its address is fetched again; its file in the folder is
    written only where it differs, so that an ingest reads it again only then.

    Parameters
    ----------
    folder : Path
        Each source has a folder of its own in it.
    items : iterable of Item
        What is wanted.
    cache : Cache
        Where fetched files are kept and verified.

    Returns
    -------
    tuple of list of Path and list of str
        Files in the folder, and what couldn't be had, each with its reason; one failure
        doesn't stop the rest, and a file that was there before stays.
    """
    there: list[Path] = []
    failed: list[str] = []
    for item in items:
        try:
            there.append(fetch_one(folder, item, cache))
        except SourceError as error:
            failed.append(f"{item.address}: {error}")
    return there, failed


def fetch_one(folder: Path, item: Item, cache: Cache) -> Path:
    """Fetch an item and put it into the folder of an ingest; see `fetch_into`.

    Raises
    ------
    SourceError
        If it couldn't be had; a file that was there before stays.
    """
    table = facts("services")
    changes = item.item.rpartition("-")[0] in set(table.loc[table["changes"], "service"])
    remaining = cache.refresh(item) if changes else cache.fetch(item)
    place = folder / item.source_id / item.file
    content = remaining.read_bytes()
    if not place.is_file() or place.read_bytes() != content:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(place, content)
    return place
