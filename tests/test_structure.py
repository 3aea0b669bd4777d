"""The shape of the package: no circles of imports, few names at a level, short modules."""

import statistics

import grimp
import pytest


def circles(graph):
    """Return the groups of modules that import each other, by Tarjan's method."""
    index, low, stack, groups = {}, {}, [], []

    def visit(module):
        index[module] = low[module] = len(index)
        stack.append(module)
        for other in graph.find_modules_directly_imported_by(module):
            if other not in index:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], index[other])
        if low[module] == index[module]:
            start = stack.index(module)
            group = stack[start:]
            del stack[start:]
            if len(group) > 1:
                groups.append(sorted(group))

    for module in sorted(graph.modules):
        if module not in index:
            visit(module)
    return groups


def test_circles_are_seen():
    graph = grimp.ImportGraph()
    for importer, imported in ("ab", "bc", "ca", "cd"):
        graph.add_import(importer=importer, imported=imported)
    assert circles(graph) == [["a", "b", "c"]]


def test_no_modules_import_each_other():
    # Imports for type checkers alone count too.
    graph = grimp.build_graph("bc_inventory", cache_dir=None)
    assert len(graph.modules) > 300
    assert circles(graph) == []


@pytest.mark.parametrize("room", ["analysis", "monitoring", "release"])
def test_a_room_shows_at_most_ten_names(root, room):
    names = {
        path.stem
        for path in (root / "bc_inventory" / room).iterdir()
        if not path.name.startswith("_")
    }
    assert 1 < len(names) <= 10


def test_modules_are_short(root):
    lengths = [
        path.read_text(encoding="utf-8").count("\n")
        for path in (root / "bc_inventory").rglob("*.py")
        if path.name != "__init__.py"
    ]
    assert statistics.median(lengths) < 160
    assert max(lengths) <= 400
