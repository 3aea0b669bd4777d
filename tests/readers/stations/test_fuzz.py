"""Damaged station files give the same values or an error that names the file.

Each mutation stands for something that happens: a transfer cut off, a line lost or
written twice, bytes of another encoding, a header that lies about its counts, a clock
that runs backwards, columns moved. Anything but the project's own errors is a defect, and
so is a value that wasn't in the undamaged file.
"""

import contextlib
import tracemalloc

import numpy as np
import pytest

from bc_inventory.errors import BCInventoryError
from bc_inventory.readers import detect, read_any
from bc_inventory.readers.source import Source

MEMORY = 150_000_000

FILES = {
    "ebas_nasa_ames": ("data/obs-ebas-nasaames-ecoc", "HU0002R.20180109*", {}),
    "ebas_latin": ("data/obs-ebas-nasaames-ecoc", "FR0020R.20171201*", {}),
    "pmf_nasa_ames": ("data/obs-ebas-pmf-absorption", "Melpitz*", {}),
    "ae33": ("data/obs-ae33-raw", "2022_03_AE33-S09-01249.ddat", {}),
    "ma200": ("data/obs-microaeth-raw", "MA200*", {"station": "X", "utc_offset_h": 1}),
    "bc1054": ("data/obs-bc1054-raw", "raw*", {"station": "X", "utc_offset_h": 8}),
    "sunset_ocec": ("data/obs-sunset-ocec", "SLI*", {"station": "X", "utc_offset_h": 8}),
    "aeronet": ("data/obs-aeronet-aod", "aeronet-inv*", {}),
}


def values_of(data):
    """Return all values of a reading, to be looked up."""
    if hasattr(data, "series"):
        return {
            (one.about.bc_type, one.about.wavelength_nm, one.about.size_cut, one.about.part): set(
                zip(
                    one.frame["start"].to_numpy().astype("int64").tolist(),
                    one.frame["value"].fillna(-1e99).tolist(),
                    strict=True,
                )
            )
            for one in data.series
        }
    frame = data.frame if hasattr(data, "frame") else data
    numbers = frame.select_dtypes("number")
    return {name: set(numbers[name].fillna(-1e99).tolist()) for name in numbers}


def cut(rng, data):
    return data[: rng.integers(1, len(data))]


def lose_line(rng, data):
    lines = data.split(b"\n")
    del lines[rng.integers(0, len(lines))]
    return b"\n".join(lines)


def cut_line(rng, data):
    lines = data.split(b"\n")
    at = rng.integers(0, len(lines))
    lines[at] = lines[at][: rng.integers(0, max(len(lines[at]), 1))]
    return b"\n".join(lines)


def twice(rng, data):
    lines = data.split(b"\n")
    at = rng.integers(0, len(lines))
    return b"\n".join([*lines[:at], lines[at], *lines[at:]])


def shuffle_rows(rng, data):
    lines = data.split(b"\n")
    half = len(lines) // 2
    tail = lines[half:-1]
    order = rng.permutation(len(tail))
    return b"\n".join([*lines[:half], *[tail[i] for i in order], lines[-1]])


def foreign_bytes(rng, data):
    at = rng.integers(0, len(data))
    junk = [b"\xff\xfe", b"\x00", b"\xc3\x28", "黑碳".encode("gbk"), b"\x1a", b"\x0c"]
    return data[:at] + junk[rng.integers(0, len(junk))] + data[at:]


def utf16(rng, data):
    return data.decode("latin-1").encode("utf-16")


def lie(rng, data):
    lines = data.split(b"\n")
    at = rng.integers(0, min(40, len(lines)))
    claim = [b"-1", b"1000000000", b"0", b"99999999999999999999", b"1e9"][rng.integers(0, 5)]
    words = lines[at].split()
    if words:
        words[rng.integers(0, len(words))] = claim
    lines[at] = b" ".join(words)
    return b"\n".join(lines)


