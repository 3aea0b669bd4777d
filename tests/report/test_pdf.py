"""Printing needs a browser, and says so where there is none."""

import pytest

from bc_inventory.errors import SourceError
from bc_inventory.report.pdf import print_pdf


def test_without_a_browser_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match=r"found no Chromium.*print it"):
        print_pdf(tmp_path / "a.html", tmp_path / "a.pdf")


def test_a_browser_that_fails_is_named(tmp_path, monkeypatch):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(SourceError, match=r"couldn't print .*no display"):
        print_pdf(tmp_path / "a.html", tmp_path / "a.pdf")


@pytest.mark.usefixtures("browser")
def test_a_page_is_printed(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<!doctype html><title>t</title><p>text 文字</p>", encoding="utf-8")
    made = print_pdf(page, tmp_path / "out" / "a.pdf", language="zh")
    assert made.read_bytes().startswith(b"%PDF")
