"""Print the report to PDF with a browser of this machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from bc_inventory.errors import SourceError

__all__ = ["HEADLESS", "find_browser", "print_pdf"]

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_SECONDS = 120
HEADLESS = (
    "--headless=new",
    # The page is our own file, and its policy forbids all requests.
    "--no-sandbox",
    "--disable-gpu",
    # Nor does the browser ask for anything of its own accord.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """Return the path of a Chromium-like browser, None if there is none."""
    return next((matches for name in _BROWSERS if (matches := shutil.which(name))), None)


def print_pdf(page: Path, path: Path, *, language: str = "en") -> Path:
    """Print a report to PDF.

    The page prints from its own style sheet; no other renderer sets both
    scripts and the charts, so a browser is needed for this one format.

    Parameters
    ----------
    page : Path
        The HTML file.
    path : Path
        File to write.
    language : {"en", "zh"}
        Language of the print.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    SourceError
        If there is no browser, or it fails.
    """
    browser = find_browser()
    if browser is None:
        raise SourceError(
            "found no Chromium, Chrome or Edge; expected one to print the PDF. "
            f"Install one, or open {page} in any browser and print it."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            *HEADLESS,
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={path.resolve()}",
            f"{page.resolve().as_uri()}?lang={language}",
        ]
        try:
            done = subprocess.run(  # noqa: S603 - the browser found above and our own paths
                command, capture_output=True, timeout=_SECONDS, check=False, text=True
            )
        except subprocess.TimeoutExpired as error:
            raise SourceError(f"{browser} took more than {_SECONDS} s to print {page}") from error
    if done.returncode or not path.exists():
        raise SourceError(f"{browser} couldn't print {page}: {done.stderr.strip()[-300:]}")
    return path
