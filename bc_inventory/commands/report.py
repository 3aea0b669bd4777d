"""`bc-inventory report`: write the working group's page of a release."""

from __future__ import annotations

from pathlib import Path

import click

from bc_inventory.commands.options import factor_set_option, release_options, use_facts_of

__all__ = ["report"]


@click.command()
@click.argument("version", default="latest")
@click.option("--year", type=int, help="Calendar year; by default the year of the release's grid.")
@factor_set_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="HTML file to write.",
)
@click.option(
    "--pdf",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Print it to this PDF too; needs Chromium, Chrome or Edge.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Language of the PDF; the page has both.",
)
@release_options
def report(
    year: int | None,
    factor_set: str,
    to: Path,
    pdf: Path | None,
    language: str,
    version: str,
    inventory: str | None,
    releases: str,
) -> None:
    """Write the report of release VERSION: one HTML file that needs no network."""
    import re
    import tempfile

    from bc_inventory.commands.released import computed_now
    from bc_inventory.config import Inventory
    from bc_inventory.reference.paths import data_root
    from bc_inventory.release.read.built_with import built_with
    from bc_inventory.release.read.release import open_release
    from bc_inventory.report.context import DERIVED, IMPACTS, report_facts
    from bc_inventory.report.step import report_step
    from bc_inventory.workflow.derived import derive
    from bc_inventory.workflow.title import title_of

    release = open_release(version, inventory=inventory, root=releases)
    use_facts_of(release)
    have = {str(entry["path"]) for entry in release.manifest["files"]}
    grids = sorted(name for name in have if re.fullmatch(r"grid_\d+\.nc", name))
    chosen = year or (int(grids[-1][5:9]) if grids else int(release.table("totals")["year"].max()))
    inputs = {
        "emissions": _folder(release, "emissions"),
        "totals": release.file("totals.parquet"),
        **report_facts(data_root()),
    }
    optional = {
        "grid": f"grid_{chosen}.nc",
        "whole_years": "whole_years.parquet",
        "hotspots": "hotspots.parquet",
        "facts_changed": "facts_changed.parquet",
        "stations": "stations.parquet",
        "monitoring": "monitoring_summary.parquet",
        "compared_with_observations": "compared_with_observations.parquet",
        **{name: f"{name}.parquet" for name in IMPACTS},
    }
    inputs |= {name: release.file(file) for name, file in optional.items() if file in have}
    stated = release.manifest["configuration"].get("inventory", {})
    about = Inventory(
        title=str(release.manifest.get("title") or ""),
        title_zh=str(stated.get("title_zh", "")),
        regions=tuple(release.manifest["coverage"]["regions"]),
    )
    built = built_with(release)
    as_built = (chosen, factor_set) == (built.year, built.factor_set)
    with tempfile.TemporaryDirectory() as folder:
        if as_built and {f"{name}.parquet" for name in DERIVED} <= have:
            inputs |= {name: release.file(f"{name}.parquet") for name in DERIVED}
            note = ""
        else:
            note = computed_now(f"{chosen}, {factor_set} factors", built)
            click.echo(note)
            inputs |= derive(
                inputs,
                Path(folder),
                year=chosen,
                factor_set=factor_set,
                draws=built.draws,
                seed=built.seed,
            )
        report_step(
            inputs,
            {"report": to},
            title=title_of(about),
            year=chosen,
            factor_set=factor_set,
            note=note,
        )
    click.echo(f"Written: {to}")
    if pdf is not None:
        from bc_inventory.report.pdf import print_pdf

        click.echo(f"Written: {print_pdf(to, pdf, language=language)}")


def _folder(release, name: str) -> Path:  # type: ignore[no-untyped-def]
    """Return the folder of a partitioned table, its files fetched."""
    for path in release.tables[name]:
        release.file(path)
    folder: Path = release.path / name
    return folder
