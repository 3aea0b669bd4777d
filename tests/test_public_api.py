"""The names at the top of the package: few, cheap to import, each with an example that runs."""

import ast
import shutil
import subprocess
import sys

import pandas as pd
import pytest

import bc_inventory as bci
from tests.test_docstrings import EXAMPLES

NAMES = {
    *("open_release", "load_config", "build", "read", "ingest", "estimate", "totals", "grid"),
    *("regrid", "compare", "decompose", "explain", "convert"),
}
# What takes long to import; a name here is that of a whole library.
HEAVY = {
    *("numpy", "pandas", "xarray", "pint", "pyarrow", "scipy", "netCDF4", "dask", "duckdb"),
    *("matplotlib", "shapely", "jinja2", "requests", "fsspec", "PIL", "openpyxl"),
}


def modules_after(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_public_names_are_these():
    assert set(bci.__all__) - {"__version__"} == NAMES
    assert set(dir(bci)) >= NAMES
    with pytest.raises(AttributeError, match="emit"):
        _ = bci.emit


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_public_name_has_an_example_that_uses_it(name):
    function = getattr(bci, name)
    assert f"bci.{name}(" in function.__doc__
    # test_docstrings runs it.
    assert any(
        example.values[1] == name and f"bci.{name}(" in example.values[3]  # noqa: PD011
        for example in EXAMPLES
    )


def test_the_types_are_those_of_the_modules_that_are_imported(root):
    stub = ast.parse((root / "bc_inventory" / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    named = {alias.name: node.module for node in imports for alias in node.names}
    assert named == {name: f"bc_inventory.{place}" for name, place in bci._LAZY.items()}


def test_importing_the_package_imports_no_library():
    imported = modules_after("import bc_inventory")
    assert "bc_inventory" in imported
    assert not imported & HEAVY
    # Nothing of its own either, so that the time is that of Python itself.
    assert [name for name in imported if name.startswith("bc_inventory.")] == []


def test_help_imports_click_and_no_heavier_library():
    code = (
        "from click.testing import CliRunner; from bc_inventory.cli import cli; "
        "assert 'build' in CliRunner().invoke(cli, ['--help']).output"
    )
    imported = modules_after(code)
    assert "click" in imported
    assert not imported & HEAVY
    assert not any(name.startswith("bc_inventory.commands.") for name in imported)


def test_the_plan_of_a_build_is_imported_without_a_registry_of_units():
    code = (
        "import bc_inventory.workflow.plan; from bc_inventory.units import registry; "
        "assert registry.cache_info().currsize == 0"
    )
    assert "bc_inventory.spatial.allocate" in modules_after(code)


def test_an_overlay_is_resolved_once_for_all_estimates(small_project, tmp_path, monkeypatch):
    from bc_inventory import api
    from bc_inventory.reference import overlay

    # Roots of this test alone: others of this process may have resolved the same overlay.
    monkeypatch.setattr(api, "_roots", lambda: tmp_path)
    merged = []
    monkeypatch.setattr(
        overlay,
        "_merge",
        lambda *words, merge=overlay._merge: merged.append(words) or merge(*words),
    )
    facts = tmp_path / "data"
    shutil.copytree(small_project / "data", facts)
    activity = bci.open_release(root=small_project / "releases").table("activity")
    first, again = (bci.estimate(activity, facts=facts) for _ in range(2))
    assert len(merged) == 1
    assert again.equals(first)
    # Other content is another root, under the same path.
    factors = facts / "emission_factors.csv"
    rows = pd.read_csv(factors, converters={"controls_included": str})
    names = ["value", "value_lower", "value_upper"]
    rows.assign(**{name: 2 * rows[name] for name in names}).to_csv(factors, index=False)
    doubled = bci.estimate(activity, facts=facts)
    assert len(merged) == 2
    assert doubled["emission_kt"].sum() == pytest.approx(2 * first["emission_kt"].sum(), rel=1e-12)
