"""The attribution of all sources: one text for the project, its package and each release.

`python -m bc_inventory.release.metadata.attribution` in a checkout writes `ATTRIBUTION.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from bc_inventory.reference.codelists import sources
from bc_inventory.reference.licences import licences
from bc_inventory.reference.paths import data_root
from bc_inventory.release.sanitize import for_markdown
from bc_inventory.schema import read_csv

__all__ = ["ATTRIBUTION", "attribution"]

ATTRIBUTION = "ATTRIBUTION.md"
_HEAD = """# Attribution

Figures of this project are quoted or computed from the sources below. None of their publishers
endorses this project or what is made with it. Where a licence or terms are given, they bind what is
taken from that source; `sources.csv` says where each was read and when.

Borders are those of Natural Earth (de facto); they imply no position on the status of a territory.
"""


def attribution() -> str:
    """Return the attribution of all sources of the current facts, as Markdown.

    Returns
    -------
    str
        The wording of publishers that ask for one and what was changed, then each source under its
        licence.

    Examples
    --------
    >>> "Source: Eurostat" in attribution()
    True
    """
    named = read_csv(data_root() / "attributions.csv", "attributions")
    return "\n".join([_HEAD, *_wordings(named), *_listed(sources(), licences())])


def _wordings(named: pd.DataFrame) -> Iterator[str]:
    yield "## Wording"
    yield ""
    for row in named.sort_values("attribution_id").itertuples():
        yield f"- {for_markdown(row.wording)} (changes: {for_markdown(row.changes)})"
    yield ""


def _listed(cited: pd.DataFrame, known: pd.DataFrame) -> Iterator[str]:
    for licence in known.itertuples():
        rows = cited[cited["licence_id"] == licence.licence_id].sort_values("source_id")
        if rows.empty:
            continue
        yield f"## {for_markdown(licence.name)} (`{licence.licence_id}`)"
        yield ""
        permits = str(licence.permits)
        yield for_markdown(f"{permits[:1].upper()}{permits[1:]}.")
        yield ""
        for row in rows.itertuples():
            address = f" {row.address}" if pd.notna(row.address) else ""
            text = f"{row.publisher}: {row.title}. {row.citation}.{address}"
            yield f"- `{row.source_id}`: {for_markdown(text)}"
        yield ""


if __name__ == "__main__":
    target = Path(__file__).resolve().parents[3] / ATTRIBUTION
    target.write_text(attribution(), encoding="utf-8")
    print(target)
