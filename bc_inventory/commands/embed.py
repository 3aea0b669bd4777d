"""`bc-inventory embed`: rebuild the embedded activity from the publishers' files."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["embed"]

_SHOWN = 20


@click.command()
@click.option(
    "--from",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with the publishers' files, in any order and under any name.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Only compare with what is embedded; exit code 1 where they differ.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of facts to write to; by default the embedded one.",
)
def embed(folder: Path, check: bool, target: Path | None) -> None:
    """Rebuild the embedded activity and population from the publishers' files.

    Each figure of data/activity and the provinces' population is read again from the
    file its publisher serves, so that nobody has to trust a transcription.
    """
    from bc_inventory.readers.embed import compare, write
    from bc_inventory.readers.embed import embed as rebuild
    from bc_inventory.reference.paths import data_root

    made = rebuild(folder)
    rows = sum(len(frame) for frame in made.values())
    if not check:
        written = write(made, target or data_root())
        click.echo(f"{rows} rows in {len(written)} files below {target or data_root()}")
        return
    differences = compare(made, target)
    for item in differences[:_SHOWN]:
        click.echo(str(item), err=True)
    if differences:
        click.echo(f"{len(differences)} of {rows} rows differ", err=True)
        raise SystemExit(1)
    click.echo(f"{rows} rows in {len(made)} files are as the publishers' files give them")
