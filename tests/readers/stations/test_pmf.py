"""The pseudo NASA-Ames files of source apportionment have a reader of their own."""

import numpy as np
import pytest

from bc_inventory.errors import DataError
from bc_inventory.readers.registry import detect
from bc_inventory.readers.stations import ebas, pmf

FOLDER = "data/obs-ebas-pmf-absorption"


def parts(shared, station):
    (path,) = (shared / FOLDER).glob(f"{station}*")
    return {(s.about.bc_type, s.about.part): s for s in pmf.read(path).data}


@pytest.mark.shared
def test_check_9_the_strict_reader_refuses_and_the_dedicated_one_reads(shared):
    (path,) = (shared / FOLDER).glob("Melpitz*")
    assert detect(path).name == "pmf_nasa_ames"
    with pytest.raises(DataError, match="pmf_nasa_ames") as caught:
        ebas.read(path)
    assert caught.value.problems[0].row == 1
    found = parts(shared, "Melpitz")
    total = found["eBC", None]
    assert (len(total), len(total.good)) == (2160, 1976)
    assert round(total.mean(), 4) == 0.5155
    assert round(found["b_abs", None].mean(), 4) == 6.9828
    assert total.frame["start"].iloc[0] == np.datetime64("2017-12-01T00:00:00")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("station", "mac"), [("Melpitz", 13.5459), ("Hyytiala", 20.0431), ("MaceHead", 7.7703)]
)
def test_check_10_the_cross_section_is_of_the_site(shared, station, mac):
    found = parts(shared, station)
    ratio = found["b_abs", None].frame["value"] / found["eBC", None].frame["value"]
    assert round(float(ratio.median()), 4) == mac
    assert round(found["eBC", None].about.mac_m2_g, 2) == round(mac, 2)


@pytest.mark.shared
def test_check_10_without_a_cross_section_it_is_an_error(shared, tmp_path):
    (path,) = (shared / FOLDER).glob("Melpitz*")
    copy = tmp_path / "melpitz.nas"
    copy.write_text(path.read_text(encoding="utf-8").replace("MAC_880nm", "MAC"), encoding="utf-8")
    with pytest.raises(DataError, match=r"7\.77 m2/g isn't assumed"):
        pmf.read(copy)


@pytest.mark.shared
def test_a_missing_part_is_not_a_zero(shared):
    found = parts(shared, "Melpitz")
    only_one = found["eBC", "bb"].frame["valid"] ^ found["eBC", "ff"].frame["valid"]
    assert only_one.sum() > 0
    assert not found["eBC", None].frame.loc[only_one, "valid"].any()
