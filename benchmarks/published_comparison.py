"""Compare our inventory with the publishers' own files and write it into docs/comparison.md.

python benchmarks/published_comparison.py [../shared]

Makes the emission table of 2015 and 2018, reads REAS v3.2 and EMEP/CEIP, and
replaces what stands between the two markers in the page.
"""

import dataclasses
import sys
import tempfile
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bc_inventory import schema
from bc_inventory.analysis.comparison.align import align, mapped_rows
from bc_inventory.analysis.comparison.pairwise import pair_tables
from bc_inventory.analysis.comparison.regions import of_side
from bc_inventory.analysis.decomposition.decompose import HEADS, decompose
from bc_inventory.analysis.decomposition.factor_bridge import bridge, implied_factors
from bc_inventory.config import load_config
from bc_inventory.pipeline.plan import Plan, run
from bc_inventory.readers.registry import read_any
from bc_inventory.reference.limits import review_limits
from bc_inventory.reference.paths import data_root
from bc_inventory.workflow.plan import make_plan

ROOT = Path(__file__).resolve().parent.parent
START, END = "<!-- figures -->", "<!-- end of figures -->"
TABLES = ("published", "activity", "emissions")
DRAWS = 1_000
OURS = "bc_inventory harmonised"
TOP = 3


def emission_tables(folder: Path) -> pd.DataFrame:
    """Return the emission table of both years and factor sets."""
    config = load_config("default")
    inventory = dataclasses.replace(config.inventory, years=(2015, 2018), base_year=2018)
    plan = make_plan(dataclasses.replace(config, inventory=inventory), folder)
    record = run(Plan([step for step in plan.steps if step.name in TABLES]), folder)
    return schema.read_parquet(record.path("emissions", "emissions"), "emissions")


def published(shared: Path, pattern: str, side: str) -> pd.DataFrame:
    """Return publishers' figures of a side by the sectors of the crosswalk."""
    crosswalk = schema.read_csv(data_root() / "crosswalk" / "sectors.csv", "sector_crosswalk")
    frames = [read_any(path).frame for path in sorted((shared / "data").glob(pattern))]
    rows, _, _ = of_side(pd.concat(frames, ignore_index=True), side)
    return mapped_rows(rows, crosswalk)


