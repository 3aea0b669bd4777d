import io

import pandas as pd
import pytest

from bc_inventory.errors import DataError, SourceError
from bc_inventory.readers import registry
from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import Skipped, detect, find_format, read_all, read_any
from bc_inventory.readers.result import Format, reading


def _format(name, marker, contract="population"):
    def read(origin, species=None):
        source = Source.of(origin)
        frame = pd.DataFrame(
            {
                "region": ["DE"],
                "year": [2018],
                "population": [float(source.text.split()[1])],
                "source_id": ["s"],
                "note": [None],
            }
        )
        return reading(source, name, frame, [Skipped("because", 2, "x")])

    return Format(
        name,
        "activity",
        name,
        contract,
        lambda source: source.head_text.startswith(marker),
        read,
        ("species",),
    )


@pytest.fixture
def two(monkeypatch):
    made = {"one": _format("one", "ab"), "two": _format("two", "abc")}
    monkeypatch.setattr(registry, "formats", lambda kind=None: made)
    return made


def test_the_only_format_that_fits_is_found(two):
    assert detect(io.BytesIO(b"ab 5")).name == "one"


def test_several_fits_are_an_error_that_names_them(two):
    with pytest.raises(SourceError, match=r"fits several formats \(one, two\)"):
        detect(io.BytesIO(b"abc 5"))


def test_no_fit_is_an_error_that_names_what_was_tried(two, tmp_path):
    file = tmp_path / "odd.txt"
    file.write_text("zzz")
    with pytest.raises(SourceError, match=r"odd\.txt: fits none of the 2 .*text that begins"):
        detect(file)


def test_a_packed_file_is_read_as_what_it_holds(tmp_path, monkeypatch):
    import gzip
    import hashlib

    from bc_inventory.readers.io import source as module
    from tests.readers.activity.samples import eurostat_tsv_sample

    plain = eurostat_tsv_sample().text.encode()
    packed = gzip.compress(plain)
    path = tmp_path / "estat_nrg_d_hhq.tsv.gz"
    path.write_bytes(packed)
    made, buffered = read_any(path), read_any(io.BytesIO(packed))
    assert made.report.format == "eurostat_tsv"
    assert made.frame.equals(read_any(io.BytesIO(plain)).frame)
    assert made.frame.equals(buffered.frame)
    assert made.report.sha256 == hashlib.sha256(packed).hexdigest()
    for damaged in (packed[:-200], packed[:40] + b"\0\0" + packed[42:]):
        with pytest.raises(DataError, match="can't be unpacked"):
            Source(io.BytesIO(damaged), "cut.gz")
    monkeypatch.setattr(module, "CONTENT_BYTES", 1 << 21)
    with pytest.raises(DataError, match="at most 2097152"):
        Source(io.BytesIO(gzip.compress(bytes(3 << 20))), "bomb.gz")


def test_an_unknown_file_is_described_by_what_it_begins_with(two):
    from tests.readers.inventories.books import workbook

    book = workbook({"One": [[None, "a table of something"]], "Two": [[1]]})
    with pytest.raises(SourceError, match=r"a workbook \(One, Two\) that begins 'a table of"):
        detect(io.BytesIO(book))
    with pytest.raises(SourceError, match="no text, and begins b'\\\\x7fELF"):
        detect(io.BytesIO(b"\x7fELF\0\0"))


def test_a_misspelt_format_is_answered_with_the_nearest(two):
    with pytest.raises(SourceError, match="Did you mean 'two'"):
        find_format("twoo")


def test_an_empty_or_absent_file_is_refused(two, tmp_path):
    with pytest.raises(DataError, match="an empty file"):
        detect(io.BytesIO(b""))
    with pytest.raises(DataError, match="no such file"):
        detect(tmp_path / "none.txt")


def test_a_reading_is_held_to_the_contract_of_its_format(two):
    with pytest.raises(DataError, match="at least 0"):
        read_any(io.BytesIO(b"ab -5"))


def test_a_key_that_two_files_share_is_refused(two):
    with pytest.raises(DataError, match="each key once"):
        read_all([io.BytesIO(b"ab 5"), io.BytesIO(b"ab 6")])
    with pytest.raises(SourceError, match="no file"):
        read_all([])


def test_the_report_says_what_was_read_and_skipped(two):
    result = read_any(io.BytesIO(b"ab 5"))
    assert result.frame["population"].tolist() == [5.0]
    assert result.report.years == (2018,)
    assert result.report.regions == ("DE",)
    assert "skipped        2 x because (such as x)" in result.report.as_text()


def test_an_option_the_format_does_not_take_is_refused(two):
    with pytest.raises(SourceError, match="takes no option 'colour'"):
        read_any(io.BytesIO(b"ab 5"), colour="red")


def test_a_buffer_and_a_path_give_the_same_checksum(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"abc")
    assert Source(file).sha256 == Source(io.BytesIO(b"abc")).sha256
    assert Source(file).sha256.startswith("ba7816bf")


def test_text_in_another_encoding_names_the_line():
    with pytest.raises(DataError, match="row 2: found bytes that aren't utf-8"):
        _ = Source(io.BytesIO("a\nCôte".encode("latin-1"))).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_with_a_byte_order_mark_reads_alike(encoding):
    assert Source(io.BytesIO("煤\n".encode(encoding))).text == "煤\n"


def test_every_format_is_registered_under_one_name_with_a_known_contract():
    for name, made in registry.formats().items():
        assert made.name == name
        assert made.title and made.contract
