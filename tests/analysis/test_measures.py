"""Measures on a small emission table, by hand."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bc_inventory.analysis.mitigation.measures import (
    apply_measures,
    emitted,
    joint_share,
    read_measures,
    wedges,
)
from bc_inventory.analysis.mitigation.savings import savings
from bc_inventory.analysis.mitigation.scenario import concerned, drawn_scene
from bc_inventory.errors import DataError
from bc_inventory.reference.paths import data_root
from bc_inventory.schema import check, read_csv
from tests.analysis.frames import emissions

REGIONS = read_csv(data_root() / "regions.csv", "regions")
CHUNK = {"fuel": "hard_coal", "technology": "coal_stove_chunk", "share": 0.8}
BRIQUETTE = {"fuel": "hard_coal", "technology": "coal_stove_briquette", "share": 0.2}


def measure(name, **changed):
    row = {
        "measure": name,
        "name": name,
        "name_zh": name,
        "scope": "*",
        "nfr": "1A4bi",
        "fuel": "hard_coal",
        "technology": "coal_stove_chunk",
        "changes": "activity",
        "to_technology": None,
        "effect": 1.0,
        "effect_lower": 0.8,
        "effect_upper": 1.0,
        "confidence": "assumed",
        "source_id": "x",
        "note": None,
    }
    return row | changed


LIBRARY = check(
    pd.DataFrame(
        [
            measure("clean"),
            measure("briquettes", changes="share", to_technology="coal_stove_briquette"),
            measure("filter", changes="abatement", effect=0.5, effect_lower=0.4),
            measure("better_coal", changes="factor", effect=0.25, effect_lower=0.2),
            measure("poland", scope="PL", changes="factor", effect=0.5, effect_lower=0.4),
        ]
    ),
    "measures",
)


def stoves(region="DE"):
    """80 % chunk at 100 g/GJ and 20 % briquettes at 5 g/GJ of 100 000 TJ: 8 and 0.1 kt."""
    common = {"activity": 100e3, "region": region}
    return emissions(
        common | CHUNK | {"emission_factor": 100.0},
        common | BRIQUETTE | {"emission_factor": 5.0},
    )


def total(frame):
    return frame["emission_kt"].sum()


def product(frame):
    return (
        frame["activity"] * frame["share"] * frame["emission_factor"] * (1 - frame["abatement"])
    ) * 1e-6


@pytest.mark.parametrize(
    ("uptake", "expected"),
    [
        ({"clean": 0.5}, 4.1),
        ({"briquettes": 0.5}, 4.0 + 0.3),
        ({"filter": 1.0}, 4.1),
        ({"better_coal": 1.0}, 6.1),
        ({"clean": 0.5, "filter": 1.0}, 2.1),
        # Half go away, half of the rest change: 2 kt chunk, briquettes 0.1 + 0.1.
        ({"clean": 0.5, "briquettes": 0.5}, 2.0 + 0.2),
        ({"poland": 1.0}, 8.1),
        ({}, 8.1),
    ],
)
def test_one_and_two_measures_by_hand(uptake, expected):
    made = apply_measures(stoves(), LIBRARY, uptake, REGIONS)
    assert total(made) == pytest.approx(expected)
    check(made.astype({"tier": "Int64"}), "emissions")
    assert product(made).tolist() == pytest.approx(made["emission_kt"].tolist())
    assert made["share"].sum() == pytest.approx(1.0)


def test_activity_falls_and_shares_still_add_up():
    made = apply_measures(stoves(), LIBRARY, {"clean": 0.5}, REGIONS).set_index("technology")
    assert made["activity"].tolist() == pytest.approx([60e3, 60e3])
    assert made.loc["coal_stove_chunk", "share"] == pytest.approx(2 / 3)


def test_a_quarter_of_the_drivers_to_half_the_distance_saves_an_eighth():
    """The published regional example: 150 000 commuters, 4.8 million vehicle-km a day."""
    cars = emissions(
        {
            "nfr": "1A3bi",
            "fuel": "gasoline",
            "technology": "car_petrol_euro4",
            "activity": 150_000 * 16 * 2 * 365 / 1e6,
            "activity_unit": "1e6 vehicle_km",
            "emission_factor": 0.001,
            "emission_factor_unit": "g/vehicle_km",
        }
    )
    nearer = measure(
        "nearer_work",
        nfr="1A3bi",
        fuel="gasoline",
        technology="*",
        effect=0.5,
        effect_lower=0.5,
        effect_upper=0.5,
    )
    made = apply_measures(cars, pd.DataFrame([nearer]), {"nearer_work": 0.25}, REGIONS)
    assert made["activity"].iloc[0] == pytest.approx(4.8 * 365 * 7 / 8)
    assert 1 - total(made) / total(cars) == pytest.approx(1 / 8)


def test_a_technology_that_was_not_there_takes_its_factor_from_elsewhere():
    table = pd.concat(
        [stoves().iloc[[0]].assign(share=1.0, emission_kt=10.0, upper_kt=20.0), stoves("PL")],
        ignore_index=True,
    )
    made = apply_measures(table, LIBRARY, {"briquettes": 1.0}, REGIONS)
    came = made[(made["region"] == "DE") & (made["technology"] == "coal_stove_briquette")]
    assert came["emission_kt"].tolist() == pytest.approx([0.5])
    alone = stoves().iloc[[0]]
    with pytest.raises(DataError, match="no row of coal_stove_briquette burning hard_coal"):
        apply_measures(alone, LIBRARY, {"briquettes": 1.0}, REGIONS)


def saved(uptake, **drawn):
    return savings(drawn_scene(stoves(), LIBRARY, uptake, REGIONS, **drawn))


def test_wedges_by_hand():
    """Clean saves 8 alone, filter 4; together 8. By Shapley 6 and 2."""
    made = wedges(saved({"clean": 1.0, "filter": 1.0}))
    made = made.set_index("measure")
    assert made["alone_kt"].to_dict() == pytest.approx({"clean": 8.0, "filter": 4.0})
    assert made["saved_kt"].to_dict() == pytest.approx({"clean": 6.0, "filter": 2.0})


def test_rows_that_no_measure_looks_at_are_left_out():
    """The whole split of what is met, and whoever's factor a technology may take."""
    cars = stoves("FR").assign(nfr="1A3bi", fuel="gasoline", technology=["car_a", "car_b"])
    every = pd.concat([cars, stoves("PL"), stoves("DE")], ignore_index=True)
    in_germany = LIBRARY[LIBRARY["measure"] == "briquettes"].assign(scope="DE")
    made = concerned(every, in_germany, REGIONS)
    assert list(zip(made["region"], made["technology"], strict=True)) == [
        ("PL", "coal_stove_briquette"),
        ("DE", "coal_stove_chunk"),
        ("DE", "coal_stove_briquette"),
    ]


