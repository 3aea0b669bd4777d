"""Attributes in the titles of EBAS variables are split as the format quotes them."""

import pytest

from bc_inventory.readers.stations._ames import read_variable


@pytest.mark.parametrize(
    ("title", "attributes"),
    [
        ('bc, ug/m3, Matrix=pm1, "Comment=x, Matrix=pm10"', {"Matrix": "pm1"}),
        ('bc, ug/m3, Comment="x, Matrix=pm10, y", Matrix=pm1', {"Matrix": "pm1"}),
        ('bc, ug/m3, Statistics=arithmetic mean, Comment="a, Statistics=median"',
         {"Statistics": "arithmetic mean"}),
        ('bc, ug/m3, Matrix=pm1, Comment=5" inlet, Location=x',
         {"Matrix": "pm1", "Location": "x"}),
    ],
)  # fmt: skip
def test_a_title_is_split_as_the_format_quotes_it(title, attributes):
    read = read_variable(title, "9", 1.0, 1)
    assert read.unit == "ug/m3"
    assert {key: read.attributes[key] for key in attributes} == attributes
