"""The Chinese README gives the commands of the English one, and commands that answer."""

import re
import shlex

import pytest
from click.testing import CliRunner

from bc_inventory.cli import cli


@pytest.fixture(scope="module")
def chinese(root):
    return (root / "README.zh.md").read_text(encoding="utf-8")


def commands(text):
    return re.findall(r"^    (.+)$", text, re.MULTILINE)


def test_the_two_lines_are_those_of_the_english_readme(chinese, root):
    english = commands((root / "README.md").read_text(encoding="utf-8"))
    lines = [line for line in commands(chinese) if line.startswith("python3 -m venv")]
    assert len(lines) == 2
    assert set(lines) <= set(english)


def test_its_questions_are_answered(chinese, releases):
    asked = [line for line in commands(chinese) if re.match("bc-inventory [qe]", line)]
    assert len(asked) == 2
    for line in asked:
        words = shlex.split(line)[1:]
        # The small release has homes, and no roads.
        words = ["居民" if word == "道路交通" else word for word in words]
        done = CliRunner().invoke(cli, [*words, "--releases", releases, "--inventory", "small"])
        assert done.exit_code == 0, done.output


def test_its_links_lead_somewhere(chinese, root):
    links = re.findall(r"\]\(([^)#]+)\)", chinese)
    assert len(links) >= 3
    assert [link for link in links if not (root / link).exists()] == []
