"""`bc-inventory serve`: a read-only HTTP service over releases."""

from __future__ import annotations

import ipaddress

import click

from bc_inventory.commands.options import release_options

__all__ = ["serve"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--host-name",
    "names",
    multiple=True,
    help="Name by which it is asked, as behind a proxy; localhost and numbers always do.",
)
@release_options
def serve(
    host: str, port: int, names: tuple[str, ...], inventory: str | None, releases: str
) -> None:
    """Serve the releases of an inventory over HTTP, read only.

    It listens on this machine alone unless --host says otherwise; it has no
    passwords and no encryption, so put a proxy before it when it does.
    /openapi.json describes it.
    """
    try:
        from bc_inventory.release.read.release import choose_inventory
        from bc_inventory.release.service import make_app
        from bc_inventory.release.service.server import serve_app
        from bc_inventory.release.store.stores import open_store
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} isn't installed: pip install 'bc-inventory[serve]'"
        ) from error

    if not _is_loopback(host):
        click.echo(f"warning: {host} can be reached from other machines", err=True)
    chosen = choose_inventory(open_store(releases), inventory)
    hosts = [*names, *([] if _is_address(host) else [host])]
    serve_app(make_app(releases, chosen, hosts=hosts), host, port)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback if _is_address(host) else host == "localhost"
