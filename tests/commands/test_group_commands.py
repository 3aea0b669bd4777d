"""Decomposing, reviewing, nesting and targets, as the shell calls them."""

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from bc_inventory.commands.decompose import decompose
from bc_inventory.commands.evidence import evidence
from bc_inventory.commands.nest import nest
from bc_inventory.commands.review import review
from bc_inventory.commands.targets import targets
from bc_inventory.errors import DataError

MINE = """target_id,name,name_zh,scope,species,kind,base_year,target_year,reduction_lower,\
reduction_upper,path,confidence,source_id,note
mine,A path of our own,,EU,BC,illustration,2013,2030,0.5,0.6,exponential,assumed,bcinv-targets,
"""


def call(command, *words):
    done = CliRunner().invoke(command, list(map(str, words)))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_two_sides_are_taken_apart_and_the_parts_add_up(releases, tmp_path):
    file = tmp_path / "parts.csv"
    done = call(decompose, "side=EU", "side=CN", "--to", file, "--releases", releases)
    assert "Computed now" not in done.output
    ends = [float(line.split()[1].replace(",", "")) for line in done.output.splitlines()
            if line.startswith("side=")]  # fmt: skip
    parts = pd.read_csv(file)
    assert parts["part_kt"].sum() == pytest.approx(ends[1] - ends[0], abs=0.011)
    assert {"lower_kt", "upper_kt"} <= set(parts)
    back = tmp_path / "back.csv"
    done = call(decompose, "side=CN", "side=EU", "--to", back, "--releases", releases)
    assert "Computed now with side=CN and side=EU, by nfr, lmdi, 100 draws" in done.output
    swapped = pd.read_csv(back).merge(parts, on=["nfr", "head"], suffixes=("_back", ""))
    assert (swapped["part_kt_back"] + swapped["part_kt"]).abs().max() < 1e-9


def test_factor_sets_of_a_side_differ_within_regions(releases):
    words = ("side=EU,set=harmonised", "side=EU,set=official")
    assert "emission_factor" in call(decompose, *words, "--releases", releases).output


@pytest.mark.parametrize("text", ["EU", "place=EU", "side=", "side=EU,side=CN"])
def test_a_selector_says_what_it_expects(releases, text):
    done = call(decompose, text, "side=CN", "--releases", releases)
    assert done.exit_code == click.UsageError.exit_code
    assert "side, region, year, set, release" in " ".join(done.output.split())


def test_a_year_that_is_not_there(releases):
    with pytest.raises(DataError, match=r"the year 1999; expected one of 2018"):
        call(decompose, "year=1999", "year=2018", "--releases", releases)


def test_a_review_passes_and_looks(releases, tmp_path):
    book = tmp_path / "r.xlsx"
    done = call(review, "--releases", releases, "--to", book)
    assert done.exit_code == 0
    assert "untested time series without breaks: one year, no series" in done.output
    assert "key categories, Germany, level, approach 2" in done.output
    sheets = pd.read_excel(book, sheet_name=None, engine="calamine")
    wanted = {"review_checks", "completeness", "implied_factors", "series_breaks", "key_categories"}
    assert wanted <= set(sheets)
    assert "Computed now" not in done.output
    looks = "\nlook " in "\n" + done.output
    assert call(review, "--releases", releases, "--strict").exit_code == int(looks)


def test_evidence_lists_what_is_assumed_largest_first(releases, tmp_path):
    """Half of the bricks' and wood's split and all of the coal's mapping are assumed."""
    book = tmp_path / "e.xlsx"
    done = call(evidence, "--releases", releases, "--to", book)
    assert done.exit_code == 0
    assert "Computed now" not in done.output
    assert "m-coal (assumed, s): a statistic or survey of the activity" in done.output
    sheets = pd.read_excel(book, sheet_name=None, engine="calamine")
    facts = sheets["evidence_open"].rename(columns=lambda name: name.partition(" ")[0])
    coal = facts[facts["fact"] == "m-coal"].iloc[0]
    assert coal["emission_kt"] == pytest.approx(0.080)
    assert coal["share"] == pytest.approx(0.080 / 0.110)
    assert facts["emission_kt"].is_monotonic_decreasing
    one = call(evidence, "--releases", releases, "--sector", "B_Industry")
    assert "Hebei: share of emission" in one.output
    assert "m-coal" not in one.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--year", 1999), "the year 1999; expected one of 2018"),
        (("--sector", "B_Industri"), "Did you mean 'B_Industry'"),
    ],
)
def test_evidence_of_what_is_not_there(releases, words, message):
    with pytest.raises(DataError, match=message):
        call(evidence, *words, "--releases", releases)


def test_claims_of_a_file_and_those_that_ship(releases, tmp_path):
    shipped = call(nest, "--releases", releases)
    assert "alternative: sichuan-guideline claims the same as sichuan-reas" in shipped.output
    file = tmp_path / "claims.csv"
    file.write_text(
        "claim,name,name_zh,inside,kind,year,region,sector,species,emission_kt,notation_key,"
        "confidence,source_id,note\n"
        "nation,N,,,area,2018,CN,1A2c,BC,10,,high,me,\n"
        "plant,P,,nation,point,2018,town,1A2c,BC,12,,high,me,\n"
    )
    done = call(nest, file, "--to", tmp_path / "own.csv")
    assert "Computed now with the claims of claims.csv" in done.output
    assert "exceeds: claims inside nation hold 2 kt more than it does" in done.output
    own = pd.read_csv(tmp_path / "own.csv").set_index("claim")["remaining_kt"]
    assert own.to_dict() == {"nation": 0.0, "plant": 12.0}
    file.write_text(file.read_text().replace(",nation,point", ",natin,point"))
    with pytest.raises(DataError, match="Did you mean 'nation'"):
        call(nest, file)


def test_a_pathway_of_ones_own_and_what_measures_would_change(releases, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(MINE)
    done = call(targets, "--targets", file, "--releases", releases)
    assert "EMEP-CEIP 2025-01-20" in done.output
    assert "behind" in done.output
    table = tmp_path / "gap.csv"
    words = ("field_burning_ban=0.5", "--targets", file, "--to", table)
    done = call(targets, *words, "--releases", releases)
    gap = pd.read_csv(table)
    assert (gap["gap_after_kt"] <= gap["gap_kt"]).all()
    assert (gap["gap_after_lower_kt"] <= gap["gap_after_upper_kt"]).all()
    assert "emission gap, kt" in done.output
    assert "Computed now with field_burning_ban=0.5, harmonised factors, mine.csv" in done.output
    assert call(targets, "field_burning_ban=x", "--releases", releases).exit_code == 2
    with pytest.raises(DataError, match="a measure of the library at 0 to 1"):
        call(targets, "field_burning_ban=2", "--releases", releases)
