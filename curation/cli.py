"""The commands of `python -m curation`."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import click

from bc_inventory.errors import BCInventoryError
from bc_inventory.schema import write_csv, write_parquet
from curation.lanes import sea_cells
from curation.maker import TABLES, Maker, Roots
from curation.page import DOCUMENT, page
from curation.registry import MAKERS
from curation.status import FileStatus, embedded_tables, rebuild, replaced, status

__all__ = ["main"]

_SHOWN = 20  # differences on the screen


class _Group(click.Group):
    """A group whose commands report a broken file instead of a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except BCInventoryError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--shared", type=click.Path(path_type=Path, file_okay=False))
@click.pass_context
def main(context: click.Context, data: Path | None, shared: Path | None) -> None:
    """Rebuild the derived facts of data/ from their inputs, and say where they differ.

    --data is the folder of facts, --shared that of the publishers' files, by default ../shared
    beside the checkout.
    """
    usual = Roots()
    context.obj = Roots(data or usual.data, shared or usual.shared)


@main.command()
@click.argument("files", nargs=-1)
@click.pass_obj
def check(roots: Roots, files: tuple[str, ...]) -> None:
    """Compare every derived row with what its inputs give; exit code 1 where one differs.

    FILES limits the check to files below data/, as patterns.
    """
    statuses = _status(roots, files)
    bad = [item for each in statuses for item in each.differences]
    for item in bad[:_SHOWN]:
        click.echo(str(item), err=True)
    rebuilt = sum(each.rebuilt for each in statuses)
    ruled = sum(each.ruled for each in statuses)
    unsourced = sum(each.without_source for each in statuses)
    if bad:
        click.echo(f"{len(bad)} rows differ, in {len({item.file for item in bad})} files", err=True)
    if unsourced:
        click.echo(f"{unsourced} typed rows have no source", err=True)
    if bad or unsourced:
        raise SystemExit(1)
    typed = sum(len(each.typed) for each in statuses)
    elsewhere = sum(each.not_rebuilt for each in statuses)
    click.echo(
        f"{len(statuses)} files: {rebuilt} rows are as their makers give them; {typed} are typed "
        f"with a source, and values or bounds of {ruled} of these follow by rule"
    )
    if elsewhere:
        click.echo(f"{elsewhere} rows can't be rebuilt here: see docs/curation.md")


@main.command()
@click.argument("files", nargs=-1)
@click.option("--rows", is_flag=True, help="Print every row as CSV instead of counts.")
@click.pass_obj
def typed(roots: Roots, files: tuple[str, ...], rows: bool) -> None:
    """List the rows that are typed by hand, by file and source."""
    statuses = [each for each in _status(roots, files, make=False) if len(each.typed)]
    for each in statuses:
        if rows:
            click.echo(f"# {each.file}")
            click.echo(each.typed.to_csv(index=False, lineterminator="\n"), nl=False)
        else:
            for source, count in each.typed[each.source_column].value_counts(dropna=False).items():
                click.echo(f"{each.file}\t{source}\t{count}")


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.pass_obj
def write(roots: Roots, files: tuple[str, ...]) -> None:
    """Write the rebuilt rows of FILES into data/, and leave the typed ones as they are."""
    tables = embedded_tables(roots)
    makers = _of_files(files)
    result = rebuild(makers, roots)
    for file in sorted({path for rows in result.values() for path in rows}):
        rules, frame = tables[file]
        for maker in makers:
            if file in result[maker.name]:
                frame = replaced(frame, result[maker.name][file], maker, list(rules.key))
        save = write_parquet if file.endswith(".parquet") else write_csv
        save(frame[rules.names], rules, roots.data / file)
        click.echo(str(roots.data / file))


@main.command()
@click.argument("land", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def sea(land: Path) -> None:
    """Write the sea cells of LAND, polygons of Natural Earth 1:10m, for the maker of lanes."""
    path = TABLES / "sea.csv"
    sea_cells(land).to_csv(path, index=False, lineterminator="\n")
    click.echo(str(path))


@main.command(name="page")
@click.option("--check", "only_check", is_flag=True, help="Exit code 1 where the page is old.")
@click.pass_obj
def write_page(roots: Roots, only_check: bool) -> None:
    """Write docs/curation.md."""
    text = page(_status(roots, (), make=False), MAKERS)
    if not only_check:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif DOCUMENT.read_text(encoding="utf-8") != text:
        raise click.ClickException(f"{DOCUMENT.name} is old: run python -m curation page")


def _of_files(files: tuple[str, ...]) -> list[Maker]:
    """Return the makers of some files, all of them where none is named."""
    return [
        maker
        for maker in MAKERS
        if not files
        or any(fnmatch(maker.files, each) or fnmatch(each, maker.files) for each in files)
    ]


def _status(roots: Roots, files: tuple[str, ...], *, make: bool = True) -> list[FileStatus]:
    tables = {
        file: each
        for file, each in embedded_tables(roots).items()
        if not files or any(fnmatch(file, pattern) for pattern in files)
    }
    makers = _of_files(files)
    if make:
        absent = [maker.name for maker in makers if maker.needs_shared]
        if absent and not roots.shared.is_dir():
            raise click.ClickException(
                f"{roots.shared} is absent, and {', '.join(absent)} can't be rebuilt without the "
                "publishers' files. Point at them with --shared."
            )
        result = rebuild(makers, roots)
        result = {
            name: {file: rows for file, rows in parts.items() if file in tables or not files}
            for name, parts in result.items()
        }
    else:
        result = {}
    return status(makers, tables, result)
