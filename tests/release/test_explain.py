"""Explaining a number: the formula, the sums and what the variance hangs on, by hand."""

import json
import math

import pytest
from click.testing import CliRunner

import bc_inventory as bci
from bc_inventory.commands.explain import explain as command
from bc_inventory.errors import DataError
from bc_inventory.release.explain.explain import explain


@pytest.fixture(scope="module")
def release(small_root):
    return bci.open_release(root=small_root)


@pytest.fixture(scope="module")
def facts(small_root):
    return small_root.parent / "data"


Z95 = 1.959964
# Deviation of efficiency 0.5 (0.4 to 0.6) times penetration 0.4 (0.3 to 0.5): both are 0.1 / 1.96,
# and the variance of the product of independent numbers is a^2 s^2 + b^2 s^2 + s^4.
_ONE = (0.1 / Z95) ** 2
REMOVED = math.sqrt(0.4**2 * _ONE + 0.5**2 * _ONE + _ONE**2)


def half(factor):
    """Return half of the 95 % interval over the value, for a factor either way."""
    return math.sinh(math.log(factor))


def test_a_row_is_told_as_its_formula(release, facts):
    made = explain(release, "河北", "1A4bi", 2018, facts=facts)
    (row,) = made.rows.to_dict("records")
    assert row["formula"] == "1000 TJ x 1 x 100 g/GJ x (1 - 0.2) = 0.08 kt"
    assert (row["factor_lower"], row["factor_upper"]) == pytest.approx((50, 200))
    assert row["flag"] == "e;surrogate"
    assert (row["share_of_total"], row["share_of_variance"]) == pytest.approx((1, 1))
    assert row["abatement_lower"] == pytest.approx(0.2 - Z95 * REMOVED, abs=0.01)
    assert row["abatement_upper"] == pytest.approx(0.2 + Z95 * REMOVED, abs=0.01)


def test_the_parts_of_the_variance_worked_out_by_hand(release, facts):
    made = explain(release, "CN-HE", "1A4bi", 2018, facts=facts)
    by_part = {one["part"]: one for one in made.assumptions}
    expected = {
        "factor": 0.08 * half(2),
        # 0.5 of the coal, 0.4 to 0.6.
        "activity": 0.08 * 0.1 / 0.5,
        # Figures with the flag e are good to 20 %.
        "local": 0.08 * half(1.2),
        "abatement": by_part["abatement"]["half_width_kt"],
    }
    assert expected["abatement"] == pytest.approx(0.08 * Z95 * REMOVED / 0.8, rel=0.01)
    assert {part: one["half_width_kt"] for part, one in by_part.items()} == pytest.approx(expected)
    whole = sum(width**2 for width in expected.values())
    assert made.half_width_kt == pytest.approx(math.sqrt(whole))
    assert by_part["factor"]["share_of_variance"] == pytest.approx(expected["factor"] ** 2 / whole)
    assert [one["part"] for one in made.assumptions] == ["factor", "activity", "local", "abatement"]
    # Without a split there is nothing that the published propagation does otherwise.
    assert made.interval["approach1_upper_kt"] == pytest.approx(0.08 + made.half_width_kt)


def test_an_assumption_leads_to_the_rows_of_the_facts(release, facts):
    made = explain(release, "CN-HE", "1A4bi", 2018, facts=facts)
    by_part = {one["part"]: one for one in made.assumptions}
    (fact,) = by_part["activity"]["facts"]
    assert (fact["table"], fact["row"], fact["note"]) == ("activity_mapping.csv", 3, "half is used")
    assert (by_part["activity"]["confidence"], by_part["activity"]["flags"]) == (
        "assumed",
        ["e", "surrogate"],
    )
    (fact,) = by_part["factor"]["facts"]
    assert (fact["row"], fact["value"], fact["unit"], fact["confidence"]) == (
        4,
        "2",
        "g/kg",
        "high",
    )
    assert by_part["factor"]["confidence"] == "high"
    assert [fact["table"] for fact in by_part["abatement"]["facts"]] == [
        "penetration.csv",
        "abatement.csv",
    ]
    assert {fact["flag"] for fact in by_part["local"]["facts"]} == {"*", "e"}
    brick = explain(release, "CN-HE", "1A2f", 2018, facts=facts)
    (fact,) = next(one for one in brick.assumptions if one["part"] == "local")["facts"]
    # The driver's share of 2008 is held for 2018.
    assert (fact["table"], fact["value"], fact["year"]) == ("region_shares.csv", "0.3", "2008")
    assert made.facts_absent == []


