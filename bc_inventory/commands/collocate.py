"""`bc-inventory collocate`: compare a gridded field with the measurements of a release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bc_inventory.commands.options import (
    answer_option,
    answers_of,
    release_options,
    use_facts_of,
    version_option,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["collocate"]


@click.command()
@click.argument("field", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--bc-type",
    type=click.Choice(["EC", "eBC", "rBC", "b_abs"]),
    required=True,
    help="What was measured; types don't mix.",
)
@click.option(
    "--period",
    type=click.Choice(["hour", "day", "month", "year", "campaign"]),
    required=True,
    help="Kind of mean that the field is compared with.",
)
@click.option(
    "--way",
    type=click.Choice(["nearest", "bilinear", "mean"]),
    required=True,
    help="In space: the station's cell, between four centres, or a mean of cells around.",
)
@click.option("--half-width", type=float, help="Half width of the box of --way mean, degrees.")
@click.option(
    "--min-overlap",
    type=click.FloatRange(0, 1),
    required=True,
    help="Least fraction of a value's span that the field must cover.",
)
@click.option(
    "--not-positive",
    type=click.Choice(["keep", "exclude"]),
    required=True,
    help="What becomes of zero and negative values in scores that divide by them.",
)
@click.option("--variable", default="bc_concentration", show_default=True, help="Field to take.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of a record made by `bc-inventory monitor`; by default the release's.",
)
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV for the pairs; those that couldn't be met are in it too.",
)
@version_option
@answer_option
@release_options
def collocate(
    field: Path,
    bc_type: str,
    period: str,
    way: str,
    half_width: float | None,
    min_overlap: float,
    not_positive: str,
    variable: str,
    record: Path | None,
    to: Path | None,
    version: str,
    answers: tuple[str, ...],
    inventory: str | None,
    releases: str,
) -> None:
    r"""Compare a gridded FIELD of concentration or absorption with measurements.

    The file is read as its format says (GEOS-Chem, MERRA-2, CAMS, ...). How the two meet
    changes the scores, so nothing of it has a default.

    \b
    bc-inventory collocate ts.20160102.000000.nc --option molar_mass_g_mol=12.011 \
        --bc-type eBC --period day --way nearest --min-overlap 0.75 --not-positive exclude
    """
    from dataclasses import asdict

    from bc_inventory.errors import DataError, Problem, suggest
    from bc_inventory.monitoring.statistics import collocate as meeting
    from bc_inventory.readers.registry import read_any

    data = read_any(field, kind="gridded", **answers_of(answers)).data
    if variable not in data:
        raise DataError(
            [
                Problem(
                    f"no variable {variable!r}",
                    f"one of {', '.join(map(str, data.data_vars))}",
                    str(field),
                    remedy=suggest(variable, list(map(str, data.data_vars))),
                )
            ]
        )
    observations, stations = _record(record, version, inventory, releases)
    bounds = data["time_bnds"].to_numpy().astype("datetime64[s]")
    pairs = meeting.collocate(
        data[variable],
        (bounds[:, 0], bounds[:, 1]),
        observations,
        stations,
        bc_type=bc_type,
        period=period,
        how=meeting.Matching(way, min_overlap, not_positive, half_width),
    )
    for name, value in asdict(pairs.scores).items():
        click.echo(f"{name:<14} {value:.6g}")
    click.echo(f"{'outside':<14} {len(pairs.outside)} stations outside the field")
    click.echo(f"{'thin':<14} {pairs.thin} values of which the field covers too little time")
    if to is not None:
        from bc_inventory.release.sanitize import as_text

        as_text(pairs.table).to_csv(to, index=False)
        click.echo(f"Written: {to}")


def _record(
    record: Path | None, version: str, inventory: str | None, releases: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return observations and stations of a record, or of a release."""
    from bc_inventory import schema
    from bc_inventory.release.read.release import open_release

    if record is None:
        release = open_release(version, inventory=inventory, root=releases)
        use_facts_of(release)
        return release.observations(), release.table("stations")
    return (
        schema.read_parquet(record / "observations", "observations"),
        schema.read_parquet(record / "stations.parquet", "stations"),
    )
