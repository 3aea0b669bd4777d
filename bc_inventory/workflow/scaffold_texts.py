"""Texts of a new inventory's folder; `write_scaffold` fills in the names."""

from __future__ import annotations

__all__ = ["README", "TEST", "TOML"]

TOML = """# What is estimated; docs/configuration.md explains every key.
[inventory]
name = "{name}"
years = [{years}]
base_year = {base_year}
regions = [{regions}]

[facts]
folder = "facts"

[output]
folder = "releases"
"""

README = """# Inventory {name}

`{name}.toml` says what is estimated, and the tables in `facts/` which facts differ from those
that bc_inventory embeds. Each `*{rows}` file has the rows in force as comments: remove the # of a
row and change it, and it takes the place of the embedded row with the same key. A row cites a
`source_id` of `sources{rows}` or of the embedded sources.

    bc-inventory build --config {name}.toml
    bc-inventory show --inventory {name}
    python -m pytest

The build refuses a row that breaks a rule and says where it is. The release lists what it changed
in `facts_changed.parquet`, in its manifest under `overlay` and in its report. Compare it with a
release of another inventory in the same folder: `bc-inventory diff other/latest {name}/latest`.
"""

TEST = '''"""The inventory builds, and its release is whole."""

from pathlib import Path

import bc_inventory as bci


def test_the_inventory_is_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent)
    published = bci.build(bci.load_config("{name}.toml"), tmp_path)
    release = bci.open_release(published.version, root=tmp_path)
    rows = release.emissions()
    figures = rows[rows["emission_kt"].notna()]
    assert figures["emission_kt"].sum() > 0
    assert figures["activity_source"].notna().all()
'''
