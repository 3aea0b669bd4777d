"""Split activity among technologies and choose the emission factor of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bc_inventory import units
from bc_inventory.errors import JoinError, Problem
from bc_inventory.inventory.activity import join_words
from bc_inventory.inventory.convert import energy_content
from bc_inventory.inventory.facts import Facts
from bc_inventory.inventory.intervals import expected, stated
from bc_inventory.inventory.scope import at_years, narrowest
from bc_inventory.inventory.splits import fit_splits
from bc_inventory.schema.enumerations import FactorSet, ValueKind

__all__ = ["FACTOR_UNIT", "add_factors", "add_shares"]

# Unit of the factor that goes with each unit of activity.
FACTOR_UNIT = {"TJ": "g/GJ", "kt": "g/kg", "1e6 vehicle_km": "g/vehicle_km"}
_USE = ["year", "region", "nfr", "fuel"]


def add_shares(
    activity: pd.DataFrame, known: pd.DataFrame, regions: pd.DataFrame, years: Sequence[int]
) -> pd.DataFrame:
    """Split activity among technologies.

    Parameters
    ----------
    activity : pandas.DataFrame
        Contract `activity`.
    known : pandas.DataFrame
        Contract `technology_shares`.
    regions : pandas.DataFrame
        Rows of contract `regions`.
    years : sequence of int
        Calendar years.

    Returns
    -------
    pandas.DataFrame
        One row for each technology, with `technology, share, share_lower,
        share_upper, share_weight, sigma_share, share_scope, share_technology,
        share_source, share_confidence`; technologies with a share of zero are left out.

    Raises
    ------
    JoinError
        Naming each category and fuel with activity but no technology.
    """
    narrow = _complete(narrowest(known, regions, ["nfr", "fuel"]))
    values = ["share", "share_lower", "share_upper"]
    shares = at_years(narrow, years, ["region", "nfr", "fuel", "technology"], values)
    of_split = shares.groupby(_USE, sort=False).ngroup()
    shares["share"] = _expected(shares, of_split)
    shares["share_weight"], shares["sigma_share"] = fit_splits(
        of_split.to_numpy(), *(shares[name] for name in values)
    )
    shares["share_technology"] = shares["technology"]
    shares = shares.rename(
        columns={
            "scope": "share_scope",
            "source_id": "share_source",
            "confidence": "share_confidence",
        }
    )
    columns = [
        "technology",
        *values,
        "share_weight",
        "sigma_share",
        "share_scope",
        "share_technology",
        "share_source",
        "share_confidence",
    ]
    split = activity.merge(shares[[*_USE, *columns]], on=_USE, how="left")
    lost = split["technology"].isna()
    if lost.any():
        raise JoinError(
            Problem(
                f"activity of {row.fuel} in {row.nfr} ({row.regions})",
                "technology shares for it",
                "technology_shares.csv",
                remedy="Add the technologies with their shares and source.",
            )
            for row in _grouped(split[lost]).itertuples()
        )
    _whole(split)
    return split[split["share"] > 0].reset_index(drop=True)


def _complete(shares: pd.DataFrame) -> pd.DataFrame:
    """Give each technology of a split that a year doesn't list a share of zero in that year.

    Otherwise its share would be interpolated, and the split add up to more than one.
    """
    of_split = ["region", "nfr", "fuel"]
    series = shares[[*of_split, "technology"]].drop_duplicates()
    wanted = shares.drop_duplicates([*of_split, "year"])
    every = wanted.drop(columns="technology").merge(series, on=of_split)
    key = [*of_split, "technology", "year"]
    absent = ~pd.MultiIndex.from_frame(every[key]).isin(pd.MultiIndex.from_frame(shares[key]))
    if not absent.any():
        return shares
    none = every[absent].assign(share=0.0, share_lower=0.0, share_upper=0.0)
    return pd.concat([shares, none[shares.columns]], ignore_index=True)


def _expected(shares: pd.DataFrame, split: pd.Series) -> pd.Series:
    """Return expected shares, which add up to what the stated ones do."""
    median = shares["value_kind"] == ValueKind.MEDIAN
    if not median.any():
        return shares["share"]
    mean = expected(shares, "share", stated(shares, "share"))
    whole = shares["share"].groupby(split).transform("sum")
    return mean * whole / mean.groupby(split).transform("sum")


def _whole(split: pd.DataFrame) -> None:
    """Refuse splits that don't add up to one in the year asked for."""
    sums = split.groupby([*_USE, "activity_id"], sort=False)["share"].sum()
    off = sums[(sums - 1).abs() > 1e-6].reset_index()
    if len(off):
        raise JoinError(
            Problem(
                f"shares that add up to {row.share:.6g} for {row.fuel} in {row.nfr}, "
                f"{row.region} {row.year}",
                "a sum of 1 (each technology needs a row at each anchor year of its set)",
                "technology_shares.csv",
                column="share",
            )
            for row in off.drop_duplicates(["nfr", "fuel", "year"]).itertuples()
        )


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    def few(codes: pd.Series) -> str:
        distinct = sorted(set(codes))
        return ", ".join(distinct[:4]) + (
            f" and {len(distinct) - 4} more" if len(distinct) > 4 else ""
        )

    return frame.groupby(["nfr", "fuel"], as_index=False).agg(regions=("region", few))