def test_wedges_have_intervals_that_repeat():
    uptake = {"clean": 1.0, "filter": 0.5}
    first = wedges(saved(uptake, draws=300, seed=2))
    again = wedges(saved(uptake, draws=300, seed=2))
    pd.testing.assert_frame_equal(first, again)
    assert (first["lower_kt"] < first["saved_kt"]).all()
    assert (first["saved_kt"] < first["upper_kt"]).all()


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.sampled_from(["clean", "briquettes", "filter", "better_coal"]),
        st.floats(0, 1),
        min_size=1,
    )
)
def test_wedges_add_up_to_the_joint_saving_which_no_sum_of_parts_exceeds(uptake):
    base = stoves()
    together = total(base) - total(apply_measures(base, LIBRARY, uptake, REGIONS))
    made = wedges(saved(uptake))
    assert made["saved_kt"].sum() == pytest.approx(together, abs=1e-9)
    assert together <= made["alone_kt"].sum() + 1e-9


@pytest.mark.parametrize("uptake", [{"cleann": 0.5}, {"clean": 1.5}, {"clean": -0.1}])
def test_a_wrong_uptake_is_refused(uptake):
    with pytest.raises(DataError, match="a measure of the library at 0 to 1"):
        apply_measures(stoves(), LIBRARY, uptake, REGIONS)


def test_the_embedded_library_names_what_exists():
    library = read_measures()
    for column, file in (("nfr", "sectors"), ("fuel", "fuels"), ("technology", "technologies")):
        known = set(read_csv(data_root() / f"{file}.csv", file)[column]) | {"*"}
        assert set(library[column]) <= known
    technologies = set(read_csv(data_root() / "technologies.csv", "technologies")["technology"])
    assert set(library["to_technology"].dropna()) <= technologies
    assert {"clean_heating", "briquettes", "diesel_filters", "fleet_renewal"} <= set(
        library["measure"]
    )