def huge_header(rng, data):
    line, _, rest = data.partition(b"\n")
    return line + b"x" * 3_000_000 + b"\n" + rest


MUTATIONS = [
    cut,
    lose_line,
    cut_line,
    twice,
    shuffle_rows,
    foreign_bytes,
    utf16,
    lie,
    huge_header,
]
# A lost, cut or doubled line of a header can change what a column means; where it does and
# the file is still read, its values must stand under their own column. These mutations
# can't be told from another, whole file, so only the errors are looked at.
MAY_DIFFER = {lie, lose_line, cut_line, foreign_bytes, twice}


def one(shared, name):
    folder, pattern, options = FILES[name]
    (path,) = (shared / folder).glob(pattern)
    data = path.read_bytes()
    lines = data.split(b"\n")
    # Short, so that many damages fit into seconds; header and rows stay in proportion.
    data = b"\n".join([*lines[:400], b""]) if len(lines) > 400 else data
    return path.name, data, options


def read(path, options):
    source = Source.of(path)
    return read_any(source, detect(source, kind="station").name, **options).data


def fuzz(shared, tmp_path, name, rounds, seed):
    file, data, options = one(shared, name)
    path = tmp_path / file
    path.write_bytes(data)
    whole = values_of(read(path, options))
    rng = np.random.default_rng(seed)
    read_anyway = refused = 0
    for number in range(rounds):
        mutate = MUTATIONS[number % len(MUTATIONS)]
        path.write_bytes(mutate(rng, data))
        try:
            found = values_of(read(path, options))
        except BCInventoryError as error:
            assert file in str(error), (mutate.__name__, error)
            refused += 1
            continue
        read_anyway += 1
        if mutate not in MAY_DIFFER:
            for key, held in found.items():
                assert held <= whole[key], mutate.__name__
    assert refused > 0
    assert read_anyway > 0


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_damaged_files_are_refused_or_read_the_same(shared, tmp_path, name):
    fuzz(shared, tmp_path, name, rounds=27, seed=1)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["ebas_nasa_ames", "ae33", "ma200"])
@pytest.mark.parametrize("claim", [b"-5", b"0", b"1000000000"])
def test_a_claim_in_a_header_costs_no_memory(shared, tmp_path, name, claim):
    file, data, options = one(shared, name)
    lines = data.split(b"\n")
    tracemalloc.start()
    for at in range(0, 20, 3):
        for word in range(min(len(lines[at].split()), 2)):
            words = lines[at].split(b" ")
            words[min(word, len(words) - 1)] = claim
            path = tmp_path / file
            path.write_bytes(b"\n".join([*lines[:at], b" ".join(words), *lines[at + 1 :]]))
            with contextlib.suppress(BCInventoryError):
                read_any(path, detect(path, kind="station").name, **options)
    path.write_bytes(data + b"9" * 3_000_000 + b"\n")
    with contextlib.suppress(BCInventoryError):
        read_any(path, detect(path, kind="station").name, **options)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY


@pytest.mark.shared
@pytest.mark.fuzz
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", range(10))
def test_damaged_files_at_length(shared, tmp_path, name, seed):
    fuzz(shared, tmp_path, name, rounds=300, seed=seed)


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
    from bc_inventory.readers import formats

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
    from bc_inventory.monitoring.marks import names_of
    from bc_inventory.monitoring.qc import marked

    stamps = ["01:00", "02:00", "02:00", "03:00"]
    text = "站点,时间,黑碳(ug/m3)\n" + "".join(f"A,2020-10-25 {t},1\n" for t in stamps)
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    (one,) = read_any(path, utc_offset_h=8, stamp="end", interval_s=3600).data
    assert len(one) == 4
    marks = [names_of(int(m)) for m in marked(one).frame["marks"]]
    assert ["duplicate_time" in m for m in marks] == [False, False, True, False]
