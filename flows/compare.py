"""Compare the latest release with the one before it and with other inventories, on a schedule.

It runs the commands `bc-inventory diff` and `bc-inventory compare` and keeps what they
say in a folder named after the two versions, which are then cited: whatever a kept
comparison refers to is never pruned. Run it with

    python flows/compare.py [RELEASES [INVENTORY]]
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from bc_inventory.release.metadata.citations import cite
from bc_inventory.release.read.release import choose_inventory
from bc_inventory.release.store.retention import previous_version
from bc_inventory.release.store.status import release_status
from bc_inventory.release.store.stores import open_store
from bc_inventory.storage.atomic import write_atomic
from flows.common import TASK, flow, in_time, network_task, on_a_schedule, page, task

__all__ = ["compare"]

_SHOWN = 120  # lines


def describe_status(parameters: dict[str, Any]) -> str:
    """Say which release is intact."""
    root = parameters["releases"]
    name = choose_inventory(open_store(root), parameters["inventory"] or None)
    return "A comparison changes no release. " + release_status(root, name)


@task(**network_task())
def versions(releases: str, inventory: str, base: str) -> tuple[str, str | None, str]:
    """Return the inventory, the version to compare with and the latest."""
    store = open_store(releases)
    name = choose_inventory(store, inventory or None)
    return name, base or previous_version(store, name), store.latest(name)


@task(**TASK, task_run_name="bc-inventory {arguments[0]}")
def command(arguments: list[str]) -> str:
    """Run a command of this project here; return what it says."""
    from bc_inventory.cli import cli

    o = io.StringIO()
    with contextlib.redirect_stdout(o):
        cli.main(arguments, prog_name="bc-inventory", standalone_mode=False)
    return o.getvalue()


@flow(name="compare", **on_a_schedule(2, describe_status))
def compare(
    releases: str = "releases",
    inventory: str = "",
    base: str = "",
    files: list[str] | None = None,
    year: int | None = None,
    side: str = "",
    to: str = "comparisons",
) -> str:
    """Say why the latest release differs from the one before, and from other inventories.

    Parameters
    ----------
    releases : str
        Folder of releases, or its address.
    inventory : str
        Name of the inventory; by default the only one there is, or that of the configuration
        `default`.
    base : str
        Version to compare with; by default the newest before the latest.
    files : list of str, optional
        Publishers' files to compare with; by default the totals that ship with the project.
    year : int, optional
        Calendar year of the comparison with others; by default the last that both have.
    side : str
        EU or CN; by default both.
    to : str
        Folder of comparisons.

    Returns
    -------
    str
        Folder of this comparison.
    """
    with page("compare", f"Comparison of {inventory or 'the inventory'}") as lines:
        name, before, latest = versions(releases, inventory, base)
        folder = Path(to) / name / (latest if before is None else f"{before}..{latest}")
        folder.mkdir(parents=True, exist_ok=True)
        where = ["--inventory", name]
        if before is None:
            lines.append(f"`{latest}` is the only release; there is none to compare it with.\n")
        else:
            pair = ["diff", before, latest, *where, "--releases", releases]
            text = command(pair)
            write_atomic(folder / "recalculation.txt", text.encode())
            whole = command([*pair, "--format", "json"])
            write_atomic(folder / "recalculation.json", whole.encode())
            lines.extend(_section(f"From {before} to {latest}", text))
        in_time()
        arguments = ["compare", *(files or []), *where, "--releases", releases, "--release", latest]
        arguments += ["--year", str(year)] if year else []
        arguments += ["--side", side] if side else []
        text = command([*arguments, "--to", str(folder / "comparison.xlsx")])
        write_atomic(folder / "comparison.txt", text.encode())
        lines.extend(_section("Beside other inventories", text))
        for version in filter(None, (before, latest)):
            cite(open_store(releases), name, version, f"comparison {folder}")
        lines.append(f"\nKept in `{folder}`; the versions it names are cited and never pruned.")
    return str(folder)


def _section(title: str, text: str) -> list[str]:
    details = text.strip().splitlines()
    more = [f"... {len(details) - _SHOWN} more lines"] if len(details) > _SHOWN else []
    return [f"## {title}", "", "```", *details[:_SHOWN], *more, "```", ""]


if __name__ == "__main__":
    sys.stdout.write(compare(*sys.argv[1:3]) + "\n")
