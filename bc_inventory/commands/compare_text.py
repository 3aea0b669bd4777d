"""A comparison as text to read: of each pair, what a delegate asks first."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bc_inventory.analysis.comparison.comparability import VERDICTS
from bc_inventory.reference.domains import Name, codes

__all__ = ["summary"]

_SHOWN = 5


def summary(tables: dict[str, pd.DataFrame], year: int, names: Mapping[str, Name]) -> str:
    """Return what a reader wants first of each pair.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        From `analysis.comparison.compare_side`.
    year : int
        Calendar year.
    names : mapping of str to Name
        What the part of each domain is called.
    """
    lines = []
    left = tables["left_out"].set_index(["base", "other", "inventory"])["left_out_share"]
    for row in tables["agreement"].itertuples():
        cells = _pair(tables["cells"], row)
        tested = cells["significant"].notna()
        shares = ", ".join(
            f"{name} {left[row.base, row.other, name]:.1%}" for name in (row.base, row.other)
        )
        lines += [
            f"\n{names[row.side].en} {year}, {row.base} -> {row.other}: {row.base_kt:,.1f} -> "
            f"{row.other_kt:,.1f} kt (x {row.ratio:.2f}) on the joint scope",
            f"  left out: {shares}",
        ]
        if row.n >= 3:
            lines.append(
                f"  ranks of {row.n:.0f} regions: Spearman {row.spearman:.2f}, Kendall "
                f"{row.kendall:.2f}; sector shares differ by {row.share_distance:.1%}"
            )
        else:
            regions = sorted(set(cells["region"]))
            how = (
                "compared as wholes"
                if set(regions) <= set(codes())
                else f"compared in {', '.join(regions)} alone, too few for ranks"
            )
            lines.append(f"  {how}; sector shares differ by {row.share_distance:.1%}")
        lines += [
            f"  significant differences: {int(cells['significant'].sum())} of {int(tested.sum())} "
            f"cells with intervals in both",
            f"  definitions agree? {_verdicts(_pair(tables['comparability'], row))}",
            f"  why: {_why(tables, row)}",
            "  largest differences, kt: "
            + "; ".join(
                f"{cell.region} {cell.sector} {cell.difference_kt:+.2f}"
                for cell in cells.reindex(
                    cells["difference_kt"].abs().sort_values(ascending=False).index
                )
                .head(_SHOWN)
                .itertuples()
            ),
        ]
    return "\n".join(lines)


def _pair(frame: pd.DataFrame, row) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    return frame[(frame["base"] == row.base) & (frame["other"] == row.other)]


def _verdicts(matrix: pd.DataFrame) -> str:
    """Tell the aspects in which definitions differ, by the worst verdict over the sectors."""
    rank = {verdict: place for place, verdict in enumerate(VERDICTS)}
    worst = matrix.groupby("aspect")["verdict"].agg(lambda item: max(item, key=rank.__getitem__))
    words = {"not": "no", "partly": "partly", "unknown": "not stated", "agree": "yes"}
    details = []
    for verdict, text in words.items():
        aspects = sorted(worst.index[worst == verdict])
        if aspects:
            details.append(f"{text}: {', '.join(aspects)}")
    return "; ".join(details)


def _why(tables: dict[str, pd.DataFrame], row) -> str:  # type: ignore[no-untyped-def]
    """Tell the heads of the difference: along the chain where both have one, else the shares."""
    chain = _pair(tables["chain"], row)
    chain = chain[chain["level"] == "all"]
    if len(chain):
        shown = chain[chain["part_kt"].abs() > 0.05]
        details = [
            f"{part.head} {part.part_kt:+,.1f} ({part.lower_kt:+,.1f} to {part.upper_kt:+,.1f})"
            for part in shown.itertuples()
        ]
    else:
        sums = _pair(tables["parts"], row).groupby("head", observed=True)["part_kt"].sum()
        details = [f"{head} {value:+,.1f}" for head, value in sums.items() if abs(value) > 0.05]
    return (", ".join(details) or "no difference") + " kt"
