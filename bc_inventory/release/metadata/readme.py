"""The README of a release, made for that version: what a stranger needs to use and cite it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bc_inventory.reference.naming import name_of
from bc_inventory.release.metadata.file_descriptions import described
from bc_inventory.release.sanitize import for_markdown

__all__ = ["readme"]


def readme(core: Mapping[str, Any], version: str) -> str:
    """Return the README of a release as Markdown.

    Parameters
    ----------
    core : mapping
        The manifest.
    version : str
        Its version.
    """
    lines = [
        f"# {for_markdown(core['title'])}, version {version}",
        "",
        *_scope(core),
        "This folder is never changed. `bc-inventory verify` proves that nothing is missing,",
        "added or altered. `manifest.json` says which inputs, code and configuration made each",
        "file, `datapackage.json` the same as a Frictionless data package.",
        "",
        "## How to cite",
        "",
        f"> {for_markdown(core['title'])}, version {version}, made with bc_inventory "
        f"{core['software']['bc-inventory']}.",
        "",
        "Cite the sources of the rows you use as well; they are listed below with their licences.",
        "",
        *_reading(core),
        "## Files",
        "",
        *(
            f"* `{entry['path']}` ({entry['bytes']} bytes): {described(entry['path'])}"
            for entry in core["files"]
        ),
        "",
        "## Sources and licences",
        "",
        "A licence binds what is taken from its source; where none is known, ask its publisher.",
        "",
        *_sources(core),
        "",
    ]
    return "\n".join(lines)


def _scope(core: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the release covers."""
    coverage = core["coverage"]
    if not coverage:
        return
    years = ", ".join(map(str, coverage["years"]))
    regions = coverage["regions"]
    many = f" ({len(regions)} regions)" if len(regions) > 1 else ""
    yield f"Black carbon emissions of {name_of(regions).en}{many} by NFR category,"
    yield f"in kt a calendar year: {years}. Absent isn't zero: a row with a notation key (NE, NO,"
    yield "IE) has no figure. The factor sets `harmonised` and `official` are alternatives and"
    yield "don't add up; rows with `memo` true stand outside the totals. A lower or upper bound is"
    yield "that of a 95 % interval."
    yield ""


def _reading(core: Mapping[str, Any]) -> Iterator[str]:
    """Yield how to read the release, for what it holds."""
    names = [entry["path"] for entry in core["files"]]
    coverage = core["coverage"]
    grid = next((name for name in names if name.startswith("grid_") and name.endswith(".nc")), None)
    if not coverage or not any(name.startswith("emissions/") for name in names):
        return
    region, year = coverage["regions"][0], coverage["years"][-1]
    tests = f"year = {year} and factor_set = 'harmonised' and not memo"
    yield from ("## How to read it", "", "Paths are relative to this folder.", "")
    yield from (
        "pandas:",
        "",
        "```python",
        "import pandas as pd",
        "",
        'rows = pd.read_parquet("emissions")',
        f"rows = rows[(rows.year == {year}) & (rows.factor_set == 'harmonised') & ~rows.memo]",
        'print(rows.groupby(["side", "gnfr"], observed=True).emission_kt.sum())',
        "```",
        "",
    )
    yield from (
        "xarray:",
        "",
        "```python",
        "import xarray as xr",
        "",
        'cube = xr.open_dataset("emissions.nc")  # time, sector, region; Gg',
        'regions = cube.region.attrs["codes"].split(" | ")  # sectors likewise',
        f'kt = cube.emission.sel(time="{year}", region=regions.index("{region}") + 1)',
        'sectors = cube.sector.attrs["codes"].split(" | ")',
        "print(kt.squeeze().assign_coords(sector=sectors).to_series().dropna())",
        *(
            (f'grid = xr.open_dataset("{grid}")  # kg m-2 s-1', "print(grid.emission_flux_total)")
            if grid
            else ()
        ),
        "```",
        "",
    )
    yield from (
        "DuckDB:",
        "",
        "```sql",
        "select side, gnfr, sum(emission_kt) as kt",
        "from read_parquet('emissions/*/*.parquet', hive_partitioning = true)",
        f"where {tests}",
        "group by all order by all;",
        "```",
        "",
    )
    yield from (
        "R (packages arrow and dplyr):",
        "",
        "```r",
        "library(arrow)",
        "library(dplyr)",
        'open_dataset("emissions") |>',
        f'  filter(year == {year}, factor_set == "harmonised", !memo) |>',
        "  group_by(side, gnfr) |>",
        "  summarise(kt = sum(emission_kt, na.rm = TRUE)) |>",
        "  collect()",
        "```",
        "",
        "or, with the package ncdf4 alone:",
        "",
        "```r",
        "library(ncdf4)",
        'cube <- nc_open("emissions.nc")',
        "codes <- function(name)",
        '  strsplit(ncatt_get(cube, name, "codes")$value, " | ", fixed = TRUE)[[1]]',
        'dates <- as.Date(ncvar_get(cube, "time"), origin = "1850-01-01")',
        f'year <- which(format(dates, "%Y") == "{year}")',
        f'region <- match("{region}", codes("region"))',
        'kt <- ncvar_get(cube, "emission", c(region, 1, year), c(1, -1, 1))  # Gg',
        'print(na.omit(data.frame(sector = codes("sector"), kt)))',
        "```",
        "",
    )
    yield from (
        "bc_inventory, with names in English or Chinese:",
        "",
        "```sh",
        f"bc-inventory query --inventory {core['inventory']} --region {region} --year {year}",
        "```",
        "",
    )


def _sources(core: Mapping[str, Any]) -> Iterator[str]:
    """Yield each source under its licence."""
    by_licence: dict[str, list[str]] = {}
    for row in core["sources"]:
        citation = for_markdown(row.get("citation") or row.get("title") or "")
        text = f"* `{row['source_id']}`: {citation}"
        if row.get("address"):
            text += f", {for_markdown(row['address'])}"
        by_licence.setdefault(row.get("licence") or "not known", []).append(text)
    for licence, rows in sorted(by_licence.items()):
        yield from (f"### {for_markdown(licence)}", "", *rows, "")
