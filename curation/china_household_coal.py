"""Coal of Chinese households that statistics miss, from surveys: its quantity and its provinces.

Two national surveys weigh or ask: Peng et al. 2019 for 2010, and the third China Residential
Energy Consumption Survey for 2014 (Wei et al. 2017). The first is read in two ways, as its
quantity and as its ratio to the rural row of the balances, since the statistics it is compared
with aren't named. The level between and after follows the nationwide surveys of 2012 and 2017
(Shen et al. 2022). What is missed is the survey's coal less that of the rural row.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bc_inventory import units
from bc_inventory.schema import table
from curation.fleet import balanced
from curation.maker import Maker, Roots, parameters, read_fact

__all__ = ["MAKERS", "Surveys", "missed", "province_shares"]

_NATIONAL, _REGIONS = "activity_national.csv", "region_shares.csv"
_NAME, _DRIVER = "cn-household-coal-gap", "household-coal"
_RURAL = "ceads:residential_rural"
_FUELS = {
    "raw_coal": "hard_coal",
    "cleaned_coal": "cleaned_coal",
    "other_washed_coal": "washed_coal",
    "briquettes": "coal_briquettes",
}
_BEFORE_SURVEYS = (2000, 2005)
_YEARS = (*_BEFORE_SURVEYS, 2010, *range(2012, 2020))
_LAST_SURVEY, _SHARES_OF = 2017, 2014
_UNCERTAINTY = 0.5  # of a province's share: three groups are surveyed, not provinces
_NOTE = (
    "coal of rural households in two surveys (mean of Peng 2019, read both ways, and Wei 2017), "
    "moved by Shen 2022, less that of the rural row; the interval spans the readings"
)
_NOTE_BEFORE = (
    "no survey: mean of GAINS less statistics and of the ratio of 2010 times statistics; the "
    "interval spans GAINS and both readings of Peng 2019"
)


@dataclass(frozen=True)
class Surveys:
    """What surveys say of the coal of rural households in one year.

    Parameters
    ----------
    quantity : float
        Peng 2019 as a quantity, PJ.
    ratio : float
        Peng 2019 as a ratio times statistics, PJ.
    energy_survey : float
        Wei 2017, PJ.
    """

    quantity: float
    ratio: float
    energy_survey: float

    def moved(self, change: float) -> Surveys:
        """Return the surveys in another year, whose level is `change` times this one's.

        Examples
        --------
        >>> Surveys(400.0, 200.0, 100.0).moved(0.5).mean
        100.0
        """
        return Surveys(self.quantity * change, self.ratio * change, self.energy_survey * change)

    @property
    def mean(self) -> float:
        """Mean of the two surveys; the first counts as the mean of its readings."""
        return ((self.quantity + self.ratio) / 2 + self.energy_survey) / 2

    @property
    def readings(self) -> tuple[float, float, float]:
        """All three."""
        return self.quantity, self.ratio, self.energy_survey


def _fact(name: str, year: int) -> float:
    rows = parameters("household_coal").query("fact == @name and year == @year")
    return float(rows["value"].iat[0])


def _heat(roots: Roots) -> pd.Series:
    """Return net calorific values of China, PJ/Mt, by fuel of statistics."""
    rows = read_fact(roots, "calorific_values").query("scope == 'CN' and unit == 'MJ/kg'")
    by_fuel = rows.drop_duplicates("fuel").set_index("fuel")["value"]
    return pd.Series({name: by_fuel[fuel] for name, fuel in _FUELS.items()})


def _statistics(roots: Roots) -> pd.Series:
    """Return coal of rural households in the balances, PJ by year and region."""
    parts = []
    for year in _YEARS:
        rows = read_fact(roots, f"activity/cn_{year}.csv", "activity_published")
        parts.append(rows[rows["source_sector"].eq(_RURAL) & rows["source_fuel"].isin(_FUELS)])
    rows = pd.concat(parts)
    mass = units.convert(rows["quantity"].to_numpy(), rows["unit"].iat[0], "Mt")
    energy = mass * rows["source_fuel"].map(_heat(roots))
    return energy.groupby([rows["year"], rows["region"]]).sum()


def _of_2010(roots: Roots, statistics: float, yearly: float) -> Surveys:
    quantity = _fact("survey", 2010) * float(_heat(roots)["raw_coal"])
    energy = units.convert(_fact("survey", 2014), "Mtce", "PJ")
    return Surveys(
        quantity,
        _fact("survey_over_statistics", 2010) * statistics,
        energy / yearly ** (2014 - 2010),
    )


def missed(roots: Roots) -> pd.DataFrame:
    """Return what statistics miss, PJ by year: quantity, quantity_lower, quantity_upper."""
    statistics = _statistics(roots).groupby("year").sum()
    yearly = (_fact("change", 2017) / _fact("change", 2012)) ** (1 / (2017 - 2012))
    base = _of_2010(roots, statistics[2010], yearly)
    rows = []
    for year in _YEARS:
        known = statistics[year]
        if year in _BEFORE_SURVEYS:
            surveys = base.moved(known / statistics[2010])
            gains = _fact("gains_less_statistics", year)
            values = [gains, *(reading - known for reading in surveys.readings)]
            middle = (gains + surveys.mean - known) / 2
        else:
            last = min(year, _LAST_SURVEY)
            # After the last survey the level follows statistics.
            surveys = base.moved(yearly ** (last - 2010) * known / statistics[last])
            values = [reading - known for reading in surveys.readings]
            middle = surveys.mean - known
        rows.append((year, middle, min(values), max(values)))
    names = ["year", "quantity", "quantity_lower", "quantity_upper"]
    return pd.DataFrame(rows, columns=names)


def _national(roots: Roots) -> dict[str, pd.DataFrame]:
    rows = missed(roots)
    mapping = read_fact(roots, "activity_mapping").query(
        "mapping_id == 'cn-residential-rural-raw-coal'"
    )
    parts = []
    for fuel, share in mapping[["fuel", "share"]].itertuples(index=False):
        part = rows.assign(activity_id=_NAME, fuel=fuel)  # one name is one draw
        for column in ("quantity", "quantity_lower", "quantity_upper"):
            part[column] = (rows[column] * share).round(1)
        parts.append(part)
    both = pd.concat(parts, ignore_index=True)
    before = both["year"].isin(_BEFORE_SURVEYS)
    both = both.assign(
        scope="CN", nfr="1A4bi", unit="PJ", driver=_DRIVER, tier=1, source_id="peng-2019"
    )
    both["confidence"] = before.map({True: "assumed", False: "low"})
    both["note"] = before.map({True: _NOTE_BEFORE, False: _NOTE})
    rules = table("activity_national")
    return {_NATIONAL: rules.filled(both)[rules.names]}


def _rural_people(roots: Roots) -> pd.Series:
    """Return rural people of 2014 by region."""
    folder = roots.shared / "data-new" / "nbs-provincial-population-2011-2022"
    people = {}
    for kind in ("常住", "城镇"):
        file = folder / f"NBS_年末{kind}人口_省级_2011-2022.csv"
        rows = pd.read_csv(file, skiprows=2, encoding="utf-8-sig", encoding_errors="replace")
        people[kind] = rows.set_index("地区")[f"{_SHARES_OF}年"].dropna()
    rural = people["常住"] - people["城镇"]
    names = read_fact(roots, "regions").query("side == 'CN'").set_index("name_zh")["region"]
    codes = [
        next((names[n] for n in names.index if name.startswith(n)), None) for name in rural.index
    ]
    return rural.groupby(codes).sum()


def province_shares(roots: Roots) -> pd.Series:
    """Return each province's share of the coal that statistics miss.

    The surveyed coal of a group of provinces goes by rural people, that of the provinces outside
    the groups by statistics; a province whose statistics exceed that misses nothing.
    """
    known = _statistics(roots)[_SHARES_OF]
    total = missed(roots).set_index("year")["quantity"][_SHARES_OF] + known.sum()
    people = _rural_people(roots)
    groups = parameters("household_coal").query("fact == 'share'")
    parts, rest = [], known.index
    for share, regions in groups[["value", "unit"]].itertuples(index=False):
        members = pd.Index(regions.split())
        parts.append(share * total * people[members] / people[members].sum())
        rest = rest.difference(members)
    parts.append((1.0 - groups["value"].sum()) * total * known[rest] / known[rest].sum())
    lacking = (pd.concat(parts) - known).clip(lower=0.0)
    return lacking / lacking.sum()


def _regions(roots: Roots) -> dict[str, pd.DataFrame]:
    share = balanced(province_shares(roots), 6).rename("share")
    rows = share[share > 0].rename_axis("region").reset_index().sort_values("region")
    rows = rows.assign(
        driver=_DRIVER,
        year=_SHARES_OF,
        relative_uncertainty=_UNCERTAINTY,
        source_id="wei-2017",
        note="surveyed coal of groups of provinces, by rural people, less that of statistics",
    )
    return {_REGIONS: rows[table("region_shares").names]}


MAKERS = (
    Maker(
        "household coal outside statistics",
        _NATIONAL,
        "coal of rural households in surveys less that of the rural row of the balances",
        (
            "curation/tables/household_coal.csv",
            "data/activity/",
            "data/calorific_values.csv",
            "data/activity_mapping.csv",
        ),
        _national,
        lambda frame: frame["activity_id"].eq(_NAME),
    ),
    Maker(
        "provinces of household coal outside statistics",
        _REGIONS,
        "surveyed coal of groups of provinces less that of statistics",
        (
            "curation/tables/household_coal.csv",
            "data/activity/cn_2014.csv",
            "shared/data-new/nbs-provincial-population-2011-2022/",
        ),
        _regions,
        lambda frame: frame["driver"].eq(_DRIVER),
    ),
)
