"""The inventory's part of a build, as steps that read and write files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import DataError, Problem, suggest
from bc_inventory.inventory.abatement import removal
from bc_inventory.inventory.activity import harmonise
from bc_inventory.inventory.cube import write_cube
from bc_inventory.inventory.estimate import apply_factors, uses_of
from bc_inventory.inventory.factors import add_shares
from bc_inventory.inventory.facts import (
    ACTIVITY_SIDE,
    REFERENCES,
    Facts,
    load_facts,
    load_published,
)
from bc_inventory.inventory.fill import repair
from bc_inventory.inventory.uncertainty import (
    aggregates,
    combine_totals,
    draw_aggregate,
    drawn_totals,
    parts,
)
from bc_inventory.inventory.whole_years import (
    cells_of,
    incomplete,
    whole_years,
    without_incomplete,
)
from bc_inventory.reference.domains import NO_DOMAIN, domains, in_order
from bc_inventory.reference.limits import review_limits
from bc_inventory.storage.memoize import memoize, memoize_table

__all__ = [
    "activity_step",
    "cube_step",
    "emissions_step",
    "published_step",
    "totals_step",
    "whole_years_step",
]


def published_step(
    inputs: dict[str, Path], outputs: dict[str, Path], *, years: Sequence[int]
) -> None:
    """Read published activity and repair its holes and breaks.

    Parameters
    ----------
    inputs : dict of str to Path
        Files of published activity of all years as `published_<name>`, the
        fact tables they refer to, `activity_repairs` and `population`.
    outputs : dict of str to Path
        `published` and `repaired`, Parquet.
    years : sequence of int
        Calendar years to keep.
    """
    references = {name: inputs[name] for name in (*REFERENCES, "population")}
    facts = load_facts(references)
    known = facts.known()
    files = [path for name, path in sorted(inputs.items()) if name.startswith("published_")]
    published = load_published(files, known)
    rules = schema.read_csv(inputs["activity_repairs"], "activity_repairs", known=known)
    mended, repaired = repair(published, rules, facts.population)
    figures = mended[mended["year"].isin(list(years))]
    repairs = repaired[repaired["year"].isin(list(years))]
    schema.write_parquet(figures, "activity_published", outputs["published"])
    schema.write_parquet(
        schema.check(repairs, "activity_repaired"), "activity_repaired", outputs["repaired"]
    )


def activity_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    years: Sequence[int],
    regions: Sequence[str],
) -> None:
    """Harmonise published activity.

    Parameters
    ----------
    inputs : dict of str to Path
        `published` and `repaired` from `published_step`, and fact tables by
        name.
    outputs : dict of str to Path
        `activity` and `unmapped`, Parquet.
    years : sequence of int
        Calendar years.
    regions : sequence of str
        Codes; empty for all of every domain.
    """
    facts = load_facts({name: inputs[name] for name in ACTIVITY_SIDE})
    published = schema.read_parquet(inputs["published"], "activity_published")
    repaired = schema.read_parquet(inputs["repaired"], "activity_repaired")
    chosen = _chosen(facts, regions)
    activity, unmapped = harmonise(published, facts, chosen, years, repaired)
    schema.write_parquet(schema.check(activity, "activity"), "activity", outputs["activity"])
    schema.write_parquet(unmapped, "activity_published", outputs["unmapped"])


def emissions_step(
    inputs: dict[str, Path],
    outputs: dict[str, Path],
    *,
    years: Sequence[int],
    regions: Sequence[str],
    factor_sets: Sequence[str],
) -> None:
    """Estimate emissions from activity.

    Parameters
    ----------
    inputs : dict of str to Path
        `activity` from `activity_step`, and fact tables by name.
    outputs : dict of str to Path
        `emissions`, a folder partitioned by side.
    years, regions : sequence
        As in `activity_step`.
    factor_sets : sequence of str
        Of `harmonised`, `official`.
    """
    tables = {name: path for name, path in inputs.items() if name != "activity"}
    facts = load_facts(tables)
    activity = schema.read_parquet(inputs["activity"], "activity")
    chosen = _chosen(facts, regions)
    # Neither the technologies nor their controls depend on factors, which change most often.
    numbers = activity[activity["activity"].notna()]
    split = memoize_table(add_shares, numbers, facts.technology_shares, chosen, list(years))
    removed = memoize_table(
        removal, uses_of(split), facts.abatement, facts.penetration, chosen, list(years)
    )
    emissions = apply_factors(activity, split, removed, facts, chosen, years, factor_sets)
    schema.write_dataset(emissions, "emissions", outputs["emissions"], "side")


def whole_years_step(inputs: dict[str, Path], outputs: dict[str, Path], *, year: int) -> None:
    """Say which years are whole for which domain.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`, and `limits` (contract `review_limits`).
    outputs : dict of str to Path
        `whole_years` and `cells`, what has a figure, Parquet.
    year : int
        Base year, which must be whole.

    Raises
    ------
    DataError
        If it is incomplete for a domain.
    """
    cells = cells_of(schema.read_parquet(inputs["emissions"], "emissions"))
    verdicts = whole_years(cells, review_limits(inputs["limits"])["whole_year"])
    _refuse_incomplete(verdicts, year)
    schema.write_parquet(verdicts, "whole_years", outputs["whole_years"])
    schema.write_parquet(cells, "emission_cells", outputs["cells"])


def _refuse_incomplete(verdicts: pd.DataFrame, base_year: int) -> None:
    short = verdicts[incomplete(verdicts)]
    years = set(verdicts["year"]) - set(short["year"])
    remedy = f"The latest year that is whole for all is {max(years)}." if years else None
    lacking = short[short["year"] == base_year].drop_duplicates("side").set_index("side")
    if len(lacking):
        raise DataError(
            Problem(
                f"{base_year}, which is incomplete for {domains()[side].name.en}: of "
                f"{lacking.loc[side, 'compared_with']} it lacks {lacking.loc[side, 'lacking']}",
                "a year that is whole for every domain",
                column="inventory.base_year",
                remedy=remedy,
            )
            for side in in_order(lacking.index)
        )


def totals_step(
    inputs: dict[str, Path], outputs: dict[str, Path], *, draws: int, seed: int
) -> None:
    """Sum emissions and give the sums their intervals.

    Parameters
    ----------
    inputs : dict of str to Path
        `emissions`; `whole_years` and `cells` from `whole_years_step`; `limits`.
    outputs : dict of str to Path
        `totals`, Parquet.
    draws, seed : int
        See `bc_inventory.inventory.uncertainty`.
    """
    emissions = schema.read_parquet(inputs["emissions"], "emissions")
    # What no changed row is in has been drawn before.
    sums = [
        drawn_totals(
            part, [memoize(draw_aggregate, rows, draws, seed) for rows in aggregates(part)]
        )
        for part in parts(emissions)
    ]
    verdicts = schema.read_parquet(inputs["whole_years"], "whole_years")
    cells = schema.read_parquet(inputs["cells"], "emission_cells")
    least = review_limits(inputs["limits"])["whole_year"]
    published = without_incomplete(combine_totals(sums, draws), verdicts, cells, least)
    schema.write_parquet(published, "totals", outputs["totals"])


def cube_step(
    inputs: dict[str, Path], outputs: dict[str, Path], *, title: str, factor_set: str
) -> None:
    """Write the totals as a NetCDF cube.

    Parameters
    ----------
    inputs : dict of str to Path
        `totals` and `whole_years`, and `regions` and `sectors`, whose names are read below the
        root of facts.
    outputs : dict of str to Path
        `cube`, NetCDF.
    title, factor_set : str
        See `bc_inventory.inventory.cube`.
    """
    sums = schema.read_parquet(inputs["totals"], "totals")
    verdicts = schema.read_parquet(inputs["whole_years"], "whole_years")
    write_cube(sums, verdicts, outputs["cube"], title=title, factor_set=factor_set)


def _chosen(facts: Facts, names: Sequence[str]) -> pd.DataFrame:
    """Return the regions asked for by code, group or domain, or all of every domain."""
    inside = facts.regions[facts.regions["side"] != NO_DOMAIN]
    if not names:
        return inside
    levels = ["region", "group", "side"]
    known = set(inside[levels].to_numpy().ravel())
    unknown = [name for name in names if name not in known]
    if unknown:
        raise DataError(
            Problem(
                f"the region {name!r}",
                f"a region, group or domain such as {_examples(inside)}",
                column="inventory.regions",
                remedy=suggest(name, known),
            )
            for name in unknown
        )
    return inside[inside[levels].isin(list(names)).any(axis=1)]


def _examples(regions: pd.DataFrame) -> str:
    """Return a code of each kind."""
    return ", ".join(
        regions.drop_duplicates("side")[["region", "group", "side"]].to_numpy().ravel()
    )
