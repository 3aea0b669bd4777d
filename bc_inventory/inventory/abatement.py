"""What controls remove: efficiency x penetration, summed over controls.

The expected value is the sum of the products of expected ones, and the variance follows from
theirs. What is left lies between zero and one in every draw: its logit is normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bc_inventory.inventory.activity import distinct_words
from bc_inventory.inventory.fractions import Fraction
from bc_inventory.inventory.intervals import expected, stated_fraction
from bc_inventory.inventory.scope import at_years, narrowest, spell_out
from bc_inventory.schema.common import CONFIDENCE

__all__ = ["add_abatement", "removal"]

_USE = ["year", "region", "nfr", "fuel", "technology"]
_ESTIMATES = ["abatement", "sigma_abatement", "abatement_source"]
# The set of controls, as the penetration states it.
_IDENTITY = [f"abatement_{name}" for name in ("scope", "nfr", "fuel", "technology")]
_COLUMNS = [*_ESTIMATES, *_IDENTITY, "abatement_confidence"]


def removal(
    uses: pd.DataFrame,
    controls: pd.DataFrame,
    penetration: pd.DataFrame,
    regions: pd.DataFrame,
    years: Sequence[int],
) -> pd.DataFrame:
    """Return the fraction that controls remove from each use of a technology.

    Parameters
    ----------
    uses : pandas.DataFrame
        `nfr, fuel, technology`, each once: the uses that occur.
    controls, penetration : pandas.DataFrame
        Contracts `abatement` and `penetration`.
    regions : pandas.DataFrame
        Rows of contract `regions`.
    years : sequence of int
        Calendar years.

    Returns
    -------
    pandas.DataFrame
        `year, region, nfr, fuel, technology` (which may be `*`), `abatement`
        (dimensionless), `sigma_abatement` (of the logit of 1 - abatement),
        `abatement_source, abatement_confidence`, and `abatement_scope, abatement_nfr,
        abatement_fuel, abatement_technology` of the set as it is stated.
    """
    values = ["penetration", "penetration_lower", "penetration_upper"]
    stated = spell_out(penetration, uses)
    narrow = narrowest(stated, regions, ["nfr", "fuel", "technology"])
    controlled = at_years(narrow, years, [*_USE[1:], "control"], values)
    controlled = controlled.merge(
        controls.rename(columns={"source_id": "control_source", "confidence": "known"}),
        on="control",
        suffixes=("", "_control"),
        validate="many_to_one",
    )
    share, variance = _moments(controlled, "penetration", "value_kind")
    efficiency, of_efficiency = _moments(controlled, "efficiency", "value_kind_control")
    controlled["removed"] = share * efficiency
    # Of independent numbers; what a set of controls removes is their sum.
    controlled["variance"] = (
        np.square(share) * of_efficiency + np.square(efficiency) * variance
    ) + variance * of_efficiency
    rank = {word: number for number, word in enumerate(CONFIDENCE)}
    controlled["rank"] = np.maximum(
        controlled["confidence"].map(rank), controlled["known"].map(rank)
    )
    group = controlled.groupby(_USE, sort=False).ngroup()
    sums = controlled.groupby(group).agg(
        **{name: (name, "first") for name in [*_USE, "scope", "stated_nfr", "stated_fuel"]},
        abatement=("removed", "sum"),
        variance=("variance", "sum"),
        rank=("rank", "max"),
    )
    both = pd.concat([controlled["control_source"], controlled["source_id"]])
    sums["abatement_source"] = distinct_words(both, pd.concat([group, group]))
    sums["abatement_confidence"] = sums["rank"].map(dict(enumerate(CONFIDENCE)))
    sums["sigma_abatement"] = _residual_sigma(sums["abatement"], sums["variance"])
    sums[_IDENTITY] = sums[["scope", "stated_nfr", "stated_fuel", "technology"]]
    return sums[[*_USE, *_COLUMNS]]


def add_abatement(rows: pd.DataFrame, removed: pd.DataFrame) -> pd.DataFrame:
    """Give each row the fraction that controls remove.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `bc_inventory.inventory.factors.add_factors`.
    removed : pandas.DataFrame
        From `removal`.

    Returns
    -------
    pandas.DataFrame
        With the columns of `removed`; a row without controls, or whose factor
        already includes them, has an abatement of zero.
    """
    exact = rows[_USE].merge(removed, on=_USE, how="left", validate="many_to_one")
    wide = removed[removed["technology"] == "*"].drop(columns="technology")
    spare = rows[_USE[:-1]].merge(wide, on=_USE[:-1], how="left", validate="many_to_one")
    matched = exact[_COLUMNS].where(exact["abatement"].notna(), spare[_COLUMNS])
    none = matched["abatement"].isna() | rows["controls_included"].astype(bool).to_numpy()
    matched.loc[none, ["abatement", "sigma_abatement"]] = 0.0
    matched.loc[none, [*_IDENTITY, "abatement_source", "abatement_confidence"]] = None
    return rows.assign(**{name: matched[name].to_numpy() for name in _COLUMNS})


def _moments(rows: pd.DataFrame, name: str, kind: str) -> tuple[pd.Series, pd.Series]:
    """Return the expected value and the variance of a fraction, worked out once for each."""
    columns = [name, f"{name}_lower", f"{name}_upper", kind]
    which = rows.groupby(columns, sort=False).ngroup().to_numpy()
    distinct = rows[columns].iloc[np.unique(which, return_index=True)[1]]
    distinct = distinct.rename(columns={kind: "value_kind"})
    spread = stated_fraction(distinct, name)
    mean = expected(distinct, name, spread).to_numpy()
    return (
        pd.Series(mean[which], index=rows.index),
        pd.Series(spread.variance[which], index=rows.index),
    )


def _residual_sigma(removed: pd.Series, variance: pd.Series) -> np.ndarray:
    """Return the deviation of the logit of what controls leave, which is between 0 and 1."""
    known = pd.DataFrame({"left": 1.0 - removed, "variance": variance})
    which = known.groupby(["left", "variance"], sort=False).ngroup().to_numpy()
    distinct = known.iloc[np.unique(which, return_index=True)[1]]
    left = np.clip(distinct["left"].to_numpy(), 0.0, 1.0)
    spread = Fraction.from_variance(left, distinct["variance"].to_numpy())
    sigma: np.ndarray = np.asarray(spread.deviation)[which]
    return sigma
