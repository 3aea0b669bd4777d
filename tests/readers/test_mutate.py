"""The harness finds the readers it is there to find."""

import io

import pandas as pd
import pytest

from bc_inventory.errors import DataError, Problem
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.result import reading
from tests.readers import mutate

_TEXT = "region,year,value\nDE,2015,1234.5\nPL,2015,0.25\nFR,2015,7.125\n"
_KEY = ["region", "year"]


def _sample(parse):
    def read(source):
        lines = [line.split(",") for line in source.text.splitlines() if line.strip()]
        try:
            names, rows = lines[0], lines[1:]
            frame = pd.DataFrame(
                [dict(zip(names, row, strict=True)) for row in rows], columns=names
            )
            frame["value"] = [float(parse(cell)) for cell in frame["value"]]
            frame["year"] = frame["year"].astype(int)
        except (ValueError, KeyError, IndexError) as error:
            raise DataError([Problem(str(error), "a table")]) from error
        if frame.duplicated(_KEY).any() or not source.text.endswith("\n"):
            raise DataError([Problem("a row twice or a cut line", "whole rows")])
        return reading(source, "x", frame[["region", "year", "value"]])

    return mutate.TextSample("a.csv", _TEXT, read, ",", "region", {"value": "数值"})


def _run(sample, count=200):
    truth = sample.read(Source(io.BytesIO(sample.text.encode()), "a.csv"))
    return [
        mutate.judge(sample, mutant, truth, _KEY)
        for mutant in mutate.text_mutants(sample, 1, count)
    ]


def test_a_reader_that_takes_all_that_python_takes_is_found():
    # Among them 1_000.5 and figures of other scripts.
    with pytest.raises(AssertionError, match="values are different"):
        _run(_sample(float), 600)


def test_a_reader_that_takes_what_is_no_number_for_zero_is_found():
    def lax(cell):
        try:
            return float(cell)
        except ValueError:
            return 0.0

    with pytest.raises(AssertionError):
        _run(_sample(lax), 600)


def test_a_reader_that_crashes_is_found():
    def crash(cell):
        return 1 / 0 if cell == "-" else cell

    with pytest.raises(ZeroDivisionError):
        _run(_sample(crash), 600)


def test_the_same_seed_gives_the_same_mutants():
    sample = _sample(float)
    first, second = (
        [mutant.content for mutant in mutate.text_mutants(sample, 5, 60)] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) > 40
