"""Names of domains stand in the table of domains and in no line of code."""

import ast
import re

import pytest

from bc_inventory.reference.domains import domains

# Publishers' own codes, names of places and titles belong to the reader of their files.
PUBLISHERS = {
    "readers/activity": "readers of national and European statistics",
    "readers/gridded": "readers of gridded fields",
    "readers/inventories": "readers of inventories",
    "readers/stations": "readers of stations' files",
}
SPELLINGS = ("China", "Chinese provinces", "EU-27", "EU27", "欧盟", "中国", "中欧")


def texts(tree):
    """Yield each text of a module that isn't a docstring, with its line."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def named(text):
    """Tell whether a text names a domain: by its code alone, or by a name or alias within."""
    every = domains().values()
    names = {*SPELLINGS, *(name for made in every for name in (*made.name, *made.aliases))}
    codes = "|".join(re.escape(made.code) for made in every)
    alone = re.search(rf"(?<![\w-])(?:{codes})(?![\w-])", text)
    return alone is not None or any(name in text for name in names)


def checked(root):
    for folder in ("bc_inventory", "flows"):
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root / folder).as_posix()
            if not any(relative.startswith(f"{place}/") for place in PUBLISHERS):
                yield path


def test_no_text_of_the_code_names_a_domain(root):
    found = [
        f"{path.relative_to(root)}:{line}: {text[:60]!r}"
        for path in checked(root)
        for line, text in texts(ast.parse(path.read_text(encoding="utf-8")))
        if named(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text", ["EU", "the EU and CN", "mainland China", "欧盟27国", "eu or EU27"]
)
def test_a_name_is_seen(text):
    assert named(text)


@pytest.mark.parametrize("text", ["EUR", "CN-HE", "neutral", "CNY"])
def test_what_only_looks_like_one_is_not(text):
    assert not named(text)


def test_every_exception_is_a_folder_that_is_there(root):
    assert all((root / "bc_inventory" / place).is_dir() for place in PUBLISHERS)
