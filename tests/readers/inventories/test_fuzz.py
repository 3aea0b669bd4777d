"""Thousands of damaged copies of each format of inventories: the same values or an error."""

import io
import resource

import pytest

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.nfr_annex import TOTAL
from bc_inventory.readers.registry import find_format, read_any
from bc_inventory.schema import table
from tests.readers import mutate
from tests.readers.inventories import books
from tests.readers.inventories.test_emep_ceip import _HEAD, country
from tests.readers.inventories.test_nfr_template import rows as annex_rows
from tests.readers.inventories.test_nfr_template import written
from tests.readers.inventories.test_reas import _V3, v2

# A file that has lost the line with its version says so; its rows are the same.
_KEY = tuple(name for name in table("inventory").key if name != "version")
# Every kind of damage several times over; the long run has a thousand and more of each format.
_SAMPLE = 40
_LONG = 1200


def _reader(name, **options):
    assert find_format(name)
    return lambda source: read_any(source, name, **options)


def _emep():
    body = country("PL", 2001, [0.2, 1.1]) + country("AT", 2001, [])
    body += ["PL;2001;N14 1A1c;BC;Gg;IE", "PL;2001;N14 1A1a;BC;Gg;0.25"]
    text = _HEAD + "".join(f"{line}\n" for line in body)
    text = text.replace(";1.1\n", ";1.125\n")
    return mutate.TextSample(
        "emep.txt", text, _reader("emep_ceip"), ";", "ISO2", {"YEAR": "年份", "SECTOR": "Sektor"}
    )


def _reas2():
    return mutate.TextSample(
        "REASv2.1_BC__2007_CHN_SHAA.txt", v2().read().decode(), _reader("reas2"),
        words={"HARD_COAL": "原煤", "Fuel Type": "燃料", "SUB_TOTAL": "小计"},
    )  # fmt: skip


def _htap():
    """Return the sample with one provider for each sector.

    Where two add up to one figure, a file that lost the row of one can't be told from a whole.
    """
    kept = [line for line in books.HTAP.splitlines() if not line.endswith(",10.5")]
    return "".join(f"{line}\n" for line in kept)


TEXTS = {
    "emep_ceip": _emep,
    "reas3": lambda: mutate.TextSample(
        "reas.txt", _V3, _reader("reas3"), words={"TOTAL": "合计", "kt/year": "万吨/年"}
    ),
    "reas2": _reas2,
    "gains_emf30": lambda: mutate.TextSample(
        "gains.csv", books.GAINS, _reader("gains_emf30"), ",", '"Region"',
        {"Region": "地区", "EMF30 kt": "EMF30-Sektor", "Unit:": "单位："},
    ),
    "ceds": lambda: mutate.TextSample(
        "BC_CEDS_2021_02_05.csv", books.CEDS, _reader("ceds"), ",", '"em"',
        {"units": "单位", "sector": "Sektor"},
    ),
    "htap3": lambda: mutate.TextSample(
        "HTAPv3_BC.csv", _htap(), _reader("htap3"), ",", '"Data_provider"',
        {"Substance": "物种", "Country": "Land"},
    ),
}  # fmt: skip


def _nfr(folder):
    import openpyxl

    frame = annex_rows({"1A1a": 0.25, "1A4bi": 9.5, "1A1c": "IE", "2C3": "NO", "3F": "NE"})
    book = openpyxl.load_workbook(written(frame, folder))
    [sheet] = book.worksheets
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    kept = {"1A1a", "1A4bi", "1A1c", "2C3", "3F", TOTAL, "1A3di(i)"}
    sheets = {sheet.title: cells[:12] + [row for row in cells[12:] if row[1] in kept]}
    return mutate.WorkbookSample(
        "a.xlsx", sheets, _reader("nfr_template"), {"2018": 10}, {"NFR Code": "类别", "BC": "黑碳"}
    )


BOOKS = {
    "edgar": lambda folder: mutate.WorkbookSample(
        "e.xlsx",
        {"IPCC 2006": books.edgar_rows(), "TOTALS BY COUNTRY": books.edgar_totals()},
        _reader("edgar"),
        {"IPCC 2006": 7, "TOTALS BY COUNTRY": 7},
        {"Substance": "物质", "Country_code_A3": "国家", "Unit:": "单位"},
    ),
    "meic": lambda folder: mutate.WorkbookSample(
        "m.xlsx",
        {"BC": books.meic_rows(), "OC": books.meic_rows("OC")},
        _reader("meic"),
        {"BC": 2, "OC": 2},
        {"Power": "电力", "Industry": "工业"},
    ),
    "nfr_template": _nfr,
}


def run(sample, mutants):
    truth = sample.read(Source(io.BytesIO(_whole(sample)), sample.name))
    verdicts = [(mutant.kind, mutate.judge(sample, mutant, truth, _KEY)) for mutant in mutants]
    words = ("same", "refused", "less", "silent")
    counts = {word: sum(verdict == word for _, verdict in verdicts) for word in words}
    # A harness that refuses or accepts all alike shows nothing.
    assert counts["refused"] > len(verdicts) / 5
    assert counts["same"] + counts["less"] > 0
    return counts


def _whole(sample):
    if isinstance(sample, mutate.TextSample):
        return sample.text.encode()
    return mutate._book(sample.sheets)


@pytest.mark.parametrize("name", TEXTS)
def test_damaged_texts(name):
    sample = TEXTS[name]()
    run(sample, mutate.text_mutants(sample, 1, _SAMPLE))


@pytest.mark.parametrize("name", BOOKS)
def test_damaged_workbooks(name, tmp_path):
    sample = BOOKS[name](tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run(sample, mutate.workbook_mutants(sample, 1, _SAMPLE))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 400 * 1024


@pytest.mark.fuzz
@pytest.mark.parametrize("name", TEXTS)
def test_damaged_texts_at_length(name):
    sample = TEXTS[name]()
    run(sample, mutate.text_mutants(sample, 2, _LONG))


@pytest.mark.fuzz
@pytest.mark.parametrize("name", BOOKS)
def test_damaged_workbooks_at_length(name, tmp_path):
    sample = BOOKS[name](tmp_path)
    run(sample, mutate.workbook_mutants(sample, 2, _LONG))
