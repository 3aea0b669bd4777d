"""Write docs/formats.md: what each file of the publishers' folders is read as, or why not.

Run as `python tools/formats_table.py [FOLDER]`, FOLDER being the publishers' files beside
the repository (`../shared/data`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bc_inventory.errors import BCInventoryError
from bc_inventory.readers.registry import formats, read_any
from bc_inventory.readers.result import Report

ROOT = Path(__file__).resolve().parent.parent
# Folders of activity and inventories; those of stations and fields are in docs of their own.
FOLDERS = (
    "ceads-co2-by-fuel-sector",
    "cement-and-iron-production",
    "ceds-format",
    "china-energy-statistical-yearbook-2008",
    "cui-2021-china-provincial-daily-co2",
    "derived-china-provincial-activity",
    "derived-eu27-activity",
    "edgar-v8.1-workbook-format",
    "emep-ceip-bc",
    "energy-institute-statistical-review-2024",
    "eurostat-energy",
    "fernandes-biofuels",
    "gains-emf30-activity",
    "gains-emf30-emissions-format",
    "meic-format",
    "nbs-population-by-province",
    "reas-v2.1-bc-china",
    "reas-v3.2-bc",
    "shipping-fuel-consumption",
    "tno-europe-residential-wood",
    "unfccc-co2-annex1",
    "worldbank-gas-flaring",
)
# Files of one publisher that differ by region or year alone share a line.
_SERIES = (
    (re.compile(r"REASv2\.1_BC__\d{4}_CHN_\w+\.txt"), "REASv2.1_BC__<year>_CHN_<region>.txt"),
    (re.compile(r"EM_TBL_SECTOR_\w{3}_\w\w_BC\.txt"), "EM_TBL_SECTOR_<country>_<part>_BC.txt"),
    (
        re.compile(r"Emission_[Ii]nventories_for_30_[Pp]rovinces_\d{4}\.xlsx"),
        "Emission_Inventories_for_30_Provinces_<year>.xlsx",
    ),
    (re.compile(r"\d{1,2}\.xls"), "<number>.xls"),
)


# Why files that fit no format are left alone.
_NO_FORMAT = {
    "Emissions_MappingTable.xlsx": "a table of codes; its links stand in data/crosswalk",
    "emf-30_ctry_map.csv": "a list of countries; its members stand in data/crosswalk/regions.csv",
    "fu04.xls": "conversion factors to coal equivalent, no activity",
    "fu04e.xls": "the same factors in English",
    "china_provincial_activity_from_ceads.csv": "derived here from the workbooks of CEADs",
    "eu27_activity_from_eurostat_unfccc.csv": "derived here from Eurostat and UNFCCC",
}


@dataclass(frozen=True)
class Outcome:
    """What became of one file: a report, or the reason why it wasn't read."""

    folder: str
    name: str
    report: Report | None
    reason: str = ""


def outcomes(data: Path) -> Iterator[Outcome]:
    """Read every file of the folders and yield what became of it.

    An exception that isn't one of ours goes through: it is a defect.
    """
    for folder in FOLDERS:
        for path in sorted((data / folder).iterdir()):
            if path.name == "README.md":
                continue
            try:
                yield Outcome(folder, path.name, read_any(path).report)
            except BCInventoryError as error:
                reason = str(error).splitlines()[0]
                yield Outcome(folder, path.name, None, reason)


def table(outcomes: list[Outcome]) -> str:
    """Return the document."""
    groups: dict[tuple[str, str, str], list[Outcome]] = {}
    for outcome in outcomes:
        name = next((new for rule, new in _SERIES if rule.fullmatch(outcome.name)), outcome.name)
        kind = outcome.report.format if outcome.report else _short(outcome)
        groups.setdefault((outcome.folder, name, kind), []).append(outcome)
    lines = [*_HEAD]
    for (folder, name, kind), own in groups.items():
        reports = [item.report for item in own if item.report]
        if not reports:
            why = f"{kind}: {_NO_FORMAT.get(name, 'no reader')}"
            lines.append(f"| {folder} | `{name}` | {len(own)} | not read, {why} | | | | |")
            continue
        years = sorted({year for report in reports for year in report.years})
        regions = {region for report in reports for region in report.regions}
        keys = sum(sum((report.notation_keys or {}).values()) for report in reports)
        skipped = sum(item.rows for report in reports for item in report.skipped)
        span = f"{years[0]}-{years[-1]}" if len(years) > 1 else "".join(map(str, years))
        rows = sum(report.rows for report in reports)
        lines.append(
            f"| {folder} | `{name}` | {len(own)} | {kind} | {rows} | {span} | {len(regions)} | "
            f"{keys} / {skipped} |"
        )
    lines += ["", *_formats()]
    return "\n".join(lines) + "\n"


def _short(outcome: Outcome) -> str:
    """Return the reason without the file's name and the list of formats."""
    reason = outcome.reason.removeprefix(f"{outcome.name}: ")
    reason = re.sub(r"; it is .*", "", reason).replace("|", "/").rstrip(".")
    return re.sub(r"the \d+ known", "the known", reason)


def _formats() -> list[str]:
    lines = [
        "## Formats",
        "",
        "| format | kind | publisher and format | options |",
        "|---|---|---|---|",
    ]
    for file_format in formats().values():
        lines.append(
            f"| {file_format.name} | {file_format.kind} | {file_format.title} "
            f"| {', '.join(file_format.options)} |"
        )
    return lines


_HEAD = (
    "# Formats",
    "",
    "Generated by `python tools/formats_table.py` from the publishers' files next to the",
    "repository; a test holds this page to them. `bc-inventory ingest FILE...` prints the same",
    "for any file: what it was read as, rows, years, regions, notation keys, and what was",
    "skipped and why. Files that differ by region or year alone share a line.",
    "",
    "| folder | file | files | format | rows | years | regions | keys / skipped |",
    "|---|---|---|---|---|---|---|---|",
)


def main() -> None:
    """Write the page."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "data"
    page = table(list(outcomes(data)))
    (ROOT / "docs" / "formats.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
