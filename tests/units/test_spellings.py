"""Every spelling of the table has the reading written there, or is refused."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory import units
from bc_inventory.errors import UnitError
from bc_inventory.units.spelling import normalise

ROWS = [
    tuple(row)
    for row in csv.reader((Path(__file__).parent / "spellings.csv").open(encoding="utf-8"))
][1:]
LIKE = (
    "kt",
    "TJ",
    "TJ_GCV",
    "m3",
    "ug/m3",
    "1/m",
    "m",
    "kg/m2/s",
    "person",
    "g/GJ",
    "s",
    "W",
    "A s",
)


def test_the_table_is_long_enough():
    assert len({spelling for spelling, _, _ in ROWS}) >= 150


@pytest.mark.parametrize(("spelling", "to", "factor"), [row for row in ROWS if row[1]])
def test_it_is_read(spelling, to, factor):
    assert units.factor(spelling, to) == pytest.approx(float(factor), rel=1e-12)
    assert units.factor(to, spelling) == pytest.approx(1 / float(factor), rel=1e-12)


@pytest.mark.parametrize("spelling", [spelling for spelling, to, _ in ROWS if not to])
def test_it_is_refused_whatever_is_wanted(spelling):
    for like in LIKE:
        with pytest.raises(UnitError):
            units.factor(spelling, like)


PREFIXES = ["", "k", "K", "M", "G", "T", "m", "kilo", "mega", "giga", "Kilo", "Mega"]


@given(
    st.sampled_from(PREFIXES), st.sampled_from(["ton", "tons"]), st.sampled_from(["{}", "kg/{}"])
)
def test_a_ton_is_refused_with_every_prefix(prefix, ton, form):
    with pytest.raises(UnitError):
        units.factor(form.format(prefix + ton), "kt" if form == "{}" else "1")


@given(st.integers(1, 10**12), st.sampled_from([" ", "\u00a0", "\u202f", "\u2009", "'"]))
def test_grouped_digits_are_one_number(number, mark):
    grouped = f"{number:,}".replace(",", mark)
    assert units.factor(f"{grouped} t", "t") == pytest.approx(number, rel=1e-14)


@given(st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=2, max_size=4))
def test_digits_parted_by_blanks_never_multiply(groups):
    text = " ".join(groups)
    whole = (
        groups[0][0] != "0" and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    )
    try:
        factor = units.factor(f"{text} t", "t")
    except UnitError:
        assert not whole
    else:
        assert factor == pytest.approx(float("".join(groups)), rel=1e-12)


@given(st.text(max_size=12))
def test_any_text_gives_a_positive_number_or_a_unit_error(text):
    for to in ("kt", "1"):
        try:
            factor = units.factor(text, to)
        except UnitError:
            continue
        assert 0 < factor < float("inf")


@given(st.sampled_from(["kg m-2 s-1", "ug m-3", "Mm-1", "1e-9 kg", "g km-1"]))
def test_every_dash_is_a_minus(unit):
    for dash in "−‐‑‒–—﹣－":
        assert normalise(unit.replace("-", dash)) == normalise(unit)
