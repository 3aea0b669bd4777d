"""Three hundred ways out of SQL, none of which leads out."""

import itertools
from pathlib import Path

import pytest

import bc_inventory as bci
from bc_inventory.release.read.sql import QueryError

READERS = [
    "read_text({0})",
    "read_blob({0})",
    "read_csv({0})",
    "read_csv_auto({0})",
    "read_json({0})",
    "read_json_auto({0})",
    "read_ndjson({0})",
    "read_ndjson_objects({0})",
    "read_parquet({0})",
    "parquet_scan({0})",
    "parquet_metadata({0})",
    "parquet_schema({0})",
    "parquet_file_metadata({0})",
    "parquet_kv_metadata({0})",
    "sniff_csv({0})",
    "glob({0})",
    "sqlite_scan({0}, 't')",
    "iceberg_scan({0})",
    "delta_scan({0})",
    "arrow_scan_dumb({0}, 0, 0)",
    "{0}",
]
PLACES = [
    "{root}/secret.csv",
    "../secret.csv",
    "./../../../secret.csv",
    "emissions/../../../../secret.csv",
    "totals.parquet/../../../../secret.csv",
    "file://{root}/secret.csv",
    "/proc/self/environ",
    "/proc/self/fd/0",
    "/dev/stdin",
    "~/secret.csv",
    "http://127.0.0.1:9/secret.csv",
    "s3://bucket/secret.csv",
    "hf://datasets/a/secret.csv",
]
FORMS = [
    "select * from {0}",
    "with a as (select * from {0}) select * from a",
]


@pytest.fixture(scope="module")
def small_root(releases):
    return Path(releases)


@pytest.fixture(scope="module")
def release(small_root):
    return bci.open_release(root=small_root)


def attempts(root):
    for reader, place, form in itertools.product(READERS, PLACES, FORMS):
        quoted = "'" + place.format(root=root) + "'"
        yield form.format(reader.format(quoted))


@pytest.mark.slow
def test_no_function_reads_anything_but_the_tables(release, small_root):
    secret = small_root.parent / "secret.csv"
    secret.write_text("a_secret_word\n1\n")
    count = 0
    for query in attempts(small_root.parent):
        count += 1
        with pytest.raises(QueryError) as caught:
            release.sql(query)
        assert "a_secret_word" not in str(caught.value), query
    assert count > 300
    assert release.sql("select 1 as one")["one"].tolist() == [1]


@pytest.mark.slow
def test_one_filled_memory_breaks_none_of_the_next(release):
    fill = "select list(a.range || repeat('x', 1000)) from range(30000) a, range(30000) b"
    rows = "select * from range(100000000)"
    for query in [fill, rows] * 3:
        with pytest.raises(QueryError):
            release.sql(query, limit=1000, seconds=20)
        assert release.sql("select count(*) > 0 as there from emissions")["there"].all()
