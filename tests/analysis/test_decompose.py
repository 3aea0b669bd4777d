"""Differences of emission tables, by head."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.analysis.decomposition.decompose import HEADS, decompose, waterfall
from bc_inventory.errors import DataError
from tests.analysis.frames import emissions

COAL = {"fuel": "hard_coal"}


def by_head(parts):
    return parts.groupby("head")["part_kt"].sum().reindex(HEADS)


def two_by_two():
    """Two fuels, two tables: 6 + 2 kt become 2.4 + 4.5 kt."""
    base = emissions(
        COAL | {"activity": 60e3, "emission_factor": 100.0},
        {"activity": 40e3, "emission_factor": 50.0},
    )
    other = emissions(
        COAL | {"activity": 30e3, "emission_factor": 80.0},
        {"activity": 90e3, "emission_factor": 50.0},
    )
    return base, other


def test_two_by_two_by_hand():
    """L(coal) = 3.6/ln 2.5 = 3.928888, L(wood) = 2.5/ln 2.25 = 3.082880.

    activity   (3.928888 + 3.082880) x ln 1.2                        =  1.278397
    fuel mix   3.928888 x ln(0.25/0.6) + 3.082880 x ln(0.75/0.4)     = -1.501690
    factor     3.928888 x ln 0.8                                     = -0.876706
    """
    parts = by_head(decompose(*two_by_two()))
    assert parts["activity"] == pytest.approx(1.278397, abs=2e-6)
    assert parts["fuel_mix"] == pytest.approx(-1.501690, abs=2e-6)
    assert parts["emission_factor"] == pytest.approx(-0.876706, abs=2e-6)
    assert parts[["technology_mix", "abatement", "coverage", "combined"]].tolist() == [0, 0, 0, 0]
    assert parts.sum() == pytest.approx(6.9 - 8.0, abs=1e-12)


def test_abatement_and_technology_are_heads_of_their_own():
    base = emissions(
        {"activity": 100.0, "share": 0.5, "technology": "stove", "emission_factor": 80.0},
        {"activity": 100.0, "share": 0.5, "technology": "boiler", "emission_factor": 80.0},
    )
    more_boilers = emissions(
        {"activity": 100.0, "share": 0.25, "technology": "stove", "emission_factor": 80.0},
        {"activity": 100.0, "share": 0.75, "technology": "boiler", "emission_factor": 80.0},
    )
    # With equal factors a shift of technology changes nothing.
    assert by_head(decompose(base, more_boilers))["technology_mix"] == pytest.approx(0, abs=1e-15)
    filtered = base.assign(abatement=0.5, emission_kt=base["emission_kt"] / 2)
    parts = by_head(decompose(base, filtered))
    assert parts["abatement"] == pytest.approx(-0.5 * base["emission_kt"].sum())
    assert parts.drop("abatement").abs().max() < 1e-15


def test_what_one_table_lacks_is_coverage_and_what_does_not_occur_is_activity():
    base = emissions(
        {"activity": 100.0, "emission_factor": 80.0},
        {
            "nfr": "3F",
            "fuel": "crop_residue_field",
            "activity": 10.0,
            "activity_unit": "kt",
            "emission_factor": 0.5,
            "emission_factor_unit": "g/kg",
        },
    )
    silent = base[base["nfr"] == "1A4bi"]
    burnt = base.loc[base["nfr"] == "3F", "emission_kt"].iloc[0]
    assert by_head(decompose(base, silent))["coverage"] == pytest.approx(-burnt)

    def keyed(key):
        empty = {"nfr": "3F", "fuel": "crop_residue_field", "notation_key": key, "share": None}
        return pd.concat([silent, emissions(empty)], ignore_index=True)

    assert by_head(decompose(base, keyed("NE")))["coverage"] == pytest.approx(-burnt)
    assert by_head(decompose(base, keyed("NO")))["activity"] == pytest.approx(-burnt)


def test_a_fuel_that_is_named_unknown_is_not_a_zero_of_the_mix():
    base, _ = two_by_two()
    wood = base[base["fuel"] == "fuelwood"]
    unknown = emissions(COAL | {"notation_key": "NE", "share": None})
    parts = by_head(decompose(base, pd.concat([wood, unknown], ignore_index=True)))
    assert parts["coverage"] == pytest.approx(-6.0)
    parts = by_head(decompose(base, wood))
    # Shares of 0.6 and 0.4 become 0 and 1 of a smaller activity.
    assert parts["coverage"] == 0
    assert parts["fuel_mix"] == pytest.approx(-6.0 + 2 * np.log(2.5))
    assert parts["activity"] == pytest.approx(2 * np.log(0.4))


def test_activity_that_cannot_meet_is_combined():
    base = emissions(COAL | {"activity": 60e3, "emission_factor": 100.0})
    other = emissions(
        COAL
        | {
            "activity": 2e3,
            "activity_unit": "kt",
            "emission_factor": 2.0,
            "emission_factor_unit": "g/kg",
        }
    )
    parts = by_head(decompose(base, other))
    assert parts["combined"] == pytest.approx(4.0 - 6.0)
    assert parts.drop("combined").abs().max() == 0
    total_only = base.assign(activity=np.nan, emission_factor=np.nan, emission_kt=5.0)
    assert by_head(decompose(base, total_only))["combined"] == pytest.approx(-1.0)


def test_rows_that_share_a_draw_cancel_in_the_interval():
    base, _ = two_by_two()
    same_factor = base.assign(activity=base["activity"] * 2, emission_kt=base["emission_kt"] * 2)
    parts = decompose(base, same_factor, draws=400, seed=3).set_index("head")
    # One factor on both sides: its uncertainty can't make a part of its own.
    assert parts.loc["emission_factor", ["lower_kt", "upper_kt"]].abs().max() < 1e-12
    activity = parts.loc["activity"]
    assert activity["lower_kt"] < activity["part_kt"] == pytest.approx(8.0)
    assert activity["upper_kt"] > 8.0
    again = decompose(base, same_factor, draws=400, seed=3).set_index("head")
    pd.testing.assert_frame_equal(parts, again)


def test_memo_items_stay_out():
    base, other = two_by_two()
    ship = emissions({"nfr": "1A3di(i)", "memo": True, "activity": 1e6, "emission_factor": 10.0})
    parts = decompose(base, pd.concat([other, ship], ignore_index=True))
    assert parts["part_kt"].sum() == pytest.approx(-1.1)


def test_a_table_with_two_years_is_refused():
    base, other = two_by_two()
    both = pd.concat([base, base.assign(year=2019)])
    with pytest.raises(DataError, match="2 values of year in the base table; expected one year"):
        decompose(both, other)


def test_waterfall_runs_from_one_total_to_the_other():
    base, other = two_by_two()
    bars = waterfall(decompose(base, other), 8.0)
    assert bars["start_kt"].iloc[0] == pytest.approx(8.0)
    assert bars["end_kt"].iloc[-1] == pytest.approx(6.9)
    assert (bars["start_kt"].iloc[1:].to_numpy() == bars["end_kt"].iloc[:-1].to_numpy()).all()


row = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["DE", "PL"]),
        "nfr": st.sampled_from(["1A4bi", "1A2gviii"]),
        "fuel": st.sampled_from(["fuelwood", "hard_coal", "lignite"]),
        "technology": st.sampled_from(["stove", "boiler"]),
        "activity": st.one_of(st.just(0.0), st.floats(1.0, 1e5)),
        "activity_unit": st.just("TJ"),
        "emission_factor": st.one_of(st.just(0.0), st.floats(0.1, 300.0)),
        "abatement": st.one_of(st.just(1.0), st.floats(0.0, 0.99)),
        "notation_key": st.sampled_from([None, None, None, "NE", "NO", "IE"]),
    }
)


def _table(rows):
    unique = {(r["region"], r["nfr"], r["fuel"], r["technology"]): r for r in rows}
    keyed = [
        {k: v for k, v in r.items() if k in {"region", "nfr", "fuel", "technology", "notation_key"}}
        | {"share": None, "abatement": None}
        if r["notation_key"]
        else r
        for r in unique.values()
    ]
    return emissions(*keyed)


@settings(max_examples=40)
@given(
    st.lists(row, min_size=1, max_size=10),
    st.lists(row, min_size=1, max_size=10),
    st.sampled_from(["lmdi", "shapley"]),
    st.sampled_from([("nfr",), ("region", "nfr"), ("region", "nfr", "fuel")]),
)
def test_parts_sum_and_signs_flip(first, second, method, by):
    base, other = _table(first), _table(second)
    parts = decompose(base, other, by=by, method=method)
    difference = other["emission_kt"].sum() - base["emission_kt"].sum()
    assert parts["part_kt"].sum() == pytest.approx(difference, abs=1e-9)
    back = decompose(other, base, by=by, method=method)
    merged = parts.merge(back, on=[*by, "head"], suffixes=("", "_back"))
    assert len(merged) == len(parts)
    assert (merged["part_kt"] + merged["part_kt_back"]).abs().max() < 1e-9 or merged.empty


def test_drawn_parts_are_the_draws_of_the_published_totals():
    """The interval of a difference from nothing is the interval of the total itself."""
    from bc_inventory.inventory.draws import draw

    base, other = two_by_two()
    nothing = base.iloc[:0].pipe(
        lambda empty: pd.concat(
            [empty, emissions({"nfr": "3F", "notation_key": "NE", "share": None})]
        )
    )
    parts = decompose(nothing, other, draws=500, seed=7).set_index("head")
    _, sums = draw(other, ["side"], 500, 7)
    expected = np.quantile(sums[:, 0], [0.025, 0.975])
    found = parts.loc["coverage", ["lower_kt", "upper_kt"]].to_numpy(float)
    assert found == pytest.approx(expected, rel=1e-5)


def test_cells_can_be_summed_with_their_draws():
    base, other = (frame.assign(sigma_local=0.0) for frame in two_by_two())
    second = [frame.assign(region="PL") for frame in (base, other)]
    pair = [
        pd.concat([frame, more], ignore_index=True)
        for frame, more in zip((base, other), second, strict=True)
    ]
    cells = decompose(*pair, by=("region", "nfr"), draws=100, seed=1)
    whole = decompose(*pair, by=("region", "nfr"), keep=(), draws=100, seed=1).set_index("head")
    by_nfr = decompose(*pair, by=("region", "nfr"), keep=("nfr",), draws=100, seed=1)
    assert whole["part_kt"].to_dict() == pytest.approx(by_head(cells).to_dict())
    assert by_nfr.set_index("head")["upper_kt"].tolist() == whole["upper_kt"].tolist()
    # Without errors of their own both regions share every draw, so the interval of the sum is
    # twice that of one.
    one = cells[cells["region"] == "DE"].set_index("head")
    assert whole["upper_kt"].to_numpy() == pytest.approx(2 * one["upper_kt"].to_numpy())