def test_a_share_that_moves_nowhere_is_refused(tmp_path):
    path = tmp_path / "measures.csv"
    LIBRARY.assign(to_technology=None).to_csv(path, index=False)
    with pytest.raises(DataError, match="moves nowhere"):
        read_measures(path)


def share(uptake, draws, by="side"):
    return joint_share(saved(uptake, draws=draws), emitted(stoves(), draws, 0), by=by)


def test_the_joint_share_is_what_all_measures_leave_of_the_emission():
    uptake = {"clean": 1.0, "filter": 1.0}
    made = share(uptake, 200, by="region")
    [row] = made.to_dict("records")
    assert row["region"] == "DE"
    assert row["share"] == pytest.approx(8.0 / 8.1)
    assert row["share_lower"] < row["share"]
    half = share({"clean": 0.5, "briquettes": 0.5}, 10)
    assert half["share"].tolist() == [pytest.approx(5.9 / 8.1)]
    none = share({"poland": 1.0}, 10)
    assert none[["share", "share_lower", "share_upper"]].to_numpy().tolist() == [[0.0, 0.0, 0.0]]


def certain(name, **changed):
    effect = changed.get("effect", 1.0)
    return measure(name, **{"effect_lower": effect, "effect_upper": effect} | changed)


def split_stoves(**changed):
    """Two regions whose stoves burn by one uncertain split with one factor."""
    common = {"activity": 100e3, "emission_factor": 50.0, "factor_id": "one"} | changed
    spread = {"sigma_share": 0.5, "share_lower": 0.1, "share_upper": 0.9}
    weights = ({"share_weight": 0.8}, {"share_weight": 0.2})
    return emissions(
        *(
            common | spread | row | weight | {"region": region, "share_technology": f"t{place}"}
            for region in ("DE", "PL")
            for place, (row, weight) in enumerate(zip((CHUNK, BRIQUETTE), weights, strict=True))
        )
    )


def test_a_share_that_moves_to_another_with_one_factor_saves_nothing_in_any_draw():
    """What is burnt is conserved: the split and the activity are those of where it is from."""
    table = split_stoves()
    library = pd.DataFrame([certain("move", changes="share", to_technology="coal_stove_briquette")])
    drawn = savings(drawn_scene(table, library, {"move": 1.0}, REGIONS, draws=500, seed=1))
    before = emitted(table, 500, 1)[1]
    assert before[0].std() > 0.5
    assert abs(drawn.sets[0][1][frozenset(["move"])]).max() < 1e-5 * before.max()


def test_a_measure_that_halves_every_row_saves_a_half_in_every_draw():
    table = split_stoves(factor_id=None)
    library = pd.DataFrame([certain("half", technology="*", fuel="*", nfr="*", effect=0.5)])
    drawn = savings(drawn_scene(table, library, {"half": 1.0}, REGIONS, draws=500, seed=1))
    for by in ("side", "region"):
        made = joint_share(drawn, emitted(table, 500, 1), by=by)
        numbers = made[["share", "share_lower", "share_upper"]].to_numpy()
        assert numbers == pytest.approx(0.5, abs=1e-6)


def test_no_draw_saves_more_than_is_emitted():
    """Saving all of 8 of 8.1 kt with an interval of a factor: the share stays below one."""
    made = share({"clean": 1.0, "filter": 1.0}, 1000)
    assert 0 <= made["share_lower"].iat[0] <= made["share"].iat[0] <= made["share_upper"].iat[0] < 1


def test_effects_of_one_measure_are_one_draw_with_the_stated_mean_in_any_order():
    """A half (0.2 to 0.6) leans down, so its middle isn't its mean."""
    stated = {"technology": "*", "changes": "factor", "effect": 0.5, "effect_lower": 0.2}
    rows = [
        measure("two", scope=scope, effect_upper=upper, **stated)
        for scope, upper in (("DE", 0.6), ("PL", 0.7))
    ]
    one, other = (
        drawn_scene(
            split_stoves(), pd.DataFrame(order), {"two": 1.0}, REGIONS, draws=2000, seed=3
        ).changes
        for order in (rows, rows[::-1])
    )
    first, second = (change.effect[1:] for change in one)
    assert first.mean() == pytest.approx(0.5, abs=2e-3)
    assert second.mean() == pytest.approx(0.5, abs=2e-3)
    assert (first.argsort() == second.argsort()).all()
    assert [change.effect.tolist() for change in one] == [
        change.effect.tolist() for change in other[::-1]
    ]
