"""Put the sections into one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from bc_inventory import __version__
from bc_inventory.report.blocks import Section
from bc_inventory.report.i18n import Both

__all__ = ["render"]


def render(title: Both, release: Both, sections: Sequence[Section]) -> str:
    """Return the page.

    Parameters
    ----------
    title : Both
        Of the page.
    release : str
        What the page is of.
    sections : sequence of Section
        In order.

    Returns
    -------
    str
        HTML with style, script, pictures and data inside; it asks no network
        for anything and its own policy forbids it to.
    """
    import jinja2
    from markupsafe import Markup

    folder = resources.files("bc_inventory.report") / "template"
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
    )
    # Our own style and script are the only markup that isn't escaped, besides the charts.
    parts = {
        name: Markup((folder / file).read_text(encoding="utf-8"))  # noqa: S704
        for name, file in (("style", "style.css"), ("script", "script.js"))
    }
    template = environment.get_template("page.html.j2")
    return template.render(
        title=title, release=release, sections=sections, version=__version__, **parts
    )
