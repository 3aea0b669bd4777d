"""The page in a real browser: silent, quick, offline, and readable in both languages."""

import json
import subprocess
from pathlib import Path

import pytest

from bc_inventory.report.pdf import HEADLESS
from bc_inventory.report.step import report_step

PROBE = """
<script>
addEventListener("load", function () {
  var shown = function (lang) {
    return [...document.querySelectorAll("main [lang|=" + lang + "]")].filter(
      function (e) { return getComputedStyle(e).display !== "none"; }).length;
  };
  var before = [shown("en"), shown("zh")];
  document.querySelector("[data-language=zh]").click();
  var after = [shown("en"), shown("zh")];
  document.title = JSON.stringify({
    before: before, after: after, lang: document.documentElement.lang,
    fetched: performance.getEntriesByType("resource").map(function (r) { return r.name; })
      .filter(function (n) { return !n.startsWith("data:"); }),
    wide: document.documentElement.scrollWidth - innerWidth
  });
});
</script>
"""


def browse(browser: str, page: Path, folder: Path, *more: str) -> tuple[str, str]:
    """Return the page's document after loading, and what the browser logged."""
    log = folder / "chrome.log"
    command = [
        browser,
        *HEADLESS,
        "--lang=en",
        f"--user-data-dir={folder / 'profile'}",
        "--enable-logging",
        f"--log-file={log}",
        "--v=0",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--dump-dom",
        *more,
        page.as_uri() + "?lang=en",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, log.read_text(errors="replace") if log.exists() else done.stderr


@pytest.fixture(scope="module")
def opened(browser, full_release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    page = folder / "report.html"
    report_step(full_release, {"report": page}, title=("Inventory", "清单"), year=2018)
    html = page.read_text(encoding="utf-8")
    page.write_text(html.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    document, log = browse(browser, page, folder, "--window-size=360,740")
    title = document.split("<title>")[1].split("</title>")[0]
    found = json.loads(title.replace("&quot;", '"').replace("&amp;", "&"))
    return found, log


def test_no_console_error_and_no_request(opened):
    found, log = opened
    assert found["fetched"] == []
    assert "CONSOLE" not in log


def test_the_switch_shows_one_language_at_a_time(opened):
    found, _ = opened
    assert found["before"][0] > 50
    assert found["before"][1] == 0
    assert found["after"][0] == 0
    assert found["after"][1] > 50
    assert found["lang"] == "zh-Hans"


def test_a_phone_scrolls_in_one_direction(opened):
    found, _ = opened
    assert found["wide"] <= 0
