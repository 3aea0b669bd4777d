"""The facts that a configuration builds from, and what an overlay may hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bc_inventory import schema
from bc_inventory.config import Config
from bc_inventory.errors import DataError, Problem, Problems
from bc_inventory.inventory.facts import known_values
from bc_inventory.pipeline.plan import Step, writing
from bc_inventory.reference.changed_tables import CHANGED_ROWS, overlaid
from bc_inventory.reference.overlay import overlaid_files, resolve
from bc_inventory.reference.paths import using_root
from bc_inventory.release.store.names import FACTS
from bc_inventory.schema.package import contracts_of

__all__ = ["UNREAD", "facts_root", "overlaid_tables", "refuse_unread"]

_EMBED = "`embed` derives embedded tables with it, from publishers' files"
_READERS = "It serves to read publishers' files"
_INGEST = "It serves to read and process instrument files"
_BASIS = "It documents how other tables were derived"
# Tables that no step of a build reads, with what they are for.
UNREAD = {
    "activity_groups.csv": _EMBED,
    "activity_recovery.csv": _EMBED,
    "activity_selection.csv": _EMBED,
    "attributions.csv": "It words the attribution of the embedded sources",
    "catalogue.csv": "It lists what `fetch` downloads",
    "coal_equivalents.csv": _BASIS,
    "crosswalk/chinese_classes.csv": _READERS,
    "crosswalk/countries.csv": _READERS,
    "crosswalk/regions.csv": _READERS,
    "fuel_split_base.csv": _EMBED,
    "fuel_split_rules.csv": _EMBED,
    "implied_factor_ranges.csv": "`review` judges other inventories by it",
    "licences.csv": "It lists the licences that sources may be under",
    "monitoring/channels.csv": _INGEST,
    "monitoring/coverage_rules.csv": _INGEST,
    "monitoring/ebas_flags.csv": _INGEST,
    "monitoring/exponents.csv": _INGEST,
    "monitoring/instruments.csv": _INGEST,
    "monitoring/mac.csv": _INGEST,
    "monitoring/qc_tests.csv": _INGEST,
    "monitoring/reference_states.csv": _INGEST,
    "monitoring/services.csv": _INGEST,
    "monitoring/tapes.csv": _INGEST,
    "odbl/networks_010.parquet": "`grid` places emissions with it when it is asked to",
    "population_corrections.csv": _EMBED,
    "road_factor_basis.csv": _BASIS,
}


def facts_root(config: Config, results: Path) -> Path | None:
    """Return the root of the facts of a configuration.

    Parameters
    ----------
    config : Config
        Its `facts.folder` is an overlay, or empty.
    results : Path
        Folder of results; see `bc_inventory.reference.overlay.resolve`.

    Returns
    -------
    Path or None
        None for the embedded facts.

    Raises
    ------
    DataError
        If the overlay has a file that is no table, or a row that breaks its contract or
        refers to what isn't there.
    ReleaseError
        If the root can't be written.
    """
    if not config.facts.folder:
        return None
    folder = Path(config.facts.folder)
    with writing("facts"):
        root = resolve(folder, results)
    if root is not None:
        _check_references(root, overlaid_files(folder))
    return root


def _check_references(root: Path, files: dict[str, Path]) -> None:
    """Refuse rows of an overlay that refer to what the root doesn't have."""
    problems = Problems()
    contracts = contracts_of(root)
    with using_root(root):
        known = known_values(root)
        for name, path in files.items():
            read = schema.read_csv if path.suffix == ".csv" else schema.read_parquet
            try:
                read(path, contracts[name], known=known)
            except DataError as error:
                problems.found.extend(error.problems)
    problems.raise_if_any()


def refuse_unread(steps: Iterable[Step], root: Path | None) -> None:
    """Refuse an overlay of tables that no step declares: it would change nothing.

    Parameters
    ----------
    steps : iterable of Step
        All steps of the build.
    root : Path or None
        Root of their facts.

    Raises
    ------
    DataError
        Naming each such table, and what it is for.
    """
    if root is None:
        return
    declared = {path for step in steps for path in step.inputs.values() if isinstance(path, Path)}
    unread = [
        table
        for table in (change.table for change in overlaid(root))
        if declared.isdisjoint({root / table, *(root / table).parents})
    ]
    if unread:
        raise DataError(
            Problem(
                "a table that no step of a build reads",
                "tables that change its result",
                table,
                column="facts.folder",
                remedy=f"{UNREAD.get(table, 'Nothing reads it')}. Leave it out.",
            )
            for table in unread
        )


def overlaid_tables(root: Path | None) -> dict[str, Path]:
    """Return the tables of a root that aren't the embedded ones, by their path in a release.

    With them goes the table of their changed rows.
    """
    if root is None:
        return {}
    return {CHANGED_ROWS: root.parent / CHANGED_ROWS} | {
        f"{FACTS}/{change.table}": root / change.table for change in overlaid(root)
    }