def add_factors(
    rows: pd.DataFrame, facts: Facts, regions: pd.DataFrame, factor_set: str
) -> pd.DataFrame:
    """Give each technology row its emission factor.

    In the harmonised set a factor holds for a technology and fuel wherever
    they are used. In the official set the factor recommended to the side of
    the row is taken; where there is none, the harmonised one, with the flag
    `factor_from_harmonised`. A factor for the category and technology is
    preferred over one for the category, then for the technology, then for the
    fuel alone.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `add_shares`, with `side`.
    facts : Facts
        `emission_factors` and `calorific_values` are used.
    regions : pandas.DataFrame
        Rows of contract `regions`.
    factor_set : {"harmonised", "official"}
        Which set.

    Returns
    -------
    pandas.DataFrame
        With `emission_factor, emission_factor_unit, factor_lower,
        factor_upper, sigma_factor, skew_factor, factor_id, factor_source,
        factor_confidence, factor_tier, controls_included, pm25_factor` and,
        where a factor per mass met energy, its `ncv_id`.

    Raises
    ------
    JoinError
        Naming each technology and fuel without a factor, and each factor per
        mass that meets energy without a calorific value.
    """
    use = ["side", "nfr", "fuel", "technology"]
    wanted = rows[use].drop_duplicates().reset_index(drop=True)
    chosen = _choose(wanted, facts.emission_factors, factor_set)
    if factor_set == FactorSet.OFFICIAL:
        absent = chosen["factor_id"].isna()
        spare = _choose(wanted, facts.emission_factors, FactorSet.HARMONISED)
        chosen = chosen.where(~absent, spare)
        chosen["factor_flag"] = absent.map({True: "factor_from_harmonised", False: None})
    else:
        chosen["factor_flag"] = None
    lost = chosen[chosen["factor_id"].isna()]
    if len(lost):
        raise JoinError(
            Problem(
                f"{row.technology} with {row.fuel} in {row.nfr} ({row.side})",
                f"a {factor_set} emission factor",
                "emission_factors.csv",
            )
            for row in lost.itertuples()
        )
    used = rows.merge(chosen, on=use, how="left", validate="many_to_one")
    used["factor_set"] = factor_set
    used["flag"] = join_words(used["flag"], used.pop("factor_flag"))
    return _per_activity(used, facts, regions)


def _choose(wanted: pd.DataFrame, factors: pd.DataFrame, factor_set: str) -> pd.DataFrame:
    """Return `wanted` with the most specific factor of the set, or NA."""
    table = factors[(factors["factor_set"] == factor_set) & (factors["species"] == "BC")]
    spread = stated(table, "value")
    table = table.assign(
        value=expected(table, "value", spread),
        sigma_factor=spread.deviation,
        skew_factor=spread.skew,
    )
    table = table.rename(
        columns={
            "value": "emission_factor",
            "value_lower": "factor_lower",
            "value_upper": "factor_upper",
            "pm25_value": "pm25_factor",
            "source_id": "factor_source",
            "confidence": "factor_confidence",
            "tier": "factor_tier",
        }
    ).drop(columns=["factor_set", "species", "convention", "value_kind", "note"])
    spread = wanted.reset_index().merge(table, on="fuel", suffixes=("", "_of"))
    fits = (spread["side_of"].isin(["*"]) | (spread["side_of"] == spread["side"])) & (
        spread["nfr_of"].isin(["*"]) | (spread["nfr_of"] == spread["nfr"])
    )
    fits &= spread["technology_of"].isin(["*"]) | (spread["technology_of"] == spread["technology"])
    spread = spread[fits]
    rank = 2 * (spread["nfr_of"] != "*").astype(int) + (spread["technology_of"] != "*").astype(int)
    best = spread.assign(_rank=rank).sort_values(["index", "_rank"], kind="stable")
    best = best.drop_duplicates("index", keep="last").set_index("index")
    columns = [name for name in best.columns if not name.endswith("_of") and name != "_rank"]
    return wanted.join(best[columns].drop(columns=wanted.columns))