def table(frame: pd.DataFrame, formats: dict[str, str] | None = None) -> list[str]:
    """Return a frame as Markdown."""
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + " --- |" * len(frame.columns)]
    for row in frame.to_dict("records"):
        cells = []
        for name, value in row.items():
            shown = (formats or {}).get(name)
            text = "–" if pd.isna(value) else format(value, shown) if shown else str(value)
            cells.append(text.replace("|", "/"))
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def by_cell(cells: pd.DataFrame, by_region: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return a row a region with both figures of each sector, a dash where one has none."""
    both = [
        f"{row.base_kt:.3g} / {row.other_kt:.3g}"
        for row in cells[["base_kt", "other_kt"]].itertuples()
    ]
    wide = cells.assign(both=both).pivot_table(
        index="region", columns="sector", values="both", aggfunc="first", observed=True
    )
    total = by_region.set_index("region")
    wide["all"] = [
        f"{total.loc[region, 'base_kt']:.2f} / {total.loc[region, 'other_kt']:.2f}"
        for region in wide.index
    ]
    wide["ratio"] = total["ratio"].reindex(wide.index).to_numpy()
    wide = wide.reset_index()
    wide["region"] = wide["region"].astype(str).map(names)
    return wide


def against(
    title: str,
    other: str,
    emissions: pd.DataFrame,
    rows: pd.DataFrame,
    regions: pd.DataFrame,
    sectors: pd.DataFrame,
    year: int,
    side: str,
) -> list[str]:
    """Return the comparison of ours with one published inventory."""
    gnfr_of = dict(zip(sectors["nfr"], sectors["gnfr"], strict=True))
    members = regions.loc[regions["side"] == side, "region"]
    mine = emissions[(emissions["year"] == year) & (emissions["side"] == side)]
    sets = {name: mine[mine["factor_set"] == name] for name in ("harmonised", "official")}
    theirs = rows[(rows["year"] == year) & rows["region"].isin(members)]
    aligned = align({OURS: sets["harmonised"]}, theirs, gnfr_of, draws=DRAWS, seed=1)
    result = pair_tables(aligned.compared, OURS, other, review_limits())
    agreement = result["agreement"].iloc[0]
    left = result["left_out"].set_index("inventory")
    names = dict(zip(regions["region"], regions["name"], strict=True))
    lines = [
        f"### {title}",
        "",
        f"On the joint scope ours is {agreement['base_kt']:.1f} kt and {other} "
        f"{agreement['other_kt']:.1f} kt, a ratio of {agreement['ratio']:.2f}. Left out: "
        f"{left.loc[OURS, 'left_out_kt']:.1f} kt of ours "
        f"({left.loc[OURS, 'left_out_share']:.1%}) and {left.loc[other, 'left_out_kt']:.1f} kt of "
        f"theirs ({left.loc[other, 'left_out_share']:.1%}). Regions rank alike with Spearman "
        f"{agreement['spearman']:.2f} (Kendall {agreement['kendall']:.2f}, {agreement['n']:.0f} "
        f"regions); {agreement['share_distance']:.1%} of emissions would have to change sector for "
        "the sector shares to be equal.",
        "",
    ]
    cells = result["cells"]
    by_sector = cells.groupby("sector", as_index=False, observed=True)[
        ["base_kt", "other_kt"]
    ].sum()
    by_sector["ratio"] = by_sector["other_kt"] / by_sector["base_kt"]
    parts = result["parts"].pivot_table(
        index="sector", columns="head", values="part_kt", aggfunc="sum", observed=True
    )
    by_sector = by_sector.merge(parts.reset_index(), on="sector")
    by_sector = by_sector.rename(columns={"base_kt": "ours, kt", "other_kt": "theirs, kt"})
    kt = dict.fromkeys(by_sector.columns[1:], ".1f") | {"ratio": ".2f"}
    lines += ["Difference by sector, taken apart into level and shares (kt):", ""]
    lines += table(by_sector, kt)
    by_region = cells.groupby("region", as_index=False, observed=True)[
        ["base_kt", "other_kt"]
    ].sum()
    by_region["ratio"] = by_region["other_kt"] / by_region["base_kt"]
    lines += ["", "By region and joint sector, ours / theirs (kt):", ""]
    lines += table(by_cell(cells, by_region, names), {"ratio": ".2f"})
    home = aligned.sectors.drop_duplicates("target").set_index("target")["sector"].to_dict()
    compared = aligned.compared[aligned.compared["inventory"] == other]
    implied = implied_factors(sets["harmonised"], compared, home).set_index(["region", "sector"])
    steps = bridge(sets["harmonised"], sets["official"], compared, home)
    structure = result["parts"].set_index(["region", "sector", "head"])["part_kt"]
    order = cells["difference_kt"].abs().sort_values(ascending=False).index[:TOP]
    lines += ["", "The three largest differences:", ""]
    for row in cells.loc[order].itertuples():
        own = steps[(steps["region"] == row.region) & (steps["sector"] == row.sector)]
        own = own[own["part_kt"].abs() > 1e-6].set_index("head")["part_kt"]
        shares = {
            head: structure.get((row.region, row.sector, head), 0.0)
            for head in ("level", "sector_share", "region_share")
        }
        words = implied.loc[(row.region, row.sector)]
        signed = ", ".join(f"{head} {value:+.2f}" for head, value in own.items())
        lines.append(
            f"* **{names[row.region]}, {row.sector}**: ours {row.base_kt:.2f}, theirs "
            f"{row.other_kt:.2f} kt ({row.difference_kt:+.2f} kt, x {row.ratio:.2f}). Structure: "
            f"level of the whole {shares['level']:+.2f}, share of the sector "
            f"{shares['sector_share']:+.2f}, share of the region {shares['region_share']:+.2f} kt. "
            f"Through our table with official factors: {signed} kt. Ours is {words['largest']}; "
            f"to meet theirs on our activity, it would have to be multiplied by "
            f"{words['times']:.2f}."
        )
    return [*lines, ""]


def factor_sets(emissions: pd.DataFrame, regions: pd.DataFrame, year: int, side: str) -> list[str]:
    """Return the comparison of the harmonised with the official factors of one side."""
    mine = emissions[(emissions["year"] == year) & (emissions["side"] == side)]
    mine = mine[~mine["memo"].astype(bool)]
    base, other = (mine[mine["factor_set"] == name] for name in ("harmonised", "official"))
    by = ("region", "nfr", "fuel")
    parts = decompose(base, other, by=by)
    sums = [float(frame["emission_kt"].sum()) for frame in (base, other)]
    heads = parts.groupby("head")["part_kt"].sum().reindex(list(HEADS))
    listed = ", ".join(f"{head} {value:+.1f}" for head, value in heads.items() if abs(value) > 0.05)
    names = dict(zip(regions["region"], regions["name"], strict=True))
    by_nfr = parts.groupby(["nfr", "head"])["part_kt"].sum().unstack()  # noqa: PD010
    by_nfr = by_nfr.loc[:, by_nfr.abs().sum() > 0.05]
    by_nfr["difference"] = by_nfr.sum(axis=1)
    by_nfr = by_nfr.reindex(by_nfr["difference"].abs().sort_values(ascending=False).index)
    lines = [
        f"### Official against harmonised factors, {side} {year}",
        "",
        f"{sums[0]:.1f} kt with harmonised and {sums[1]:.1f} kt with official factors: {listed}.",
        "",
        *table(by_nfr.head(8).reset_index(), dict.fromkeys(by_nfr.columns, "+.2f")),
        "",
        "The three largest differences:",
        "",
    ]
    cells = parts.groupby(list(by))["part_kt"].sum()
    for region, nfr, fuel in cells.abs().sort_values(ascending=False).index[:TOP]:
        factors = parts[
            (parts["region"] == region) & (parts["nfr"] == nfr) & (parts["fuel"] == fuel)
        ]
        factors = factors[factors["part_kt"].abs() > 1e-6]
        signed = ", ".join(f"{row.head} {row.part_kt:+.2f}" for row in factors.itertuples())
        both = []
        for frame in (base, other):
            rows = frame[
                (frame["region"] == region) & (frame["nfr"] == nfr) & (frame["fuel"] == fuel)
            ].nlargest(2, "emission_kt")
            both.append(
                "; ".join(
                    f"{r.technology} {r.emission_factor:.3g} {r.emission_factor_unit}"
                    + (f" less {r.abatement:.0%}" if r.abatement > 0 else "")
                    for r in rows.itertuples()
                )
            )
        lines.append(
            f"* **{names[region]}, {nfr} {fuel}**: {cells[region, nfr, fuel]:+.2f} kt ({signed}). "
            f"Harmonised: {both[0]}. Official: {both[1]}."
        )
    return [*lines, ""]


def figures(shared: Path) -> str:
    """Return what stands between the markers of the page."""
    regions = schema.read_csv(data_root() / "regions.csv", "regions")
    sectors = schema.read_csv(data_root() / "sectors.csv", "sectors")
    with tempfile.TemporaryDirectory() as folder:
        emissions = emission_tables(Path(folder))
    reas = published(shared, "reas-v3.2-bc/EM_TBL_SECTOR_CHN_*_BC.txt", "CN")
    emep = published(shared, "emep-ceip-bc/EMEP_NFR14_LEVEL1_BC.txt", "EU")
    lines = [
        *against(
            "REAS v3.2 against ours, 31 provinces, 2015", "REAS v3.2", emissions, reas, regions,
            sectors, 2015, "CN",
        ),
        *against(
            "Reported to EMEP against ours, members, 2018", "EMEP-CEIP 2025-01-20", emissions,
            emep, regions, sectors, 2018, "EU",
        ),
        *factor_sets(emissions, regions, 2018, "EU"),
        *factor_sets(emissions, regions, 2018, "CN"),
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Write the figures into the page."""
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT.parent / "shared")
    result = figures(shared)
    page = ROOT / "docs" / "comparison.md"
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(START, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{START}\n\n{result}\n{END}{after}", encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
