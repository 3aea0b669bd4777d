"""Black carbon in CO2 equivalents: always a range, always with what is left out.

Metrics of black carbon differ by more than tenfold between assessments, none has
been adopted, and IPCC AR6 gives none. So a figure here is the range over all rows
of `data/climate_metrics.csv`, of which most were not verified against AR5. Organic carbon
is emitted with black carbon and cools. This inventory doesn't estimate it, so its
emission is the range of other inventories (`data/organic_carbon.csv`); where they
have none, that is said in the table and not passed over.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bc_inventory import schema, units
from bc_inventory.inventory.activity import weakest
from bc_inventory.reference.paths import data_root

__all__ = ["CAVEATS", "co2_equivalents", "organic_carbon_of", "read_metrics", "read_organic"]

CAVEATS = {
    "BC": "a range over assessments, most unverified; organic carbon emitted with it cools and "
    "isn't in it; not to be added to long-lived gases as if it were one of them",
    "OC": "organic carbon isn't estimated in this inventory; its range is that of other "
    "inventories, whose scope differs, and brown carbon warms",
    "BC+OC": "the sum of both ranges, as if their errors met at the worst; sulphur dioxide and "
    "other species emitted with them are left out",
}
_UNKNOWN = "; no inventory gives it for this year"
# Inventories of a year so near stand for it.
_NEAR = 2


def read_metrics(path: Path | None = None) -> pd.DataFrame:
    """Read climate metrics (contract `climate_metrics`); by default the embedded."""
    return schema.read_csv(path or data_root() / "climate_metrics.csv", "climate_metrics")


def read_organic(path: Path | None = None) -> pd.DataFrame:
    """Read organic carbon of other inventories (contract `organic_carbon`)."""
    return schema.read_csv(path or data_root() / "organic_carbon.csv", "organic_carbon")


def organic_carbon_of(emissions: pd.DataFrame, organic: pd.DataFrame) -> pd.DataFrame:
    """Return the organic carbon that other inventories have along with black carbon.

    Parameters
    ----------
    emissions : pandas.DataFrame
        year, side, factor_set.
    organic : pandas.DataFrame
        Contract `organic_carbon`.

    Returns
    -------
    pandas.DataFrame
        year, side, factor_set, species (OC), emission_kt (median of the
        inventories, each by its year nearest within two), lower_kt and upper_kt
        (their range), of sides and years that any has.
    """
    keys = ["year", "side", "factor_set"]
    pairs = emissions[keys].drop_duplicates().merge(organic, on="side", suffixes=("", "_other"))
    pairs["away"] = (pairs["year_other"] - pairs["year"]).abs()
    near = pairs[pairs["away"] <= _NEAR].sort_values(["away", "year_other"])
    near = near.drop_duplicates([*keys, "inventory"])
    result = near.groupby(keys, as_index=False)["emission_kt"].agg(["median", "min", "max"])
    names = {"median": "emission_kt", "min": "lower_kt", "max": "upper_kt"}
    return result.rename(columns=names).assign(species="OC")


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
        metric and horizon, and both species together where both are known. A
        species without an emission has rows with its caveat and no figure. The
        outer range takes the ends of the emission and of the metric together,
        so it is wider than a 95 % interval.
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
                | {"caveat": CAVEATS[species] + ("" if known is not None else _UNKNOWN)}
            )
    result = pd.DataFrame(rows, columns=schema.table("co2_equivalents").names)
    result = pd.concat([result, _together(result)], ignore_index=True)
    return schema.check(result.astype({"year": "int64", "horizon": "int64"}), "co2_equivalents")


def _together(table: pd.DataFrame) -> pd.DataFrame:
    """Return black and organic carbon together, where both have a figure."""
    keys = ["year", "side", "factor_set", "metric", "horizon"]
    known = table[table["lowest_mt"].notna()]
    both = [known[known["species"] == species] for species in ("BC", "OC")]
    pairs = both[0].merge(both[1], on=keys, suffixes=("", "_oc"))
    sums = ["lowest_mt", "highest_mt", "outer_lower_mt", "outer_upper_mt"]
    for name in sums:
        pairs[name] = pairs[name] + pairs[f"{name}_oc"]
    for name in ("metric_ids", "source_ids"):
        pairs[name] = [
            ";".join(sorted({*first.split(";"), *second.split(";")}))
            for first, second in zip(pairs[name], pairs[f"{name}_oc"], strict=True)
        ]
    weak = [weakest(pair) for pair in zip(pairs["confidence"], pairs["confidence_oc"], strict=True)]
    pairs = pairs.assign(species="BC+OC", caveat=CAVEATS["BC+OC"], confidence=weak)
    pairs[["emission_kt", "lower_kt", "upper_kt"]] = float("nan")
    return pairs[table.columns]


def _range(emission: pd.Series | None, metrics: pd.DataFrame) -> dict[str, object]:
    """Return the range of one species by all its metrics of one kind and horizon."""
    low = metrics["lower"].fillna(metrics["value"]).min()
    high = metrics["upper"].fillna(metrics["value"]).max()
    common: dict[str, object] = {
        "metric_ids": ";".join(sorted(metrics["metric_id"])),
        "source_ids": ";".join(sorted(set(metrics["source_id"]))),
        "confidence": weakest(metrics["confidence"]),
    }
    if emission is None:
        return common | dict.fromkeys(
            ["emission_kt", "lower_kt", "upper_kt", "lowest_mt", "highest_mt"], float("nan")
        )
    central, lower, upper = (
        float(emission[f"{name}kt"]) for name in ("emission_", "lower_", "upper_")
    )
    to_mt = units.factor("kt", "Mt")
    # A negative metric is largest by the smallest emission.
    outer = [amount * metric * to_mt for amount in (lower, upper) for metric in (low, high)]
    return common | {
        "emission_kt": central,
        "lower_kt": lower,
        "upper_kt": upper,
        "lowest_mt": central * metrics["value"].min() * to_mt,
        "highest_mt": central * metrics["value"].max() * to_mt,
        "outer_lower_mt": min(outer),
        "outer_upper_mt": max(outer),
    }
