"""`docs/curation.md`: how each table of `data/` came about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from curation.maker import Maker, parameters
from curation.status import FileStatus

__all__ = ["DOCUMENT", "page"]

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "curation.md"

_HEAD = """# Where the facts come from

Written by `python -m curation page` from the register of makers; don't edit it by hand.

A row of `data/` is rebuilt by a maker of `curation/`, to the last digit, or it was typed by hand
and names its source. Of some typed rows values or bounds follow by a rule, which a maker applies.
What was computed by a script that isn't kept is listed below as not rebuilt.

    python -m curation check            rebuild every derived row and compare; 1 where one differs
    python -m curation check 'spatial/*'
    python -m curation typed            typed rows by file and source; --rows prints each
    python -m curation write FILE       put the rebuilt rows of a file into data/

What can't be shipped is read from the publishers' files in `../shared` (`--shared`). The package
`bc_inventory` doesn't import `curation`, and a wheel doesn't carry it.
"""


def page(statuses: Iterable[FileStatus], makers: Iterable[Maker]) -> str:
    """Return the page.

    Parameters
    ----------
    statuses : iterable of FileStatus
        Status of each file; the differences aren't used.
    makers : iterable of Maker
        All makers.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[FileStatus]] = {}
    for each in statuses:
        name = re.sub(r"^(activity/[a-z]+)_\d{4}", r"\1_<year>", each.file)
        groups.setdefault((name, each.makers), []).append(each)
    lines = [_HEAD, "## Tables", "", "| file | rows | rebuilt | typed | not rebuilt | makers |"]
    lines.append("|---|---|---|---|---|---|")
    for (name, names), files in groups.items():
        rows = sum(each.rows for each in files)
        rebuilt = sum(each.rebuilt for each in files)
        ruled = sum(each.ruled for each in files)
        elsewhere = sum(each.not_rebuilt for each in files)
        hand = rows - rebuilt - elsewhere
        typed = str(hand) + (f", values or bounds of {ruled} by rule" if ruled else "")
        cells = (f"`{name}`", rows, rebuilt, typed, elsewhere, ", ".join(names))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "## Not rebuilt", "", "| file | source | made from | why |", "|---|---|---|---|"]
    for row in parameters("not_rebuilt").fillna("").to_dict("records"):
        lines.append(
            f"| `{row['file']}` | {row['source_id']} | {row['made_from']} | {row['reason']} |"
        )
    lines += ["", "## Makers", "", "| maker | how | inputs |", "|---|---|---|"]
    for maker in makers:
        inputs = ", ".join(f"`{name}`" for name in maker.inputs)
        lines.append(f"| {maker.name} | {maker.how} | {inputs} |")
    return "\n".join(lines) + "\n"
