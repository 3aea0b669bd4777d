"""Makers of the derived facts in `data/`.

Each table of `data/` is rebuilt from its inputs, or its rows were typed by hand with a source.
`python -m curation check` rebuilds every derived row and compares it with what stands in
`data/`; `docs/curation.md` lists the tables. The package `bc_inventory` never imports this one.
"""