def test_facts_that_did_not_make_the_release_are_not_quoted(release, facts, tmp_path):
    text = (facts / "emission_factors.csv").read_text()
    (tmp_path / "emission_factors.csv").write_text(text.replace(",2,1,4,", ",3,1,4,"))
    made = explain(release, "CN-HE", "1A4bi", 2018, facts=tmp_path)
    assert "emission_factors.csv" in made.facts_absent
    by_part = {one["part"]: one for one in made.assumptions}
    assert by_part["factor"]["facts"] == []
    assert by_part["factor"]["confidence"] is None
    # The activity's confidence is in the release itself.
    assert by_part["activity"]["confidence"] == "assumed"


def test_a_split_stays_a_split(release):
    """What stoves gain pellet boilers lose.

    Between all wood in the one and all in the other lie 0.08 and 0.008 kt; the half width of the
    share is 0.1, and the scores of the two shares make equal parts of its variance. The slope at
    the middle is a little above that of the interval.
    """
    made = explain(release, "DE", "1A4bi", 2018)
    shares = [one for one in made.assumptions if one["part"] == "share"]
    expected = (0.08 - 0.008) * 0.1 / math.sqrt(2)
    widths = [one["half_width_kt"] for one in shares]
    assert widths == pytest.approx([expected, expected], rel=0.03)
    assert [one["rows"] for one in shares] == [1, 1]
    # Both technologies burn the same wood: 10 % of the sum, not of each in squares.
    local = next(one for one in made.assumptions if one["part"] == "local")
    assert local["half_width_kt"] == pytest.approx(0.044 * half(1.1))
    assert local["rows"] == 2


@pytest.mark.parametrize(
    ("region", "sector"),
    [(None, None), ("EU", None), ("CN", "C"), ("DE", "1A4"), (None, "1A4bi"), ("CN-HE", "1A2f")],
)
@pytest.mark.parametrize("factor_set", ["harmonised", "official"])
def test_the_number_is_that_of_a_query(release, region, sector, factor_set):
    made = explain(release, region, sector, 2018, factor_set=factor_set)
    rows = release.emissions(region, sector, 2018, factor_set=factor_set)
    assert made.emission_kt == rows["emission_kt"].sum()
    assert len(made.rows) == rows["emission_kt"].notna().sum()
    assert made.rows["share_of_total"].sum() == pytest.approx(1, abs=1e-12)
    assert made.rows["share_of_variance"].sum() == pytest.approx(1, abs=1e-12)
    assert sum(one["share_of_variance"] for one in made.assumptions) == pytest.approx(1, abs=1e-12)


def test_what_the_number_leaves_out_is_named(release):
    made = explain(release, "DE", None, 2018)
    assert made.without_figure[["nfr", "notation_key"]].to_numpy().tolist() == [["1A2f", "NE"]]


def call(small_root, *words):
    return CliRunner().invoke(command, [*words, "--releases", str(small_root)])


def test_the_command_prints_it_and_json_holds_the_same(small_root, release, facts):
    words = ("--region", "Hebei", "--sector", "1A4bi", "--year", "2018", "--facts", str(facts))
    done = call(small_root, *words)
    assert done.exit_code == 0, done.output
    assert "1000 TJ x 1 x 100 g/GJ x (1 - 0.2) = 0.08 kt" in done.output
    assert "emission_factors.csv row 4 2 (1-4) g/kg [s]" in done.output
    assert "half is used" in done.output
    parsed = json.loads(call(small_root, *words, "--json").stdout)
    assert parsed == explain(release, "Hebei", "1A4bi", 2018, facts=facts).to_dict()
    assert parsed["rows"][0]["ncv_id"] == "ncv-coal"


def test_what_is_not_shown_is_summed(small_root, tmp_path):
    done = call(small_root, "--year", "2018", "--top", "1")
    assert "and 3 more rows: 0.074 kt, 48.1% of the total" in done.stdout
    # The release brings the tables of its overlay; another folder may not have them.
    assert "not at hand" not in done.stdout
    elsewhere = call(small_root, "--year", "2018", "--facts", str(tmp_path))
    assert "Notes and confidence not at hand for: activity_mapping.csv" in elsewhere.stdout


def test_an_unknown_name_is_an_error_with_a_suggestion(small_root, release):
    with pytest.raises(DataError, match="Did you mean 'Hebei'"):
        explain(release, "Hebie", "1A4bi", 2018)
    with pytest.raises(DataError, match="1A4bi"):
        explain(release, "Hebei", "1A4bx", 2018)
    with pytest.raises(DataError, match="2018"):
        explain(release, "Hebei", "1A4bi", 2017)
    with pytest.raises(DataError, match="no memo items"):
        explain(release, "Hebei", "1A4bi", 2018, memo=True)
    assert isinstance(call(small_root, "--region", "Hebie", "--year", "2018").exception, DataError)
