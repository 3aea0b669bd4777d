"""What a newcomer and a citing author read: it is valid, and its links lead somewhere."""

import re
import tomllib

import pytest
import yaml

import bc_inventory


def pages(root):
    return [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob(".github/**/*.md")]


def test_links_between_pages_lead_somewhere(root):
    links = []
    for page in pages(root):
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
                links.append((page, target.partition("#")[0]))
    assert len(links) > 30
    assert not [
        f"{page.name}: {target}" for page, target in links if not (page.parent / target).exists()
    ]


def test_the_citation_has_what_the_format_requires(root):
    cff = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cff)
    assert cff["cff-version"] == "1.2.0"
    assert cff["type"] == "software"
    assert cff["authors"] == [{"name": "The bc_inventory developers"}]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cff["version"] == project["version"] == bc_inventory.__version__
    assert cff["license"] == project["license"]


def test_hooks_before_a_commit_are_local_and_name_the_gates(root):
    hooks = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}
    entries = [hook["entry"] for repo in hooks["repos"] for hook in repo["hooks"]]
    for gate in ("ruff check", "ruff format", "mypy", "lint-imports"):
        assert any(entry.startswith(gate) for entry in entries)


@pytest.mark.parametrize("name", ["wrong-number", "defect", "proposal"])
def test_a_template_of_an_issue_has_a_name_and_says_what_it_is_for(root, name):
    text = (root / ".github" / "ISSUE_TEMPLATE" / f"{name}.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    assert {"name", "about"} <= set(yaml.safe_load(head))
    assert body.strip()


def test_the_architecture_names_every_package(root):
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    inside = (root / "bc_inventory").iterdir()
    names = [
        path.stem for path in inside if path.suffix == ".py" or (path / "__init__.py").exists()
    ]
    assert len(names) > 12
    assert [name for name in names if name != "__init__" and f"`{name}`" not in text] == []


def test_terms_of_the_glossary_are_sorted(root):
    lines = (root / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    terms = [line.split("|")[1].strip().casefold() for line in lines if line.startswith("| ")][2:]
    assert len(terms) > 40
    assert terms == sorted(terms)
