"""The code of a step includes what it imports by a computed name."""

import importlib
import importlib.metadata
import re
import sys

import pytest

from bc_inventory.config import load_config
from bc_inventory.storage.hashing import code_of, sha256_json
from bc_inventory.workflow.plan import make_plan

STEP = """
import importlib
{declared}

def step():
    return importlib.import_module("json" + "")
"""


def module(tmp_path, monkeypatch, name, source):
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        return importlib.import_module(name)
    finally:
        monkeypatch.delitem(sys.modules, name)


def test_an_undeclared_computed_import_is_refused(tmp_path, monkeypatch):
    made = module(tmp_path, monkeypatch, "undeclared_step", STEP.format(declared=""))
    with pytest.raises(ValueError, match="undeclared_step imports by a computed name"):
        code_of(made.step)


def test_a_declared_package_is_code_of_the_step_with_all_its_modules(tmp_path, monkeypatch):
    declared = 'COMPUTED_IMPORTS = ("bc_inventory.readers.gridded", "rasterio")'
    made = module(tmp_path, monkeypatch, "declared_step", STEP.format(declared=declared))
    code = code_of(made.step)
    assert {"bc_inventory.readers.gridded.cams", "bc_inventory.readers.gridded.merra2"} <= set(
        code.modules
    )
    assert not any("stations" in name for name in code.modules)
    assert "rasterio" in dict(code.libraries)


def test_the_code_of_the_register_of_formats_is_all_readers():
    from bc_inventory.readers.registry import formats

    modules = set(code_of(formats.__wrapped__).modules)
    assert {made.read.__module__ for made in formats().values()} <= modules


def test_every_computed_import_of_the_package_is_declared(root):
    from bc_inventory.storage import hashing

    names = [
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in (root / "bc_inventory").rglob("*.py")
    ]
    assert len(names) > 300
    for name in names:
        hashing._imports(name.removesuffix(".__init__"))


def test_a_value_has_one_digest_whatever_the_order_of_its_keys():
    assert sha256_json({"a": 1, "b": [2]}) == sha256_json({"b": [2], "a": 1})
    assert sha256_json({"a": 1}) != sha256_json({"a": 2})


def test_no_extra_counts_in_the_version_of_a_build(tmp_path):
    """What only an extra brings may or may not be installed; the version is the same."""
    needed = {
        re.split(r"[^A-Za-z0-9_-]", line)[0].lower()
        for line in importlib.metadata.requires("bc-inventory")
        if "extra ==" not in line
    }
    steps = make_plan(load_config(), tmp_path).steps
    libraries = {name for step in steps for name, _ in code_of(step.function).libraries}
    assert len(libraries) > 10
    assert {name.lower() for name in libraries} - needed <= {"python", "pil"}
    assert "pillow" in needed
