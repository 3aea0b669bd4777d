"""The record of a release in a repository of data such as Zenodo, ready to be uploaded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from bc_inventory.release.metadata.datapackage import CREATOR, edition_of

__all__ = ["ZENODO", "zenodo"]

ZENODO = "zenodo.json"
_DOI = re.compile(r"10\.\d{4,9}/[^\s;,)]+")


def zenodo(core: Mapping[str, Any], version: str) -> str:
    """Return the metadata of a deposit as JSON, in the form of `.zenodo.json`.

    Parameters
    ----------
    core : mapping
        The manifest.
    version : str
        Its version.

    Returns
    -------
    str
        Without a licence: the inputs come under several, which whoever uploads it weighs. They
        are listed in `datapackage.json`.
    """
    texts = [f"{row.get('address') or ''} {row.get('citation') or ''}" for row in core["sources"]]
    cited = sorted({match.rstrip(".") for text in texts for match in _DOI.findall(text)})
    edition = edition_of(core)
    record = {
        "title": f"{core['title']}, version {version}",
        "upload_type": "dataset",
        "description": f"{core['title']}: black carbon emissions with intervals and the source of "
        "each number. README.md says what each file is, manifest.json what made it.",
        "creators": [{"name": CREATOR}],
        "version": version,
        "keywords": ["black carbon", "emission inventory", "air pollution"],
        "access_right": "open",
        "related_identifiers": [
            {"identifier": doi, "relation": "isDerivedFrom", "scheme": "doi"} for doi in cited
        ],
        "notes": "Made with bc_inventory "
        f"{core['software']['bc-inventory']}"
        + (f" from inputs published up to {edition}." if edition else "."),
    }
    return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