def _per_activity(used: pd.DataFrame, facts: Facts, regions: pd.DataFrame) -> pd.DataFrame:
    """Express each factor per unit of its row's activity."""
    target = used["activity_unit"].map(FACTOR_UNIT)
    pairs = pd.DataFrame({"unit": used["unit"], "to": target})
    scale = pd.Series(np.nan, index=used.index)
    for (unit, to), rows in pairs.groupby(["unit", "to"], sort=False).indices.items():
        if units.same_dimension(unit, to):
            scale.iloc[rows] = units.factor(unit, to)
    by_mass = scale.isna()
    if by_mass.any():
        content = energy_content(facts.calorific_values, regions)
        content = content[content["quantity_kind"] == "fuel_mass"].set_index(["region", "fuel"])
        keys = pd.MultiIndex.from_frame(used.loc[by_mass, ["region", "fuel"]])
        calorific = content.reindex(keys)
        if calorific["content"].isna().any():
            lost = used.loc[by_mass][calorific["content"].isna().to_numpy()]
            raise JoinError(
                Problem(
                    f"a factor in {row.unit} for {row.fuel} ({row.factor_id}) and activity in "
                    f"{row.activity_unit} in {row.region}",
                    "a calorific value by mass",
                    "calorific_values.csv",
                )
                for row in lost.drop_duplicates(["fuel", "factor_id"]).itertuples()
            )
        # g/kg over TJ/kt is kt/TJ x 1e-3; let the registry say what it is in g/GJ.
        per_energy = units.factor("g/kg/(TJ/kt)", "g/GJ")
        to_mass = used.loc[by_mass, "unit"].map(lambda unit: units.factor(unit, "g/kg"))
        scale[by_mass] = to_mass.to_numpy() * per_energy / calorific["content"].to_numpy()
        used.loc[by_mass, "ncv_id"] = join_words(
            used.loc[by_mass, "ncv_id"],
            pd.Series(calorific["ncv_id"].to_numpy(), index=used.index[by_mass]),
        )
        _convert_back(used, by_mass.to_numpy(), calorific)
    for name in ("emission_factor", "factor_lower", "factor_upper", "pm25_factor"):
        used[name] = used[name] * scale
    used["emission_factor_unit"] = target
    return used.drop(columns="unit")


def _convert_back(used: pd.DataFrame, rows: np.ndarray, calorific: pd.DataFrame) -> None:
    """Divide by the calorific value of factors per mass, which cancels the activity's own.

    Parameters
    ----------
    used : pandas.DataFrame
        Rows with `conversion`, `sigma_conversion` and `skew_conversion` of the activity; those of
        the whole row are put in their place.
    rows : numpy.ndarray of bool
        Which rows have such a factor.
    calorific : pandas.DataFrame
        Columns of `bc_inventory.inventory.convert.energy_content` for these rows.
    """
    place = np.flatnonzero(rows)
    name = calorific["ncv_id"].to_numpy(dtype=object)
    of_activity = used["conversion"].to_numpy(dtype=object)[place]
    sigma, skew = (
        used[f"{column}_conversion"].to_numpy(dtype=float).copy() for column in ("sigma", "skew")
    )
    same = of_activity == name
    alone = pd.isna(of_activity)
    content = calorific["sigma_content"].to_numpy(dtype=float)
    both = np.sqrt(np.square(sigma[place]) + np.square(content))
    sigma[place] = np.select([same, alone], [0.0, -content], both)
    skew[place] = np.where(alone, calorific["skew_content"].to_numpy(dtype=float), 0.0)
    words = used["conversion"].to_numpy(dtype=object).copy()
    divided = pd.Series(of_activity, dtype=object) + " / " + pd.Series(name, dtype=object)
    words[place] = np.select([same, alone], [None, name], divided.to_numpy(dtype=object))
    used["conversion"] = words
    used["sigma_conversion"], used["skew_conversion"] = sigma, skew
