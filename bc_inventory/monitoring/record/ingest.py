"""Take a folder of measurements into the record, again and again.

The result is a function of the files, the settings and the code, and of nothing else:
each file becomes a part stored under the digest of what it depends on, each year of each
series a table of means stored likewise (`bc_inventory.storage.results`), and the record is
assembled from these. So a second run changes nothing, a run that was killed continues where
it stood and ends with the same bytes, late values re-open only the years they touch, and a
bad file is skipped with its reason while the rest goes on. A lock keeps two runs apart.

Readers are given by the caller, since rooms don't import each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bc_inventory.errors import BCInventoryError, DataError, Problem
from bc_inventory.monitoring.instruments.absorption import to_absorption
from bc_inventory.monitoring.instruments.ae33 import ebc_series
from bc_inventory.monitoring.instruments.counters import setup_of
from bc_inventory.monitoring.instruments.reference import State, to_state
from bc_inventory.monitoring.quality.duplicates_across import copied
from bc_inventory.monitoring.quality.tests import flagged
from bc_inventory.monitoring.record.assemble import assemble, year_means
from bc_inventory.monitoring.record.contradictions import contradictions
from bc_inventory.monitoring.record.derive import derived
from bc_inventory.monitoring.record.parts import PART, Part, write_part
from bc_inventory.monitoring.record.revisions import without_older
from bc_inventory.monitoring.record.settings import FileRule, Settings, described
from bc_inventory.monitoring.record.state import Entry, IngestState, read_state, write_state
from bc_inventory.reference.paths import data_root
from bc_inventory.reference.places import fault_of_place
from bc_inventory.schema.series import Description, Log, Record, Series
from bc_inventory.storage.atomic import lock, remove_dead, remove_tree
from bc_inventory.storage.hashing import code_of, content_of, sha256_file, sha256_json
from bc_inventory.storage.prune import remove_results
from bc_inventory.storage.results import find, path_of, store_result

__all__ = ["IngestReport", "Read", "ingest"]

# Takes a path, the name of a format or None, and the options of the rule, which a format
# of raw logs doesn't use; returns what the file holds.
Read = Callable[[Path, str | None, dict[str, object]], "Record | Log"]
# Takes latitude and longitude; returns the ISO 3166-1 alpha-2 code, None where unknown.
CountryOf = Callable[[float, float], "str | None"]
_SKIPPED = (".", "~")
_RESULTS = "results"  # folder of a store, as that of the steps of builds


@dataclass(frozen=True)
class _Run:
    """The settings of an ingest, for all its files."""

    settings: Settings
    read: Read
    country_of: CountryOf | None
    code_digest: str
    progress: Callable[[Entry], None] | None


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did.

    Parameters
    ----------
    read : tuple of str
        Files read now; the others were known.
    included, skipped, identical : tuple of Entry
        All files by what became of them.
    recomputed : int
        Years of series whose means were computed now.
    generation : str
        Digest of the record.
    path : Path
        Folder of the record: observations, observations.nc, stations.parquet,
        trends.parquet, monitoring_summary.parquet.
    copies : tuple of tuple
        Pairs of series of different stations that share a run of values, with its length;
        their values are flagged `duplicate_series`.
    """

    read: tuple[str, ...]
    included: tuple[Entry, ...]
    skipped: tuple[Entry, ...]
    identical: tuple[Entry, ...]
    recomputed: int
    generation: str
    path: Path
    copies: tuple[tuple[str, str, int], ...] = ()


def ingest(
    folder: Path,
    store: Path,
    settings: Settings,
    *,
    read: Read,
    reader_key: str,
    country_of: CountryOf | None = None,
    progress: Callable[[Entry], None] | None = None,
) -> IngestReport:
    """Take the files of a folder into the record of a store.

    Parameters
    ----------
    folder : Path
        Files, at any depth; names that begin with `.` or `~` are skipped.
    store : Path
        Made if absent; belongs to this function.
    settings : Settings
        What the files don't say.
    read : callable
        Reads a file; see `Read`.
    reader_key : str
        Digest of the reading code, so that other code reads again.
    country_of : callable, optional
        Tells the country of a place, for series whose file and rule don't.
    progress : callable, optional
        Called with each entry that was read now.

    Returns
    -------
    IngestReport
        See there.

    Raises
    ------
    ConfigError
        If the settings contradict each other.
    """
    store.mkdir(parents=True, exist_ok=True)
    with lock(store / "lock"):
        for name in (_RESULTS, "generations"):
            (store / name).mkdir(exist_ok=True)
            remove_dead(store / name)
        remove_dead(store)
        code_digest = _code_digest(reader_key)
        known = {entry.name: entry for entry in read_state(store).entries}
        run = _Run(settings, read, country_of, code_digest, progress)
        entries, done = _take(folder, store, run, known)
        entries = without_older(entries, store / _RESULTS)
        included = tuple(entry for entry in entries if entry.status == "included")
        results = store / _RESULTS
        parts = [Part(entry.key, path_of(results, entry.key, PART["part"])) for entry in included]
        shared, copies = copied(parts, results, code_digest)
        means, computed = year_means(parts, results, settings, code_digest, shared)
        generation = assemble(means, store / "generations", code_digest)
        state = IngestState(tuple(entries), generation)
        if state != read_state(store):
            write_state(store, state)
        _sweep(store, {*(part.key for part in parts), copies, *means}, generation)
    return IngestReport(
        tuple(done),
        included,
        tuple(entry for entry in entries if entry.status == "skipped"),
        tuple(entry for entry in entries if entry.status in {"identical", "superseded"}),
        computed,
        generation,
        store / "generations" / generation,
        shared.pairs,
    )


