"""Damaged files are read to the same values, refused, or read with less, never otherwise."""

import io
import resource

import pytest

from bc_inventory.errors import BCInventoryError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import detect, read_any
from tests.readers.activity import samples
from tests.readers.mutate import _book, binary_mutants, judge, text_mutants, workbook_mutants

EVERY = {**samples.TEXTS, **samples.WORKBOOKS}


def content(sample):
    return sample.text.encode() if hasattr(sample, "text") else _book(sample.sheets)


def whole(sample):
    return sample.read(Source(io.BytesIO(content(sample)), sample.name))


def verdicts(name, seed, count):
    sample = EVERY[name]()
    truth = whole(sample)
    make = text_mutants if name in samples.TEXTS else workbook_mutants
    made = [judge(sample, mutant, truth, samples.KEY) for mutant in make(sample, seed, count)]
    return {verdict: made.count(verdict) for verdict in set(made)}


@pytest.mark.parametrize("name", EVERY)
def test_each_sample_is_recognised_as_its_format_alone_and_read(name):
    sample = EVERY[name]()
    assert detect(Source(io.BytesIO(content(sample)), sample.name)).name == name
    reading = whole(sample)
    assert reading.report.rows > 3


@pytest.mark.parametrize("name", EVERY)
def test_some_damaged_copies(name):
    count = 20 if name == "cui_daily" else 40
    found = verdicts(name, 1, count)
    assert sum(found.values()) == count
    assert found.get("refused", 0) >= count // 4


@pytest.mark.fuzz
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", EVERY)
def test_a_thousand_damaged_copies(name):
    found = verdicts(name, 2, 1000)
    assert sum(found.values()) == 1000
    print(name, found)


@pytest.mark.parametrize("name", ["eurostat_tsv", "gains_activity"])
def test_a_line_of_millions_of_cells_is_refused_before_it_is_split(name):
    sample = EVERY[name]()
    text = sample.text + sample.delimiter * 2_000_000 + "\n"
    with pytest.raises(BCInventoryError, match="a line of 200000"):
        sample.read(Source(io.BytesIO(text.encode()), sample.name))


def _old_workbooks(shared, count):
    """Read damaged copies of a yearbook's .xls; return how many were read and refused."""
    whole = (shared / "data/china-energy-statistical-yearbook-2008/5.xls").read_bytes()
    read = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for mutant in binary_mutants(whole, count, count):
        try:
            reading = read_any(Source(io.BytesIO(mutant.content), "5.xls"), "cesy_balance")
        except BCInventoryError as error:
            assert "5.xls" in str(error)
        else:
            read += 1
            assert reading.report.rows > 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
    return read, count - read


@pytest.mark.shared
def test_damaged_old_workbooks(shared):
    read, refused = _old_workbooks(shared, 80)
    assert read > 0
    assert refused > 20


@pytest.mark.shared
@pytest.mark.fuzz
def test_a_thousand_damaged_old_workbooks(shared):
    print(_old_workbooks(shared, 1000))


def test_a_region_nobody_knows_is_refused_and_not_taken_for_a_group():
    for found, said in (("Xyzzy", "add it to crosswalk"), ("Luxemburg", "'Luxembourg'")):
        gas = samples.eurostat_browser_sample()
        sheets = {
            name: [[found if cell == "Liechtenstein" else cell for cell in row] for row in rows]
            for name, rows in gas.sheets.items()
        }
        with pytest.raises(BCInventoryError, match=f"the region '{found}'.*{said}"):
            gas.read(Source(io.BytesIO(_book(sheets)), gas.name))
    sample = samples.gains_sample()
    with pytest.raises(BCInventoryError, match="the region 'CHIN_MINUS'"):
        read_any(
            Source(io.BytesIO(sample.text.replace("CHIN_PLUS", "CHIN_MINUS").encode()), "g.csv"),
            "gains_activity",
        )
