"""What controls remove: efficiency x penetration, summed over controls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bc_inventory.inventory.activity import distinct_words
from bc_inventory.inventory.distribution import Lognormal
from bc_inventory.inventory.scope import at_years, narrowest, spell_out
from bc_inventory.schema.common import CONFIDENCE

__all__ = ["add_abatement", "removal"]

_USE = ["year", "region", "nfr", "fuel", "technology"]
_MADE = ["abatement", "sigma_abatement", "abatement_source"]
# The set of controls, as the penetration states it.
_STATED = [f"abatement_{name}" for name in ("scope", "nfr", "fuel", "technology")]
_COLUMNS = [*_MADE, *_STATED, "abatement_confidence"]


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
        (dimensionless), `sigma_abatement` (of ln(1 - abatement)),
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
    controlled["removed"] = controlled["penetration"] * controlled["efficiency"]
    # What each control may leave more than its centre says, added in squares: they
    # aren't all at their worst at once.
    worst = controlled["penetration_lower"] * controlled["efficiency_lower"]
    controlled["above"] = np.square(controlled["removed"] - worst)
    rank = {word: number for number, word in enumerate(CONFIDENCE)}
    controlled["rank"] = np.maximum(
        controlled["confidence"].map(rank), controlled["known"].map(rank)
    )
    group = controlled.groupby(_USE, sort=False).ngroup()
    sums = controlled.groupby(group).agg(
        **{name: (name, "first") for name in [*_USE, "scope", "stated_nfr", "stated_fuel"]},
        abatement=("removed", "sum"),
        above=("above", "sum"),
        rank=("rank", "max"),
    )
    both = pd.concat([controlled["control_source"], controlled["source_id"]])
    sums["abatement_source"] = distinct_words(both, pd.concat([group, group]))
    sums["abatement_confidence"] = sums["rank"].map(dict(enumerate(CONFIDENCE)))
    sums["sigma_abatement"] = _residual_sigma(sums["abatement"], sums["above"])
    sums[_STATED] = sums[["scope", "stated_nfr", "stated_fuel", "technology"]]
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
    matched.loc[none, [*_STATED, "abatement_source", "abatement_confidence"]] = None
    return rows.assign(**{name: matched[name].to_numpy() for name in _COLUMNS})


def _residual_sigma(removed: pd.Series, above: pd.Series) -> np.ndarray:
    """Return the deviation of ln(1 - abatement).

    From the upper side of what is left: where controls remove nearly all, the
    lower side is cut off at zero, and has no logarithm.
    """
    left = (1.0 - removed).to_numpy()
    most = np.minimum(left + np.sqrt(above.to_numpy()), 1.0)
    return Lognormal.from_upper(left, most).deviation
