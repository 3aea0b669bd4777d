"""Every example in a docstring runs and gives what it says."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest

from tests.conftest import ROOT

PARSER = doctest.DocTestParser()


def docstrings(path: Path) -> list[tuple[str, int, str]]:
    """Return name, line and text of the docstrings of a module that hold examples."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    text = path.read_text(encoding="utf-8")
    if ">>>" not in text:
        return []
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, kinds) and ">>>" in (ast.get_docstring(node, clean=False) or ""):
            name = getattr(node, "name", path.stem)
            found.append((name, node.body[0].lineno, ast.get_docstring(node, clean=False)))
    return found


EXAMPLES = [
    pytest.param(path, *found, id=f"{path.relative_to(ROOT)}:{found[0]}")
    for folder in ("bc_inventory", "curation")
    for path in sorted((ROOT / folder).rglob("*.py"))
    for found in docstrings(path)
]


@pytest.mark.parametrize(("path", "name", "line", "text"), EXAMPLES)
def test_an_example_gives_what_it_says(path, name, line, text, request, monkeypatch):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    known = dict(vars(importlib.import_module(module)))
    case = PARSER.get_doctest(text, known, f"{module}.{name}", str(path), line - 1)
    assert case.examples
    assert not any(one.options.get(doctest.SKIP) for one in case.examples), "it runs or it goes"
    if "open_release" in text or "bci." in text:
        monkeypatch.chdir(Path(request.getfixturevalue("releases")).parent)
    said = []
    doctest.DocTestRunner(verbose=False).run(case, out=said.append)
    assert not said, "".join(said)


def test_there_are_examples():
    assert len(EXAMPLES) > 20
