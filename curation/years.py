"""Published activity of all years of the series: what is published, and what is continued."""

from __future__ import annotations

import pandas as pd

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import find_format
from bc_inventory.reference.activity_files import activity_file
from bc_inventory.reference.domains import side_of
from bc_inventory.schema import check, read_csv, table
from curation import years_cn, years_eu
from curation.maker import Roots, parameters

__all__ = ["with_all_years"]

_HOMES = "nrg_d_hhq:FC_OTH_HH_E"
_KEY = ["year", "region", "source_sector", "source_fuel"]


def with_all_years(made: dict[str, pd.DataFrame], roots: Roots) -> dict[str, pd.DataFrame]:
    """Add the years of the series to embedded activity.

    Parameters
    ----------
    made : dict of str to pandas.DataFrame
        From `curation.published.embed`.
    roots : Roots
        Where the other publishers' files are.

    Returns
    -------
    dict of str to pandas.DataFrame
        The same with more files and rows of activity.
    """
    published = pd.concat(rows for name, rows in made.items() if name.startswith("activity/"))
    side = published["region"].map(side_of())
    parts = [published, *_eu(published[side == "EU"], roots), *_cn(published[side == "CN"], roots)]
    rows = pd.concat(parts, ignore_index=True)[table("activity_published").names]
    # A published figure comes before one that is continued; a notation key after both.
    rows = rows.assign(_keyed=rows["quantity"].isna()).sort_values([*_KEY, "_keyed"], kind="stable")
    rows = rows.drop_duplicates(_KEY).drop(columns="_keyed")
    result = {name: frame for name, frame in made.items() if not name.startswith("activity/")}
    for (name, year), part in rows.groupby([rows["region"].map(side_of()), "year"]):
        path = activity_file(str(name), int(year))
        ordered = part.sort_values(list(table("activity_published").key), ignore_index=True)
        result[path] = check(ordered, "activity_published", file=path)
    return result


def _eu(published: pd.DataFrame, roots: Roots) -> list[pd.DataFrame]:
    energy, new = roots.shared / "data" / "eurostat-energy", roots.shared / "data-new"
    members = sorted(published["region"].unique())
    homes = published[published["source_sector"] == _HOMES]
    co2 = _read("unfccc_crf", roots.shared / "data" / "unfccc-co2-annex1" / _CO2)
    co2 = co2[(co2["source_sector"] == "crf:1.A.4.b") & co2["region"].isin(members)]
    households = years_eu.earlier(
        pd.concat([_older_homes(energy / _HOUSEHOLDS, homes), homes]),
        read_csv(roots.data / "activity_repairs.csv", "activity_repairs"),
        read_csv(roots.data / "population.csv", "population"),
        co2.pivot_table("quantity", "region", "year"),
        _wood(new / "eurostat-solid-biofuel-2002-2019" / "shares_heat_tidy.csv", energy),
        _solids(new / "gains-activity-eu28-2005" / "GAINS_aen_act_sect-nohead-EU28.csv"),
    )
    road = years_eu.road_fuel(_read("eurostat_tsv", energy / _TRANSPORT))
    crt = years_eu.crt_table(parameters("crt_co2"))
    return [households, years_eu.earlier_outputs(published), years_eu.later(published, crt, road)]


_CO2 = "CO2_Annual_Net_emissions_removals_in_kt.csv"
_HOUSEHOLDS = "eurostat_household_consumption_2010-2023.tsv"
_TRANSPORT = "eurostat_transport_consumption_2020-2023.tsv"
_BALANCE = "estat_nrg_bal_c_filtered_en.csv"


def _read(name: str, path) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    return find_format(name).read(Source(path)).frame


def _older_homes(path, homes: pd.DataFrame) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """Return household fuels before the embedded years, in the same terms."""
    frame = _read("eurostat_tsv", path)
    terms = homes[["region", "source_sector", "source_fuel", "unit", "quantity_kind", "source_id"]]
    terms = terms.drop_duplicates(["region", "source_sector", "source_fuel"])
    key = ["region", "source_sector", "source_fuel", "unit"]
    rows = frame[frame["year"] < homes["year"].min()].merge(terms[[*key, "quantity_kind"]], on=key)
    return rows[table("activity_published").names]


def _wood(path, energy) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """Return solid biofuel by region and year: final consumption, before 2004 gross inland."""
    final = pd.read_csv(path, decimal=",")
    mine = (final["siec"] == "R5110-5150_W6000RI") & (final["unit"] == "KTOE")
    used = final[mine].assign(region=final["geo"].replace({"EL": "GR"}))
    table_ = used.pivot_table("FC_IND_OTH_E", "region", "year")
    inland = _read("eurostat_sdmx", energy / _BALANCE)
    inland = inland[inland["source_fuel"] == "Primary solid biofuels"]
    whole = inland.pivot_table("quantity", "region", "year").reindex(table_.index)
    first = int(table_.columns[0])
    for year in range(2000, first):
        table_[year] = table_[first] * whole[year] / whole[first]
    return table_.sort_index(axis=1)


def _solids(path) -> pd.Series:  # type: ignore[no-untyped-def]
    """Return solid fossil fuel of homes in 2005 by region, TJ."""
    frame = pd.read_csv(path)
    frame = frame[frame["sector/activity"].astype(str).str.strip() == "DOM"]
    kinds = frame[["BC1", "BC2", "HC1", "HC2", "HC3", "DC"]].apply(pd.to_numeric, errors="coerce")
    regions = parameters("gains_countries").set_index("country")["region"]
    sums = kinds.sum(axis=1).set_axis(frame["cou_abb"].map(regions)) * 1000
    part = parameters("series").set_index("fact")["value"]["solid_fuel_of_homes"]
    return years_eu.anchors_of(sums[sums.index.notna()].to_dict(), part)


def _cn(published: pd.DataFrame, roots: Roots) -> list[pd.DataFrame]:
    new = roots.shared / "data-new"
    folder = new / "nbs-monthly-industry-output-by-province"
    output = years_cn.provincial(folder / "provincial_outputs_and_thermal_capacity.csv")
    known = published.drop_duplicates(["source_sector", "source_fuel"]).set_index(
        ["source_sector", "source_fuel"]
    )[["unit", "quantity_kind", "source_id"]]
    balances = years_cn.balances(new / "ceads-provincial-energy-2011-2022")
    rows = pd.concat([balances, years_cn.cement(output["Cement"])], ignore_index=True)
    rows = rows.join(known, on=["source_sector", "source_fuel"], how="inner")
    rows["quantity"] = [float(f"{value:.7g}") for value in rows["quantity"]]
    made = rows["source_sector"].eq("ceads:cement")
    rows = rows.assign(
        notation_key=None,
        flag=made.map({True: "output", False: "balance"}),
        note=made.map({True: "output of the province, National Bureau of Statistics", False: None}),
    )
    columns = list(published.columns)
    every = pd.concat([published, rows[columns]], ignore_index=True)
    used = years_cn.national(folder / "apparent_consumption_of_fossils.csv")
    return [rows[columns], years_cn.later(every, output, used)]
