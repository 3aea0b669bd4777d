"""Ways over sea on a small sea that can be followed by hand."""

import json

import numpy as np
import pandas as pd
import pytest

from curation import lanes


def _sea(picture):
    rows = [[cell == "~" for cell in line] for line in reversed(picture.split())]
    return lanes.Sea(west=1900, south=900, open=np.array(rows))


def _port(region, row, column, weight):
    return {
        "region": region,
        "country": "X",
        "lat": (900 + row + 0.5) / 10 - 90,
        "lon": (1900 + column + 0.5) / 10 - 180,
        "weight": weight,
    }


def test_a_way_goes_round_land_and_half_of_it_is_each_ends():
    sea = _sea("~~~~~ ~###~ ~###~")
    ports = pd.DataFrame([_port("A", 0, 0, 0.5), _port("B", 0, 4, 0.2)])
    made = lanes._of_window(sea, ports)
    sums = made.groupby("region")["mass"].sum()
    assert sums.to_dict() == pytest.approx({"A": 0.05, "B": 0.05})
    cells = set(zip(made["j"] - 900, made["i"] - 1900, strict=True))
    assert (0, 0) in cells and (2, 2) in cells and (0, 4) in cells
    assert not cells & {(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3)}


def test_a_knights_move_lies_a_quarter_in_each_of_four_cells():
    sea = _sea("~~~ ~~~")
    ports = pd.DataFrame([_port("A", 0, 0, 1.0), _port("A", 1, 2, 1.0)])
    made = lanes._of_window(sea, ports).set_index(["j", "i"])["mass"]
    assert made.to_dict() == pytest.approx(
        {(900, 1900): 0.25, (900, 1901): 0.25, (901, 1901): 0.25, (901, 1902): 0.25}
    )


def test_a_port_far_inland_and_a_pair_without_a_way_have_no_lane():
    sea = _sea("~#~ ~#~")
    far = _port("C", 40, 0, 1.0)
    pair = [_port("A", 0, 0, 1.0), _port("A", 1, 0, 1.0), _port("B", 0, 2, 1.0), far]
    made = lanes._of_window(sea, pd.DataFrame(pair))
    assert set(made["region"]) == {"A"}


def test_sea_cells_are_those_whose_centre_is_not_land_without_lagoons(tmp_path, monkeypatch):
    monkeypatch.setattr(lanes, "WINDOWS", {"X": (0, 2, 0, 1)})
    monkeypatch.setattr(lanes, "_SMALLEST_SEA", 5)
    # Land over the west degree but for one cell; the east degree is sea.
    ring = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    hole = [[0.2, 0.2], [0.3, 0.2], [0.3, 0.3], [0.2, 0.3], [0.2, 0.2]]
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring, hole]},
    }
    land = tmp_path / "land.geojson"
    land.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    made = lanes.sea_cells(land)
    assert made["j"].tolist() == list(range(900, 910))
    assert made["i_first"].eq(1810).all()
    assert made["i_last"].eq(1819).all()


def test_the_embedded_sea_cells_fill_the_windows():
    sea = lanes.sea_of(lanes.WINDOWS["EU"])
    assert sea.open.shape == (330, 490)
    assert 0.3 < sea.open.mean() < 0.6
    assert not sea.open[int((48.8 + 90) * 10) - sea.south, int((2.3 + 180) * 10) - sea.west]
