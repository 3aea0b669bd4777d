"""A release names the sources of every table in it."""

import pandas as pd

import bc_inventory as bci


def test_a_release_carries_it_and_lists_the_sources_of_every_table(small_root):
    release = bci.open_release(root=small_root)
    assert (release.path / "ATTRIBUTION.md").read_text(encoding="utf-8").startswith("# Attribution")
    listed = {item["source_id"] for item in release.manifest["sources"]}
    for path in release.path.rglob("*.parquet"):
        table = pd.read_parquet(path)
        for name in table.columns:
            if name.endswith(("source", "source_id", "source_ids")):
                for cell in table[name].dropna().astype(str).unique():
                    assert {p.strip() for p in cell.split(";") if p.strip()} <= listed, path.name