def _code_digest(reader_key: str) -> str:
    """Return the digest of the code and the facts that results depend on."""
    rows = code_of(ingest)
    facts = content_of(data_root() / "monitoring").sha256
    return sha256_json([rows.sha256, list(map(list, rows.libraries)), facts, reader_key])


def _files(folder: Path) -> list[Path]:
    paths = []
    for path in sorted(folder.rglob("*")):
        names = path.relative_to(folder).parts
        if path.is_file() and not any(name.startswith(_SKIPPED) for name in names):
            paths.append(path)
    return paths


def _take(
    folder: Path,
    store: Path,
    run: _Run,
    known: dict[str, Entry],
) -> tuple[list[Entry], list[str]]:
    """Return the entries of all files, and the names of those that were read now."""
    entries: list[Entry] = []
    done: list[str] = []
    first: dict[str, str] = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            digest = sha256_file(path)
        except OSError as error:
            entries.append(Entry(name, "", "", "skipped", _unread(error)))
            continue
        rule = run.settings.rule_of(name)
        if rule is None:
            reason = "no rule of the settings matches its name"
            entries.append(Entry(name, digest, "", "skipped", reason))
            continue
        key = sha256_json([digest, rule.as_dict(), path.name, run.code_digest])
        if key in first:
            entries.append(Entry(name, digest, key, "identical", f"the same bytes as {first[key]}"))
            continue
        first[key] = name
        before = known.get(name)
        if before is not None and before.key == key and before.status == "skipped":
            entries.append(before)
            continue
        if before is not None and before.key == key and find(store / _RESULTS, key, PART):
            entries.append(Entry(name, digest, key, "included", "", before.remarks))
            continue
        entry = _read_file(path, Entry(name, digest, key, "included"), rule, store / _RESULTS, run)
        done.append(name)
        entries.append(entry)
        if run.progress is not None:
            run.progress(entry)
    return entries, done


def _read_file(path: Path, entry: Entry, rule: FileRule, results: Path, run: _Run) -> Entry:
    """Read a file into its part, or say why it is skipped."""

    def skipped_entry(reason: str) -> Entry:
        return replace(entry, status="skipped", reason=reason)

    try:
        content = run.read(path, rule.format, dict(rule.options))
        series, remarks = _series_of(content, rule, run.country_of)
        if sha256_file(path) != entry.sha256:
            return skipped_entry("it changed while it was read")
        store_result(
            results, entry.key, PART, lambda item: write_part(series, item["part"]), entry.name
        )
    except BCInventoryError as error:
        return skipped_entry(str(error))
    except (OSError, MemoryError) as error:
        # It may be read another time, so it has no key by which it is known.
        return replace(skipped_entry(_unread(error)), key="")
    except Exception as error:  # one file's fault in a reader mustn't stop the rest
        return skipped_entry(
            f"its reader failed, which is a defect ({type(error).__name__}: {error})"
        )
    return replace(entry, remarks=(*content.remarks, *remarks))


def _unread(error: BaseException) -> str:
    return f"it can't be read ({type(error).__name__}: {error})"


def _series_of(
    content: Record | Log, rule: FileRule, country_of: CountryOf | None
) -> tuple[tuple[Series, ...], tuple[str, ...]]:
    """Return the series of a file with their marks, and remarks on what the rule says."""
    if isinstance(content, Log):
        options = dict(rule.options)
        station = str(options.pop("station", content.serial))
        counters = setup_of(content, **rule.counters) if rule.counters else None
        result = list(ebc_series(content, station=station, counters=counters, **options))
        if rule.absorption:
            tape = options.get("tape")
            result += [
                to_absorption(item, tape=_tape_in(item, tape), harmonise=True) for item in result
            ]
    else:
        result = list(content.series)
    remarks = [remark for single in result for remark in contradictions(single.about, rule)]
    placed = [
        Series(_placed(described(single.about, rule), country_of), single.frame)
        for single in result
    ]
    if rule.reference_state:
        actual = State(**rule.actual) if rule.actual else None
        placed = [to_state(element, rule.reference_state, actual=actual) for element in placed]
    placed = derived(placed, rule.derive)
    return tuple(flagged(entry) for entry in placed), tuple(dict.fromkeys(remarks))


def _placed(about: Description, country_of: CountryOf | None) -> Description:
    """Return a description with the country its place is in, where nothing tells it.

    Raises
    ------
    DataError
        If the place is none, or isn't in the country but is the other way round.
    """
    fault = fault_of_place(about.latitude, about.longitude, about.country)
    if fault is not None:
        remedy = "Correct the place in the settings."
        raise DataError([Problem(fault, "the place of the station", about.file, remedy=remedy)])
    where = (about.latitude, about.longitude)
    if about.country is not None or country_of is None or where[0] is None or where[1] is None:
        return about
    return about.but(country=country_of(where[0], where[1]))


def _tape_in(series: Series, tape: object) -> str | None:
    """Return the tape of a series: the one given, or the segment it is of."""
    return tape if isinstance(tape, str) else str(series.frame["segment"].iloc[0])


def _sweep(store: Path, needed: set[str], generation: str) -> None:
    """Remove what the record no longer depends on."""
    remove_results(store / _RESULTS, older_than=-math.inf, needed=needed)
    for path in (store / "generations").iterdir():
        if path.name != generation:
            remove_tree(path)
