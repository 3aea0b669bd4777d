"""The published comparison is that of today's facts with the publishers' own files."""

import importlib.util
import sys

import pytest


@pytest.mark.shared
@pytest.mark.slow
def test_the_page_is_current(shared, root):
    spec = importlib.util.spec_from_file_location(
        "published_comparison", root / "benchmarks" / "published_comparison.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    page = (root / "docs" / "comparison.md").read_text(encoding="utf-8")
    printed = page.split(module.START)[1].split(module.END)[0].strip()
    assert printed == module.figures(shared).strip(), (
        "run python benchmarks/published_comparison.py"
    )
    assert printed.count("The three largest differences:") == 4
    assert printed.count("* **") == 12
