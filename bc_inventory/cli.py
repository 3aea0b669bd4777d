"""The command `bc-inventory`.

Commands are imported when they are called, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import importlib
import sys
from typing import Any

import click

from bc_inventory import __version__
from bc_inventory.errors import BCInventoryError

__all__ = ["cli", "main"]

# Name, and what the list of commands says of it; the module has the same name.
COMMANDS = {
    "init": "Write the folder of an inventory of your own, with stubs.",
    "build": "Build an inventory and publish it as a release.",
    "show": "Show what a release holds, and its totals.",
    "query": "Ask a release: rows of the emission table, or SQL.",
    "explain": "Say what made a number, and what it hangs on.",
    "diff": "Split the change between two releases over what made it.",
    "compare": "Compare a release with other inventories.",
    "decompose": "Take the difference of two sides, years or factor sets apart.",
    "review": "Check a release as a review would.",
    "evidence": "Say what a release rests on, and what is assumed.",
    "targets": "Hold inventories against targets; show the gap.",
    "nest": "Resolve claims inside claims, each tonne once.",
    "measures": "Say what measures would save, alone and together.",
    "report": "Write the report of a release.",
    "export": "Write a release in the formats others use.",
    "hotspots": "List the hotspots of a release and draw maps.",
    "verify": "Prove a release whole.",
    "cite": "Note what cites a version, so that it is never pruned.",
    "prune": "Remove old versions that nothing cites, and old results of steps.",
    "serve": "Serve releases over HTTP, read only.",
    "grid": "Put emissions on a grid.",
    "regrid": "Regrid the fields of a file.",
    "ingest": "Read publishers' files and report what they hold.",
    "fetch": "Download catalogued sources.",
    "monitor": "Ingest measurements into one record.",
    "collocate": "Compare a gridded field with measurements.",
    "units": "Convert a quantity between units of the field.",
}


# A command runs steps; no step depends on a command.
COMPUTED_IMPORTS = ()


class _Lazy(click.Group):
    """A group whose commands are modules of `bc_inventory.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"bc_inventory.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what the system refuses is reported as any other error is."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno is None or error.errno == errno.EPIPE:
                raise
            where = f" ({error.filename})" if error.filename is not None else ""
            raise BCInventoryError(
                f"{error.strerror}{where}. Nothing else was changed; mend it and try again"
            ) from error
        except MemoryError as error:
            raise BCInventoryError(
                "there isn't enough memory. Ask for a part, or a coarser grid"
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bc-inventory")
def cli() -> None:
    """Black carbon inventories: build, ask, compare."""


def main() -> None:
    """Run the command; what the user can put right ends as text and exit code 2."""
    try:
        cli(standalone_mode=True)
    except BCInventoryError as error:
        notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
        click.echo(f"error: {error}{notes}", err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
