"""24:00 is midnight at the end of its day, in every table of stations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bc_inventory.errors import DataError
from bc_inventory.readers.registry import read_any
from tests.outside.test_lines import TABLES


def last_hour(name, stamp, folder):
    """Return the end of the hour that a table stamps so."""
    head, row, options = TABLES[name]
    stamped = row.replace("01:00:00", stamp)
    path = folder / "table.csv"
    path.write_text(head + stamped.format(day=27, value=1.5) + stamped.format(day=28, value=2.5))
    (series,) = read_any(path, **options).data.series
    return series.frame["end"].to_numpy()


@pytest.mark.parametrize("name", TABLES)
def test_it_ends_the_day(name, tmp_path):
    ends = last_hour(name, "24:00:00", tmp_path)
    offset = np.timedelta64(8 if name == "china" else 0, "h")
    expected = np.array(["2015-01-28T00", "2015-01-29T00"], "datetime64[s]") - offset
    assert ends.astype("datetime64[s]").tolist() == expected.tolist()


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("stamp", ["24:00:01", "24:30:00", "25:00:00"])
def test_no_other_hour_is_after_it(name, stamp, tmp_path):
    with pytest.raises(DataError, match="2015-01-27"):
        last_hour(name, stamp, tmp_path)


@pytest.mark.parametrize("name", TABLES)
@given(hour=st.integers(0, 23))
def test_hours_before_it_are_read_as_before(name, hour, tmp_path_factory):
    ends = last_hour(name, f"{hour:02d}:00:00", tmp_path_factory.mktemp("hours"))
    offset = 8 if name == "china" else 0
    midnight = np.datetime64("2015-01-27T00", "s")
    assert ends[0].astype("datetime64[s]") == midnight + np.timedelta64(hour - offset, "h")
