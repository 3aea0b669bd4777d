"""A build as data: steps, what they need, what they make, and which are stale.

A step reads files and writes files. Its key is the digest of the content of
its inputs, its parameters, the code that makes it and the versions of the
libraries that code uses (`bc_inventory.storage.hashing`). Results are kept under
their keys, so a step whose key is known isn't run again, and whoever runs a
plan (the command line, a notebook, a flow) gets the same bytes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import graphlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bc_inventory.errors import DataError, Problems, ReleaseError
from bc_inventory.reference.changed_tables import overlaid
from bc_inventory.reference.paths import configs_root, embedded_root, using_root
from bc_inventory.storage import atomic
from bc_inventory.storage.hashing import Content, code_of, content_of
from bc_inventory.storage.memoize import results_in
from bc_inventory.storage.results import StoredFile, identify, store_result

__all__ = [
    "Output",
    "Plan",
    "RunRecord",
    "Step",
    "StepRecord",
    "StoredFile",
    "Used",
    "execute",
    "run",
    "writing",
]


@dataclass(frozen=True)
class Output:
    """An output of a step, as an input of another.

    Parameters
    ----------
    step : str
        Name of the step that makes it.
    name : str
        Name of the output there.
    """

    step: str
    name: str


@dataclass(frozen=True)
class Step:
    """One step of a build.

    Parameters
    ----------
    name : str
        Unique in its plan.
    function : callable
        `function(inputs: dict[str, Path], outputs: dict[str, Path], **parameters) -> None`,
        at the top level of a module. It reads and writes those paths and
        nothing else; its result must not depend on the clock, on paths or on
        chance without a seed.
    inputs : mapping of str to Path or Output
        Files, folders, or what other steps make.
    outputs : mapping of str to str
        Relative path of each file or folder it makes.
    parameters : mapping of str to JSON values
        Keyword arguments of the function.
    running : mapping of str to JSON values
        Further ones that say where it runs and change nothing in its result:
        they aren't part of its key nor of the record.
    facts : Path, optional
        Root of the facts that the function sees (`bc_inventory.reference.paths.data_root`);
        by default the embedded ones. Not part of the key: a step names the facts it reads
        as inputs, which count with their content.
    """

    name: str
    function: Callable[..., None]
    inputs: Mapping[str, Path | Output]
    outputs: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    running: Mapping[str, Any] = field(default_factory=dict)
    facts: Path | None = None


@dataclass(frozen=True)
class Used:
    """An input as it was when it was used.

    Parameters
    ----------
    origin : str
        `step:output`, or the file's path below `data/` or `configs/`, or its name.
    content : Content
        Digest and size.
    """

    origin: str
    content: Content


@dataclass(frozen=True)
class StepRecord:
    """What happened to one step.

    Parameters
    ----------
    name, function, key : str
        The step, its function with module, and its key.
    code : str
        Digest of the code.
    libraries : mapping of str to str
        Versions of the libraries that code uses, and of Python.
    parameters : mapping
        As given.
    inputs : mapping of str to Used
        By name.
    outputs : mapping of str to StoredFile
        By name.
    reused : bool
        Whether it was found and not run.
    seconds : float
        Spent on it in this run.
    """

    name: str
    function: str
    key: str
    code: str
    libraries: Mapping[str, str]
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Used]
    outputs: Mapping[str, StoredFile]
    reused: bool
    seconds: float


@dataclass(frozen=True)
class RunRecord:
    """What happened in a run.

    Parameters
    ----------
    steps : tuple of StepRecord
        In the order of the plan.
    facts : Path, optional
        Root of the facts, as the plan has it.
    """

    steps: tuple[StepRecord, ...]
    facts: Path | None = None

    def step(self, name: str) -> StepRecord:
        """Return the record of the step of that name; KeyError if there is none."""
        return {record.name: record for record in self.steps}[name]

    def path(self, step: str, output: str) -> Path:
        """Return where an output lies; KeyError if there is none."""
        return self.step(step).outputs[output].path


class Plan:
    """Steps in an order in which each finds its inputs.

    Parameters
    ----------
    steps : sequence of Step
        In any order.
    facts : Path, optional
        Root of the facts of all steps; by default each has its own.

    Raises
    ------
    ValueError
        If names repeat, an input names an output that isn't there, an output
        path isn't a plain relative one, or the steps go round in a circle.
    """

    def __init__(self, steps: Sequence[Step], facts: Path | None = None) -> None:
        self.facts = facts
        if facts is not None:
            steps = [dataclasses.replace(step, facts=facts) for step in steps]
        by_name = {step.name: step for step in steps}
        if len(by_name) != len(steps):
            raise ValueError("two steps of the plan have the same name")
        needs: dict[str, list[str]] = {}
        for step in steps:
            for path in step.outputs.values():
                if not path or Path(path).is_absolute() or ".." in Path(path).parts:
                    raise ValueError(f"step {step.name}: {path!r} isn't a relative output path")
            sources = [source for source in step.inputs.values() if isinstance(source, Output)]
            for source in sources:
                if source.step not in by_name or source.name not in by_name[source.step].outputs:
                    raise ValueError(f"step {step.name}: no step makes {source.step}:{source.name}")
            needs[step.name] = [source.step for source in sources]
        try:
            order = graphlib.TopologicalSorter(needs).static_order()
            self.steps = tuple(by_name[name] for name in order)
        except graphlib.CycleError as error:
            raise ValueError(f"the steps go in a circle: {' -> '.join(error.args[1])}") from error


def run(
    plan: Plan,
    workspace: Path,
    *,
    progress: Callable[[StepRecord], None] | None = None,
    cache: Path | None = None,
) -> RunRecord:
    """Run a plan in this process.

    Parameters
    ----------
    plan : Plan
        Steps.
    workspace : Path
        Folder of the run, made if absent.
    progress : callable, optional
        Called with each step's record as soon as it is there.
    cache : Path, optional
        Folder of results by key, shared between runs and processes; by
        default one in the workspace.

    Returns
    -------
    RunRecord
        Of all steps.

    Raises
    ------
    ReleaseError
        If results can't be written.
    Exception
        Whatever a step raises, with the step's name as a note. What was
        finished stays in the cache.
    """
    store = workspace / "steps" if cache is None else cache
    atomic.remove_dead(store)
    records: dict[str, StepRecord] = {}
    for step in plan.steps:
        records[step.name] = execute(step, records, store)
        if progress is not None:
            progress(records[step.name])
    return RunRecord(tuple(records.values()), plan.facts)


def execute(step: Step, done: Mapping[str, StepRecord], cache: Path) -> StepRecord:
    """Run one step, or find its result under its key.

    Parameters
    ----------
    step : Step
        The step.
    done : mapping of str to StepRecord
        Records of the steps it needs.
    cache : Path
        Folder of results.

    Returns
    -------
    StepRecord
        Of this step.

    Raises
    ------
    DataError
        If an input was changed while the step ran; no result is stored then.
    ReleaseError
        If its result can't be written.
    """
    started = time.perf_counter()
    paths, used = _resolve(step, done)
    code = code_of(step.function)
    key = identify(
        step.function,
        inputs={name: item.content.sha256 for name, item in used.items()},
        outputs=dict(step.outputs),
        parameters=dict(step.parameters),
    )

    def make(outputs: dict[str, Path]) -> None:
        try:
            with results_in(cache), using_root(step.facts):
                step.function(dict(paths), outputs, **step.parameters, **step.running)
        except DataError as error:
            named = _named(error, step.facts)
            named.add_note(f"in step {step.name}")
            raise named from error.__cause__
        except Exception as error:
            error.add_note(f"in step {step.name}")
            raise
        _require_unchanged(step, paths, used)

    with writing(step.name):
        outputs, reused = store_result(cache, key, step.outputs, make, step.name)
    return StepRecord(
        name=step.name,
        function=f"{step.function.__module__}.{step.function.__qualname__}",
        key=key,
        code=code.sha256,
        libraries=dict(code.libraries),
        parameters=dict(step.parameters),
        inputs=used,
        outputs=outputs,
        reused=reused,
        seconds=time.perf_counter() - started,
    )


def _resolve(step: Step, done: Mapping[str, StepRecord]) -> tuple[dict[str, Path], dict[str, Used]]:
    paths: dict[str, Path] = {}
    used: dict[str, Used] = {}
    for name, source in step.inputs.items():
        if isinstance(source, Output):
            result = done[source.step].outputs[source.name]
            paths[name] = result.path
            used[name] = Used(f"{source.step}:{source.name}", result.content)
        else:
            paths[name] = Path(source)
            used[name] = Used(_origin(Path(source), step.facts), content_of(Path(source)))
    return paths, used


def _require_unchanged(step: Step, paths: Mapping[str, Path], used: Mapping[str, Used]) -> None:
    """Hold the inputs of a step that has run to the digests that its result is stored under."""
    problems = Problems()
    for name, item in used.items():
        try:
            now = content_of(paths[name])
        except FileNotFoundError:
            now = None
        if now != item.content:
            problems.add(
                found=f"{'other content' if now else 'nothing'} after step {step.name}",
                expected="what was there when the step began",
                file=item.origin,
                remedy="Don't change inputs during a build. Build again; nothing was stored.",
            )
    problems.raise_if_any()


def _named(error: DataError, facts: Path | None) -> DataError:
    """Name the files of a root of facts as the manifest does, not by where it was written."""
    changed = {change.table for change in overlaid(facts)}
    problems = []
    for problem in error.problems:
        file = problem.file
        if facts is not None and file is not None and Path(file).is_relative_to(facts):
            table = Path(file).relative_to(facts).as_posix()
            file = f"data/{table}" + (" with its overlay" if table in changed else "")
        problems.append(dataclasses.replace(problem, file=file))
    return type(error)(problems)


def _origin(path: Path, facts: Path | None) -> str:
    """Name an input without saying where on this machine it lies."""
    for label, root in (("data", facts or embedded_root()), ("configs", configs_root())):
        with contextlib.suppress(ValueError):
            return (Path(label) / path.resolve().relative_to(root.resolve())).as_posix()
    return path.name


@contextlib.contextmanager
def writing(step: str) -> Iterator[None]:
    """Turn what the system says about a full or read-only disk into a ReleaseError.

    Parameters
    ----------
    step : str
        Whose result is written, for the message.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or isinstance(error, FileNotFoundError):
            raise
        raise ReleaseError(
            f"step {step} can't write its result: {error.strerror} ({error.filename}). "
            "Nothing was published and the last release is intact. Free some space, or choose "
            "another folder for the output or the cache."
        ) from error
