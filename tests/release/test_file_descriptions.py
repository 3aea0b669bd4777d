"""A release tells a stranger how to read it, and a machine what made it."""

import json
import re
import shutil
import subprocess
import sys

import duckdb
import pytest
from click.testing import CliRunner

import bc_inventory as bci
from bc_inventory.cli import cli
from bc_inventory.storage.hashing import sha256_file


@pytest.fixture(scope="module")
def release(small_root):
    return bci.open_release(root=small_root)


@pytest.fixture(scope="module")
def readme(release):
    return (release.path / "README.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_python_of_the_readme_runs_in_the_folder(release, readme):
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks(readme, "python"))],
        cwd=release.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "0.044" in done.stdout  # Germany's stoves, by hand
    assert "kg m-2 s-1" in done.stdout


def test_the_sql_of_the_readme_gives_the_same(release, readme, monkeypatch):
    monkeypatch.chdir(release.path)
    (query,) = blocks(readme, "sql")
    rows = duckdb.sql(query.strip().rstrip(";")).fetchall()
    assert sum(kt or 0 for side, _, kt in rows if side == "EU") == pytest.approx(0.044)
    assert sum(kt or 0 for side, _, kt in rows if side == "CN") == pytest.approx(0.110)


def test_the_shell_of_the_readme_runs(release, readme):
    (line,) = blocks(readme, "sh")
    words = line.split()
    assert words[0] == "bc-inventory"
    done = CliRunner().invoke(cli, [*words[1:], "--releases", str(release.path.parent.parent)])
    assert done.exit_code == 0, done.output


def test_every_file_and_source_is_named_with_its_licence(release, readme):
    for entry in release.manifest["files"]:
        assert f"`{entry['path']}`" in readme
        assert f"`{entry['path']}` ({entry['bytes']} bytes): data" not in readme
    licences = {row.get("licence") or "not known" for row in release.manifest["sources"]}
    assert set(re.findall(r"^### (.*)$", readme, re.MULTILINE)) == licences
    assert release.version in readme.splitlines()[0]


def test_frictionless_finds_the_package_valid_and_a_flipped_byte(release, tmp_path):
    from frictionless import Package

    copy = tmp_path / "copy"
    shutil.copytree(release.path, copy)
    package = Package(str(copy / "datapackage.json"))
    assert len(package.resources) == len(release.manifest["files"])
    report = package.validate()
    assert report.valid, report.flatten(["name", "note"])[:5]
    damaged = copy / "totals.parquet"
    damaged.chmod(0o644)
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(bytes(data))
    report = Package(str(copy / "datapackage.json")).validate()
    assert not report.valid
    assert [task.name for task in report.tasks if not task.valid] == ["totals-parquet"]


def test_a_number_is_walked_back_to_rows_of_files(release, small_root):
    """From the emission table by the lineage to the very row of the factors."""
    described = json.loads((release.path / "datapackage.json").read_text(encoding="utf-8"))
    part = next(r for r in described["resources"] if r["path"].startswith("emissions/side=CN"))
    inputs = {entry["path"].rpartition("/")[2]: entry for entry in part["lineage"]["inputs"]}
    factors = small_root.parent / "data" / "emission_factors.csv"
    assert inputs["emission_factors.csv"]["sha256"] == sha256_file(factors)
    assert "de_2018.csv" not in inputs  # no such file made it
    (link,) = [row for row in part["lineage"]["rows"] if row["column"] == "factor_id"]
    used = set(release.emissions("CN-HE")["factor_id"].dropna())
    named = {line.split(",")[0] for line in factors.read_text(encoding="utf-8").splitlines()}
    assert link["of"] == "data/emission_factors.csv"
    assert used
    assert used <= named
    steps = [step["name"] for step in part["lineage"]["steps"]]
    assert steps == ["published", "activity", "emissions"]
