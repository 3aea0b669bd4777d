"""An ingest that is killed at any file operation leaves a whole record, and goes on later."""

import os

import pytest

from bc_inventory.workflow.measurements import ingest_folder
from tests.faults.conftest import tree
from tests.monitoring.test_ingest import folder_of, year

# Of the file operations of one ingest.
KILLS = int(os.environ.get("BC_INVENTORY_KILLS", "12"))


def without_marks(folder):
    return {name: data for name, data in tree(folder).items() if "/." not in f"/{name}"}


@pytest.mark.slow
def test_kills_over_the_file_operations_of_an_ingest(forge, tmp_path):
    """BC_INVENTORY_KILLS asks for more of them."""
    files = {f"s{n}": year(n + 1.0, f"gb000{n}r", count=300) for n in range(3)}
    folder, settings = folder_of(tmp_path, **files)
    request = {"do": "monitor", "inputs": str(folder), "settings": str(settings)}
    whole = tmp_path / "whole"
    before = forge.log.read_text().count("events")
    assert forge.build(whole, **request, die_at=0) == 0, forge.log.read_text()
    lines = [line for line in forge.log.read_text().splitlines() if line.startswith("events")]
    events = int(lines[before].split()[1])
    expected = without_marks(whole)
    assert events > KILLS
    for number in range(KILLS):
        out = tmp_path / f"out{number}"
        at = 1 + number * (events - 1) // KILLS
        assert forge.build(out, **request, die_at=at) == 9, forge.log.read_text()
        ingest_folder(folder, out, settings)
        assert without_marks(out) == expected
