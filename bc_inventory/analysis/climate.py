"""Black carbon in CO2 equivalents: always a range, always with what is left out.

Metrics of black carbon differ by more than tenfold between assessments, none has
been adopted, and IPCC AR6 gives none. So a figure here is the range over all rows
of `data/climate_metrics.csv`, of which most are recalled from AR5. Organic carbon
is emitted with black carbon and cools; where its emission isn't known, that is
said in the table and not passed over.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory import schema, units
from bc_inventory.embedded import data_root
from bc_inventory.inventory.activity import weakest

__all__ = ["CAVEATS", "co2_equivalents", "read_metrics"]

CAVEATS = {
    "BC": "a range over assessments, most recalled; organic carbon emitted with it cools and "
    "isn't in it; not to be added to long-lived gases as if it were one of them",
    "OC": "organic carbon isn't estimated in this inventory; where it is, it takes from the "
    "warming of black carbon",
}


def read_metrics(path: Path | None = None) -> pd.DataFrame:
    """Read climate metrics (contract `climate_metrics`); by default the embedded."""
    return schema.read_csv(path or data_root() / "climate_metrics.csv", "climate_metrics")


def co2_equivalents(emissions: pd.DataFrame, metrics: pd.DataFrame) -> pd.DataFrame:
    """Return emissions in CO2 equivalents as ranges.

    Parameters
    ----------
    emissions : pandas.DataFrame
        Columns `year`, `side`, `factor_set`, `species`, `emission_kt`,
        `lower_kt`, `upper_kt`; one row for each.
    metrics : pandas.DataFrame
        Contract `climate_metrics`.

    Returns
    -------
    pandas.DataFrame
        Contract `co2_equivalents`: for each row and species with metrics, each
        metric and horizon. A species without an emission has rows with its
        caveat and no figure. The outer range takes the ends of the emission and
        of the metric together, so it is wider than a 95 % interval.
    """
    keys = ["year", "side", "factor_set"]
    rows = []
    for key, mine in emissions.groupby(keys, sort=True):
        by_species = mine.set_index("species")
        for group, several in metrics.groupby(["species", "metric", "horizon"], sort=True):
            species = str(group[0])
            known = by_species.loc[species] if species in by_species.index else None
            rows.append(
                dict(zip(keys, key, strict=True))
                | dict(zip(("species", "metric", "horizon"), group, strict=True))
                | _range(known, several)
                | {"caveat": CAVEATS[species]}
            )
    made = pd.DataFrame(rows, columns=schema.table("co2_equivalents").names)
    return schema.check(made.astype({"year": "int64", "horizon": "int64"}), "co2_equivalents")


def _range(emission: pd.Series | None, metrics: pd.DataFrame) -> dict[str, object]:
    """Return the range of one species by all its metrics of one kind and horizon."""
    low = metrics["lower"].fillna(metrics["value"]).min()
    high = metrics["upper"].fillna(metrics["value"]).max()
    told: dict[str, object] = {
        "metric_ids": ";".join(sorted(metrics["metric_id"])),
        "source_ids": ";".join(sorted(set(metrics["source_id"]))),
        "confidence": weakest(metrics["confidence"]),
    }
    if emission is None:
        return told | dict.fromkeys(
            ["emission_kt", "lower_kt", "upper_kt", "lowest_mt", "highest_mt"], float("nan")
        )
    central, lower, upper = (
        float(emission[f"{name}kt"]) for name in ("emission_", "lower_", "upper_")
    )
    to_mt = units.factor("kt", "Mt")
    # A negative metric is largest by the smallest emission.
    outer = [amount * metric * to_mt for amount in (lower, upper) for metric in (low, high)]
    return told | {
        "emission_kt": central,
        "lower_kt": lower,
        "upper_kt": upper,
        "lowest_mt": central * metrics["value"].min() * to_mt,
        "highest_mt": central * metrics["value"].max() * to_mt,
        "outer_lower_mt": min(outer),
        "outer_upper_mt": max(outer),
    }
