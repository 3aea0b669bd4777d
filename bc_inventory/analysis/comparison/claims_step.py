"""The step of a build that resolves the claims of `claims.csv`, so that each tonne counts once."""

from __future__ import annotations

from pathlib import Path

from bc_inventory import schema
from bc_inventory.analysis.comparison.double_counting import nest, read_claims

__all__ = ["claims_step"]


def claims_step(inputs: dict[str, Path], outputs: dict[str, Path]) -> None:
    """Write what is left to each claim, and overlaps, gaps and alternatives.

    Parameters
    ----------
    inputs : dict of str to Path
        `claims`, contract of that name.
    outputs : dict of str to Path
        Parquet: `double_counting` and `double_counting_findings`.
    """
    nesting = nest(read_claims(inputs["claims"]))
    schema.write_tables(
        {"double_counting": nesting.claims, "double_counting_findings": nesting.findings}, outputs
    )
