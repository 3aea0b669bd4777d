"""Damaged station files give the same values or an error that names the file and line.

Anything but the project's own errors is a defect, and so is a value that wasn't in the
undamaged file. See `tests/readers/damage.py` for the damages and the judge.
"""

import contextlib
import os
import tracemalloc

import pytest

from bc_inventory.errors import BCInventoryError
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import formats, read_any
from tests.readers.damage import judge, text_damages, values_of
from tests.readers.stations.station_texts import TEXTS, sample

MEMORY = 150_000_000
LONG = int(os.environ.get("FUZZ_ROUNDS", "1500"))


def fuzz(shared, tmp_path, name, rounds, seed):
    text, read = sample(shared, name)
    path = tmp_path / text.name
    path.write_bytes(text.content)
    whole = values_of(read(path))
    assert sum(map(len, whole.values())) > 10
    verdicts = []
    for damaged in text_damages(text, seed, rounds):
        path.write_bytes(damaged.content)
        verdicts.append(judge(text.name, damaged, lambda: read(path), whole))
    # A harness that refuses or accepts all alike shows nothing.
    assert {"refused", "same"} <= set(verdicts)
    return {word: verdicts.count(word) for word in set(verdicts)}


def test_every_format_of_text_is_damaged():
    named = {text.partition("_")[0] for text in TEXTS}
    binary = {"ebas_netcdf", "eea_parquet"}  # see test_binary_fuzz.py
    aliases = {"hourly_copollutants": "barcelona", "collocated_ebc_ec": "collocated"}
    for name in formats("station"):
        assert aliases.get(name, name).partition("_")[0] in named or name in binary, name


@pytest.mark.shared
@pytest.mark.parametrize("name", TEXTS)
def test_damaged_files_are_refused_or_read_the_same(shared, tmp_path, name):
    fuzz(shared, tmp_path, name, rounds=30, seed=1)


@pytest.mark.shared
@pytest.mark.fuzz
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("seed", range(2))
def test_damaged_files_at_length(shared, tmp_path, name, seed):
    fuzz(shared, tmp_path, name, rounds=LONG, seed=seed)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["ebas_nasa_ames", "ae33_dat", "ma200"])
@pytest.mark.parametrize("claim", [b"-5", b"0", b"1000000000"])
def test_a_claim_in_a_header_costs_no_memory(shared, tmp_path, name, claim):
    text, read = sample(shared, name)
    path = tmp_path / text.name
    lines = text.content.split(b"\n")
    tracemalloc.start()
    for at in range(0, 20, 3):
        for word in range(min(len(lines[at].split()), 2)):
            words = lines[at].split(b" ")
            words[min(word, len(words) - 1)] = claim
            path.write_bytes(b"\n".join([*lines[:at], b" ".join(words), *lines[at + 1 :]]))
            with contextlib.suppress(BCInventoryError):
                read(path)
    path.write_bytes(text.content + b"9" * 3_000_000 + b"\n")
    with contextlib.suppress(BCInventoryError):
        read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY


def test_columns_moved_with_their_header_give_the_same_values(tmp_path):
    rows = ["site,date_end,bc", "gb1,2020-01-01 01:00:00,1.5", "gb1,2020-01-01 02:00:00,-0.2"]
    moved = [",".join(reversed(row.split(","))) for row in rows]
    values = []
    for number, text in enumerate((rows, moved)):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join([*text, ""]), encoding="utf-8")
        (one,) = read_any(path, "uk_black_carbon").data
        values.append(one.frame["value"].tolist())
    assert values[0] == values[1] == [1.5, -0.2]


def test_columns_moved_without_their_header_are_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("site,date_end,bc\n2020-01-01 01:00:00,gb1,1.5\n", encoding="utf-8")
    with pytest.raises(BCInventoryError) as caught:
        read_any(path, "uk_black_carbon")
    assert (caught.value.problems[0].file, caught.value.problems[0].row) == ("x.csv", 2)


@pytest.mark.parametrize("name", ["x.pkl", "x.csv", "x.nas", "x.parquet", "x.nc", "x.json"])
def test_a_pickle_is_never_opened(tmp_path, name):
    import pickle

    class Trap:
        def __reduce__(self):
            return (exec, ("raise SystemExit('unpickled')",))

    path = tmp_path / name
    path.write_bytes(pickle.dumps({"data": Trap()}))
    with pytest.raises(BCInventoryError):
        read_any(path, kind="station", station="X", utc_offset_h=0)
    for made in formats("station").values():
        with pytest.raises(BCInventoryError):
            made.read(
                Source.of(path),
                **{
                    key: value
                    for key, value in {
                        "station": "X",
                        "utc_offset_h": 0,
                        "stamp": "end",
                        "interval_s": 60,
                        "unit": "ug/m3",
                        "zeros": "missing",
                    }.items()
                    if key in made.options
                },
            )


def test_no_reader_names_pickle(root):
    for folder in ("readers", "monitoring"):
        for path in (root / "bc_inventory" / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "import pickle" not in text
            assert "allow_pickle" not in text
            assert "eval(" not in text.replace("literal_eval(", "")


def test_a_clock_set_back_in_autumn_is_kept_and_counted(tmp_path):
    from bc_inventory.monitoring.quality.flags import names_of
    from bc_inventory.monitoring.quality.tests import flagged

    stamps = ["01:00", "02:00", "02:00", "03:00"]
    text = "站点,时间,黑碳(ug/m3)\n" + "".join(f"A,2020-10-25 {t},1\n" for t in stamps)
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    (one,) = read_any(path, utc_offset_h=8, stamp="end", interval_s=3600).data
    assert len(one) == 4
    marks = [names_of(int(m)) for m in flagged(one).frame["quality_flags"]]
    assert ["duplicate_time" in m for m in marks] == [False, False, True, False]
