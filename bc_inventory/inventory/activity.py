"""Turn published figures into activity by NFR category and fuel.

Two ways lead here: a figure published for a region, of which a mapping says
how much is activity of which category and fuel; and a figure known only for a
whole side, which a driver spreads over regions. What a compiler reports by category and fuel
(`bc_inventory.inventory.reported`) takes the place of both. Each result keeps what made
it, and how three components of it spread: one common to all regions (the split, the
total), one of the region alone (its statistics, its share of the driver), and the calorific
value that converted it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bc_inventory.errors import JoinError, Problem
from bc_inventory.inventory.components import ACTIVITY, SPLITS, SPREAD, Component
from bc_inventory.inventory.convert import to_canonical
from bc_inventory.inventory.distribution import Lognormal, interval_of_product
from bc_inventory.inventory.facts import Facts
from bc_inventory.inventory.intervals import expected, stated
from bc_inventory.inventory.reported import quantity_kind, reported, with_reported
from bc_inventory.inventory.scope import at_years, narrowest
from bc_inventory.inventory.splits import spelled
from bc_inventory.schema.common import CONFIDENCE

__all__ = ["distinct_words", "harmonise", "join_words", "weakest"]

_KEY = ["year", "region", "nfr", "fuel", "activity_id"]
# Flag of a figure that was continued, and over how many years.
_EXTRAPOLATED = r"^extrapolated_(\d+)$"
# What identifies the region's own statistics behind a figure.
_FIGURE = ["statistics_source", "source_sector", "driver"]


def harmonise(
    published: pd.DataFrame,
    facts: Facts,
    regions: pd.DataFrame,
    years: Sequence[int],
    repaired: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the activity of the regions and years asked for.

    Parameters
    ----------
    published : pandas.DataFrame
        Contract `activity_published`.
    facts : Facts
        Mappings, national activity, drivers, calorific values.
    regions : pandas.DataFrame
        Rows of contract `regions` to estimate.
    years : sequence of int
        Calendar years.
    repaired : pandas.DataFrame, optional
        Contract `activity_repaired`: which of the figures were repaired, with
        their intervals.

    Returns
    -------
    activity : pandas.DataFrame
        Contract `activity`.
    unmapped : pandas.DataFrame
        Published figures that no mapping takes up, under their own contract.

    Raises
    ------
    JoinError
        If a figure can't be converted or a driver has no shares.
    """
    chosen = published[
        published["region"].isin(regions["region"]) & published["year"].isin(list(years))
    ]
    mapped, unmapped = _mapped(chosen, facts, regions, years, repaired)
    both = with_reported(
        pd.concat([mapped, _national(facts, regions, years)], ignore_index=True),
        reported(facts.activity_reported, regions, years),
    )
    known = both[both["quantity"].notna()]
    converted = to_canonical(known, facts.calorific_values, facts.co2_factors, facts.fuels, regions)
    activity = pd.concat([_gather(converted), _keys(both, converted, facts)], ignore_index=True)
    return activity.astype({"tier": "int64", "year": "int64"}), unmapped


