"""`bc-inventory hotspots`: list the hotspots of a release and draw maps of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import (
    domain_option,
    release_options,
    use_facts_of,
    version_option,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["hotspots"]


@click.command()
@version_option
@domain_option("One domain only, by its code or name.")
@click.option(
    "--kind",
    type=click.Choice(["cell", "density", "significant", "persistent"]),
    default="density",
    show_default=True,
    help="Definition; docs/hotspots.md tells them apart.",
)
@click.option(
    "--group",
    type=click.Choice(["all", "residential_heating", "heavy_diesel", "coking", "brick"]),
    default="all",
    show_default=True,
    help="Sectors.",
)
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="How many.")
@click.option(
    "--maps",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to draw maps into, one PNG for each --of.",
)
@click.option(
    "--of", "codes", multiple=True, help="A domain, a region, or all; by default each domain."
)
@release_options
def hotspots(
    version: str,
    side: str | None,
    kind: str,
    group: str,
    top: int,
    maps: Path | None,
    codes: tuple[str, ...],
    inventory: str | None,
    releases: str,
) -> None:
    """List the hotspots of a release and draw maps of them."""
    from bc_inventory.analysis.hotspots.files import read_hotspots
    from bc_inventory.reference.domains import resolve_domain
    from bc_inventory.release.read.release import open_release

    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    path = release.file("hotspots.parquet")
    matches = read_hotspots(path)
    chosen = matches[(matches["kind"] == kind) & (matches["sector_group"] == group)]
    for code in (resolve_domain(side),) if side else release.names:
        rows = chosen[chosen["side"] == code].nsmallest(top, "rank")
        click.echo(summary(rows, release.names[code].en if code in release.names else code))
    if maps is not None:
        from bc_inventory.analysis.maps.frames import every_code
        from bc_inventory.analysis.maps.png import maps_step

        year = int(matches["year"].iloc[0])
        inputs = {
            "netcdf": release.file("hotspots.nc"),
            "hotspots": path,
            "grid": release.file(f"grid_{year}.nc"),
        }
        chosen_codes = every_code(inputs) if "all" in codes else list(codes) or None
        maps_step(inputs, {"maps": maps}, year=year, codes=chosen_codes)
        click.echo(f"Maps: {maps}")


def summary(rows: pd.DataFrame, name: str) -> str:
    """Return hotspots as a table of text.

    Parameters
    ----------
    rows : pandas.DataFrame
        Contract `hotspots`, in the order to print.
    name : str
        For the heading.
    """
    if rows.empty:
        return f"\n{name}: no such hotspot"
    lines = [
        f"\n{name}, {rows['year'].iloc[0]}",
        f"{'':>4} {'place':24}{'region':8}{'kt (95 % interval)':>24}{'t/km2':>8}"
        f"{'% of side':>11}{'sure':>6}  from",
    ]
    for row in rows.itertuples():
        region = row.place_region if isinstance(row.place_region, str) else row.region
        amount = f"{row.emission_kt:.3g} ({row.lower_kt:.3g}-{row.upper_kt:.3g})"
        lines.append(
            f"{row.rank:>4} {str(row.place)[:23]:24}{region:8}{amount:>24}"
            f"{row.density_t_km2:>8.2g}{100 * row.share_of_side:>11.2f}"
            f"{row.probability:>6.2f}  {row.top_nfr}"
        )
    return "\n".join(lines)
