"""A build of four small steps, for tests of what runs and publishes builds."""

import json
import time
from pathlib import Path

from bc_inventory.pipeline.plan import Output, Plan, RunRecord, Step


def scale(inputs: dict[str, Path], outputs: dict[str, Path], factor: int) -> None:
    """Multiply numbers."""
    numbers = json.loads(inputs["numbers"].read_text())
    outputs["scaled"].write_text(json.dumps([number * factor for number in numbers]))


def total(inputs: dict[str, Path], outputs: dict[str, Path]) -> None:
    """Add the numbers of all inputs up."""
    numbers = [json.loads(path.read_text()) for _, path in sorted(inputs.items())]
    outputs["total"].write_text(json.dumps(sum(map(sum, numbers))))


def split(inputs: dict[str, Path], outputs: dict[str, Path], wait: float = 0.0) -> None:
    """Write a folder with one file for each number."""
    outputs["parts"].mkdir()
    for position, number in enumerate(json.loads(inputs["numbers"].read_text())):
        time.sleep(wait)
        (outputs["parts"] / f"{position}.txt").write_text(f"{number}\n" * 200)


def make_plan(folder: Path, *, first: int = 2, second: int = 3, wait: float = 0.0) -> Plan:
    """Return the plan; `folder` holds `a.json` and `b.json`."""
    return Plan(
        [
            Step(
                "total",
                total,
                {"a": Output("first", "scaled"), "b": Output("second", "scaled")},
                {"total": "total.json"},
            ),
            Step(
                "first",
                scale,
                {"numbers": folder / "a.json"},
                {"scaled": "x/a.json"},
                {"factor": first},
            ),
            Step(
                "second",
                scale,
                {"numbers": folder / "b.json"},
                {"scaled": "b.json"},
                {"factor": second},
            ),
            Step(
                "split",
                split,
                {"numbers": Output("first", "scaled")},
                {"parts": "parts"},
                {"wait": wait},
            ),
        ]
    )


def write_inputs(folder: Path) -> None:
    """Write the inputs of the plan."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.json").write_text("[1, 2, 3]")
    (folder / "b.json").write_text("[10, 20]")


def files_of(record: RunRecord) -> dict[str, Path]:
    """Return what of a run is published."""
    return {"total.json": record.path("total", "total"), "parts": record.path("split", "parts")}