def _mapped(
    published: pd.DataFrame,
    facts: Facts,
    regions: pd.DataFrame,
    years: Sequence[int],
    repaired: pd.DataFrame | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    source = ["source_sector", "source_fuel"]
    spread = narrowest(facts.activity_mapping, regions, source)
    rules = at_years(
        spread,
        years,
        ["region", "mapping_id", *source, "nfr", "fuel"],
        ["share", "share_lower", "share_upper"],
    )
    _one_figure_each(published)
    rules = rules.rename(columns={"mapping_id": "activity_id", "source_id": "mapping_source"})
    share = stated(rules, "share")
    _spread(rules, share, "activity")
    rules["share"] = expected(rules, "share", share)
    whole = rules.groupby(["year", "scope", *source], sort=False).ngroup()
    once = ~rules.duplicated(["year", "scope", "activity_id", *source, "nfr", "fuel"])
    of_whole = spelled(
        whole[once],
        *(rules.loc[once, name] for name in ("activity_id", "share", "share_lower", "share_upper")),
    )
    by_whole = of_whole.groupby(whole[once]).first()
    rules["split_activity"] = by_whole.reindex(whole).to_numpy(dtype=object)
    figures = published.rename(columns={"source_id": "activity_source", "note": "figure_note"})
    _spread(figures, _statistics(figures, facts.activity_uncertainty), "local")
    if repaired is not None:
        figures = _as_repaired(figures, repaired)
    mapped = figures.merge(
        rules.drop(columns=["share_lower", "share_upper"]),
        on=["year", "region", *source],
        how="left",
    )
    lost = mapped["activity_id"].isna() & mapped["quantity"].notna()
    unmapped = published.merge(mapped.loc[lost, ["year", "region", *source]], how="inner")
    mapped = mapped[mapped["activity_id"].notna()].copy()
    mapped["quantity"] = mapped["quantity"] * mapped["share"]
    mapped["statistics_source"] = mapped["activity_source"]
    surrogate = mapped["surrogate"].astype(bool)
    mapped["flag"] = join_words(mapped["flag"], surrogate.map({True: "surrogate", False: None}))
    mapped["activity_source"] = join_words(mapped["activity_source"], mapped["mapping_source"])
    return mapped, unmapped


def _as_repaired(figures: pd.DataFrame, repaired: pd.DataFrame) -> pd.DataFrame:
    """Give repaired figures the interval and the source of their rule."""
    key = ["year", "region", "source_sector", "source_fuel"]
    rules = repaired[[*key, "relative", "source_id"]]
    merged = figures.merge(rules, on=key, how="left", validate="many_to_one")
    relative = merged.pop("relative")
    of_rule = Lognormal.from_relative(relative)
    for name, of_each in (("sigma_local", of_rule.deviation), ("skew_local", of_rule.skew)):
        merged[name] = np.where(relative.notna(), of_each, merged[name])
    merged["activity_source"] = join_words(merged["activity_source"], merged.pop("source_id"))
    return merged


def _one_figure_each(published: pd.DataFrame) -> None:
    """Refuse a figure published twice in different units: it would count twice."""
    key = ["year", "region", "source_sector", "source_fuel"]
    twice = published[published.duplicated(key, keep=False)]
    if len(twice):
        raise JoinError(
            Problem(
                found=f"{len(group)} figures in {', '.join(group['unit'])} for "
                + ", ".join(f"{name}={value}" for name, value in zip(key, names, strict=True)),
                expected="one figure for each year, region, sector and fuel",
                remedy="Keep one unit of the same fact.",
            )
            for names, group in twice.groupby(key)
        )


def _spread(frame: pd.DataFrame, distribution: Lognormal, component: str) -> None:
    """Give rows the columns of how a component of theirs spreads."""
    frame[f"sigma_{component}"] = distribution.deviation
    frame[f"skew_{component}"] = distribution.skew


def _statistics(figures: pd.DataFrame, rules: pd.DataFrame) -> Lognormal:
    """Return the distributions of published figures; the most specific rule wins.

    A figure that was continued over N years (`extrapolated_N`) has the interval that a figure
    without a flag has, widened by N times that of a rule with the flag `extrapolated`, in squares.
    """
    flags = figures["flag"].fillna("")
    years = flags.str.extract(_EXTRAPOLATED, expand=False).astype(float)
    continued = years.notna().to_numpy()
    relative = _relative(figures, flags.mask(continued, ""), rules)
    if continued.any():
        yearly = _relative(figures[continued], flags[continued].str.partition("_")[0], rules)
        distance = years.to_numpy()[continued]
        relative[continued] = np.hypot(relative[continued], distance * yearly)
    return Lognormal.from_relative(relative)


def _relative(figures: pd.DataFrame, flags: pd.Series, rules: pd.DataFrame) -> np.ndarray:
    """Return the half widths that the most specific rules give."""
    best = np.full(len(figures), -1)
    relative = np.full(len(figures), np.nan)
    for rule in rules.itertuples():
        fits = (figures["activity_source"] == rule.activity_source).to_numpy()
        if rule.source_sector != "*":
            fits = fits & (figures["source_sector"] == rule.source_sector).to_numpy()
        if rule.flag != "*":
            fits = fits & (flags == rule.flag).to_numpy()
        rank = 2 * (rule.source_sector != "*") + (rule.flag != "*")
        fits = fits & (rank > best)
        relative[fits], best[fits] = rule.relative, rank
    lost = np.isnan(relative) & figures["quantity"].notna().to_numpy()
    if lost.any():
        names = sorted(set(figures.loc[lost, "activity_source"]))
        raise JoinError(
            Problem(
                f"activity of {name} without an uncertainty",
                "a row for it",
                "activity_uncertainty.csv",
                column="activity_source",
            )
            for name in names
        )
    return relative


def _national(facts: Facts, regions: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    table = facts.activity_national
    totals = at_years(
        table,
        years,
        ["activity_id", "scope", "nfr", "fuel"],
        ["quantity", "quantity_lower", "quantity_upper"],
    )
    quantity = stated(totals, "quantity")
    _spread(totals, quantity, "activity")
    totals["quantity"] = expected(totals, "quantity", quantity)
    of_regions = totals.merge(regions[["region"]], left_on="scope", right_on="region")
    of_regions = of_regions.assign(driver_share=1.0, driver_source=None)
    of_regions = of_regions.assign(sigma_local=0.0, skew_local=0.0)
    wide = totals[~totals["scope"].isin(facts.regions["region"])]
    shares = _driver_shares(facts, years)
    absent = sorted(set(wide["driver"]) - set(shares["driver"]))
    if absent:
        raise JoinError(
            Problem(
                f"the driver {name!r}",
                "shares of it by region",
                "region_shares.csv",
                column="driver",
            )
            for name in absent
        )
    members = pd.concat(
        [
            regions[["region"]].assign(scope=regions["side"]),
            regions[["region"]].assign(scope=regions["group"]),
        ]
    )
    spread = wide.merge(members, on="scope").merge(shares, on=["driver", "year", "region"])
    national = pd.concat([of_regions, spread], ignore_index=True)
    national["quantity"] = national["quantity"] * national["driver_share"]
    national["quantity_kind"] = quantity_kind(national["unit"])
    national["flag"] = "surrogate"
    national["activity_source"] = join_words(national["source_id"], national["driver_source"])
    return national


def _driver_shares(facts: Facts, years: Sequence[int]) -> pd.DataFrame:
    """Return each driver's shares of the given year nearest to each wanted year."""
    given = (
        facts.region_shares[["driver", "year"]].drop_duplicates().rename(columns={"year": "given"})
    )
    wanted = given.merge(pd.DataFrame({"year": list(years)}), how="cross")
    wanted["_gap"] = (wanted["given"] - wanted["year"]).abs()
    wanted = wanted.sort_values(["_gap", "given"]).drop_duplicates(["driver", "year"])
    shares = facts.region_shares.rename(columns={"year": "given", "share": "driver_share"})
    nearest = wanted.drop(columns="_gap").merge(shares, on=["driver", "given"])
    _spread(nearest, Lognormal.from_relative(nearest["relative_uncertainty"]), "local")
    reach, share = 1.0 + nearest["relative_uncertainty"], nearest["driver_share"]
    nearest["split_local"] = spelled(
        nearest.groupby(["driver", "year"], sort=False).ngroup(),
        nearest["driver"] + ":" + nearest["region"],
        share,
        share / reach,
        (share * reach).clip(upper=1.0),
    )
    columns = ["driver", "year", "region", "driver_share", "split_local"]
    columns += SPREAD[Component.LOCAL]
    return nearest.rename(columns={"source_id": "driver_source"})[[*columns, "driver_source"]]


def _gather(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum figures that one mapping brought to one category and fuel."""
    texts = ["activity_source", "ncv_id", "flag", "note"]
    group = frame.groupby(_KEY, sort=False).ngroup()
    gathered = frame.groupby(group).agg(
        **{name: (name, "first") for name in _KEY},
        activity=("activity", "sum"),
        activity_unit=("activity_unit", "first"),
        tier=("tier", "min"),
        **{name: (name, "first") for name in _FIGURE},
    )
    for name in texts:
        gathered[name] = distinct_words(frame[name], group)
    rank = frame["confidence"].map({word: n for n, word in enumerate(CONFIDENCE)})
    gathered["confidence"] = rank.groupby(group).max().map(dict(enumerate(CONFIDENCE)))
    # A sum of shares of several figures is no share of one.
    for name in SPLITS.values():
        texts = frame[name].astype(object)
        other = texts.fillna("") != texts.groupby(group).transform("first").fillna("")
        several = other.groupby(group).any() | (group.groupby(group).size() > 1)
        gathered[name] = texts.groupby(group).first().where(~several, None)
    gathered["conversion"] = distinct_words(frame["conversion"], group)
    reaches = []
    for component in ACTIVITY:
        sigma, skew = (frame[name].to_numpy(dtype=float) for name in SPREAD[component])
        each = Lognormal.around_one(sigma, skew).scaled(frame["activity"])
        together = component != Component.LOCAL
        summed = each.summed(group, together=together)
        _spread(gathered, summed, component)
        reaches.append(summed.reach())
    lower, upper = interval_of_product(gathered["activity"], reaches)
    gathered["activity_lower"] = np.minimum(lower, gathered["activity"])
    gathered["activity_upper"] = np.maximum(upper, gathered["activity"])
    return gathered.assign(notation_key=None)


def _keys(both: pd.DataFrame, converted: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Keep a notation key where nothing but the key was published."""
    from bc_inventory.inventory.convert import canonical_unit

    keys = both[both["quantity"].isna() & both["notation_key"].notna()].drop_duplicates(_KEY)
    have = keys.merge(converted[_KEY].drop_duplicates(), on=_KEY, how="left", indicator=True)[
        "_merge"
    ]
    keys = keys[(have == "left_only").to_numpy()].copy()
    keys["activity_unit"] = canonical_unit(keys["fuel"], facts.fuels).to_numpy()
    columns = [*_KEY, "activity_unit", "tier", "confidence", *_FIGURE]
    columns += ["activity_source", "flag", "note", "notation_key"]
    certain = {name: 0.0 for component in ACTIVITY for name in SPREAD[component]}
    absent = dict.fromkeys(("conversion", *SPLITS.values()))
    return keys[columns].assign(**absent, **certain)


def join_words(*columns: pd.Series) -> pd.Series:
    """Join text columns with `;`, each word once, absent ones left out."""
    frame = pd.concat([column.astype(object) for column in columns], axis=1, ignore_index=True)
    number = frame.groupby(list(frame.columns), sort=False, dropna=False).ngroup()
    distinct = frame[~number.duplicated()]
    stacked = pd.concat([distinct[name] for name in distinct.columns])
    row = np.tile(np.arange(len(distinct)), len(columns))
    words = distinct_words(stacked, pd.Series(row, index=stacked.index))
    return words.take(number.to_numpy()).set_axis(frame.index)


def distinct_words(text: pd.Series, group: pd.Series) -> pd.Series:
    """Join the words of each group with `;`, each once, in order, absent ones left out.

    Parameters
    ----------
    text : pandas.Series of str
        Words, several in a cell separated by `;`.
    group : pandas.Series of int
        Group of each cell, 0 to n - 1, each of which occurs.

    Returns
    -------
    pandas.Series of str, shape (n,)
        By group; absent where a group has no word.
    """
    words: list[dict[str, None]] = [{} for _ in range(int(group.max()) + 1)] if len(group) else []
    present = text.notna().to_numpy()
    cells, groups = text.to_numpy(dtype=object)[present], group.to_numpy()[present]
    for cell, number in zip(cells, groups, strict=True):
        words[number].update(dict.fromkeys(cell.split(";")))
    joined = [";".join(word for word in each if word) or None for each in words]
    return pd.Series(joined, dtype="str")


def weakest(values: pd.Series) -> str:
    """Return the weakest of some confidences."""
    return max(values, key=CONFIDENCE.index)
