"""The data package and the data dictionary say what the contracts say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bc_inventory.errors import DataError
from bc_inventory.schema.package import contracts_of, descriptor, dictionary, write


def test_the_committed_descriptor_is_current(root: Path) -> None:
    committed = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert committed == descriptor(root / "data"), "run python -m bc_inventory.schema.package"


def test_the_committed_dictionary_is_current(root: Path) -> None:
    committed = (root / "docs" / "data.md").read_text(encoding="utf-8")
    assert committed == dictionary(root / "data"), "run python -m bc_inventory.schema.package"


def test_every_table_of_the_facts_is_a_resource(root: Path) -> None:
    data = root / "data"
    files = {
        path.relative_to(data).as_posix()
        for pattern in ("*.csv", "*.parquet")
        for path in data.rglob(pattern)
    }
    resources = descriptor(data)["resources"]
    assert {resource["path"] for resource in resources} == files
    assert len({resource["name"] for resource in resources}) == len(files)


def test_frictionless_finds_the_facts_valid(root: Path) -> None:
    from frictionless import Package

    report = Package(str(root / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:10]


def test_frictionless_finds_a_fault(root: Path, tmp_path: Path) -> None:
    from frictionless import Package

    names = ("sources.csv", "fuels.csv", "co2_factors.csv")
    for name in names:
        shutil.copy(root / "data" / name, tmp_path / name)
    table = tmp_path / "co2_factors.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("\ndiesel,74.1,", "\ndeisel,-74.1,"), encoding="utf-8")
    made = tmp_path / "datapackage.json"
    made.write_text(json.dumps(descriptor(tmp_path)), encoding="utf-8")

    report = Package(str(made)).validate()

    kinds = {kind for (kind,) in report.flatten(["type"])}
    assert kinds == {"foreign-key", "constraint-error"}


def test_a_table_of_no_contract_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"odd\.csv.*columns a, b.*fit none"):
        contracts_of(tmp_path)


def test_both_files_are_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "docs").mkdir()
    shutil.copy(root / "data" / "fuels.csv", tmp_path / "data" / "fuels.csv")

    package, text = write(tmp_path)

    (resource,) = json.loads(package.read_text(encoding="utf-8"))["resources"]
    assert resource["path"] == "fuels.csv"
    assert resource["schema"]["primaryKey"] == ["fuel"]
    assert "## fuels" in text.read_text(encoding="utf-8")
    assert "File: `data/fuels.csv`. Key: `fuel`." in text.read_text(encoding="utf-8")
