"""Run each step of a plan where nothing is but what it declares.

    python -m tests.jail CONFIG FOLDER

The facts are moved out of sight, those of an overlay and the embedded ones: a step finds
those it declares as inputs and no others, by whatever library it opens them. Prints a line
for each step: `fine`, or what it missed.
"""

import os
import sys
from pathlib import Path

from bc_inventory.config import load_config
from bc_inventory.pipeline.plan import Output, Step
from bc_inventory.reference import paths
from bc_inventory.workflow.plan import make_plan


def admit(path: Path, root: Path, cell: Path) -> Path:
    """Let a declared fact into the cell, at its own place below `data/`."""
    if root not in path.parents:
        return path
    for file in (path, *path.rglob("*")):
        target = cell / "data" / file.relative_to(root)
        if file.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, target)
    return cell / "data" / path.relative_to(root)


def attempt(step: Step, folder: Path) -> None:
    """Run a step in its cell, where neither its root nor the embedded facts are."""
    cell = folder / "cells" / step.name
    (cell / "data").mkdir(parents=True)
    root = step.facts or paths.embedded_root()
    paths._PACKAGE = folder / "nowhere"
    inputs = {
        name: folder / "made" / source.step / source.name
        if isinstance(source, Output)
        else admit(Path(source), root, cell)
        for name, source in step.inputs.items()
    }
    outputs = {name: folder / "made" / step.name / name for name in step.outputs}
    (folder / "made" / step.name).mkdir(parents=True)
    with paths.using_root(cell / "data"):
        step.function(inputs, outputs, **step.parameters)


def main(config: str, folder: Path) -> int:
    """Go through the steps in their order, each in a process that has read nothing yet."""
    plan = make_plan(load_config(config), folder / "results")
    missed = 0
    for step in plan.steps:
        child = os.fork()
        if child == 0:
            try:
                attempt(step, folder)
            except BaseException as error:
                print(f"{step.name}: {error}", flush=True)
                os._exit(1)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        missed += status != 0
        if status == 0:
            print(f"{step.name}: fine", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
