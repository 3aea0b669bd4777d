"""SQL over a release: answers, and everything that is refused or bounded."""

import time

import pytest

import bc_inventory as bci
from bc_inventory.release.read.sql import QueryError, Sql


@pytest.fixture(scope="module")
def release(small_root):
    return bci.open_release(root=small_root)


def test_a_select_is_answered(release):
    made = release.sql(
        "select side, sum(emission_kt) as kt from emissions "
        "where factor_set = 'harmonised' and not memo group by side order by side"
    )
    assert made["side"].tolist() == ["CN", "EU"]
    assert made["kt"].tolist() == pytest.approx([0.11, 0.044])


def test_every_table_is_a_view(release):
    assert set(release.sql("show tables")["name"]) == set(release.tables)


FILE = "/etc/passwd"
REFUSED = {
    "writes": "create table t as select 1",
    "inserts": "insert into emissions select * from emissions",
    "inserts in a CTE": "with t as (insert into emissions select 1 returning 1) select * from t",
    "updates": "update emissions set emission_kt = 0",
    "drops": "drop view emissions",
    "copies out": "copy emissions to '/tmp/stolen.csv'",
    "exports": "export database '/tmp/stolen'",
    "attaches": "attach '/tmp/other.db'",
    "reads text": f"select * from read_text('{FILE}')",
    "reads bytes": f"select * from read_blob('{FILE}')",
    "reads a csv": f"select * from read_csv('{FILE}')",
    "reads by name": f"select * from '{FILE}'",
    "lists files": "select * from glob('/etc/*')",
    "sniffs": f"select * from sniff_csv('{FILE}')",
    "reads the network": "select * from read_csv('http://127.0.0.1:9/x')",
    "reads s3": "select * from read_parquet('s3://bucket/x.parquet')",
    "installs": "install httpfs",
    "loads": "load httpfs",
    "sets": "set enable_external_access = true",
    "resets": "reset lock_configuration",
    "pragmas": "pragma database_list",
    "calls": "call pragma_version()",
    "two statements": "select 1; select 2",
    "a statement behind a comment": "select 1 /* */; drop view emissions --",
    "nothing": "",
    "only a comment": "-- nothing",
    "not SQL": "give me everything",
    "no table": "select * from emisions",
    "python variables": "select * from release",
    "a NUL": "select 1\0",
    "very long": "select " + "1," * 20_000 + "1",
    "very deep": "select " + "(" * 9_000 + "1" + ")" * 9_000,
    "a billion rows": "select * from range(1000000000)",
    "a product": "select * from emissions, range(100000) a, range(100000) b",
    "a large list": "select list(range) from range(1000000000)",
    "a large text": "select repeat('x', 4000000000)",
    "large texts": "select repeat('x', 100000000) from range(100)",
    "a large join of texts": "select array_to_string(range(300000000), ',')",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(release, name):
    with pytest.raises(QueryError, match=r"refused|stopped"):
        release.sql(REFUSED[name], limit=100_000, seconds=20)
    assert release.sql("select 1 as one")["one"].tolist() == [1]


@pytest.mark.parametrize(
    "query",
    [
        "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t",
        "select count(*) from range(100000) a, range(100000) b, range(10000) c",
        "select levenshtein(repeat('a', 100000), repeat('b', 100000))",
        "select sleep_ms(60000)",
    ],
    ids=["recursion", "a product", "one long function", "sleep"],
)
def test_a_loop_ends_when_its_time_is_up(release, query):
    release.sql("select 1")  # the process is there, so that its start doesn't count
    started = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.5 s"):
        release.sql(query, seconds=0.5)
    assert time.monotonic() - started < 5
    assert release.sql("select 1 as one")["one"].tolist() == [1]


def test_the_limit_counts_rows(release):
    assert len(release.sql("select * from range(10)", limit=10)) == 10
    with pytest.raises(QueryError, match="more than 9 rows"):
        release.sql("select * from range(10)", limit=9)


def test_the_tables_are_as_they_were(release):
    from bc_inventory.release.store.verify import verify_folder

    assert verify_folder(release.path)["version"] == release.version


def test_nothing_of_the_current_folder_or_the_environment_is_run(small_root, tmp_path, monkeypatch):
    for name in ("duckdb", "pyarrow", "json", "sitecustomize", "usercustomize", "resource"):
        (tmp_path / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write('{name}')"
        )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert bci.open_release(root=small_root.absolute()).sql("select 1 as a")["a"].tolist() == [1]
    assert not (tmp_path / "ran").exists()


def test_a_query_that_fills_memory_leaves_the_next_ones_alone(release):
    greedy = (
        "select list(a.emission_kt order by b.emission_kt) from emissions a, emissions b, "
        "range(100000) c"
    )
    for _ in range(3):
        with pytest.raises(QueryError):
            release.sql(greedy, seconds=20)
        rows = release.sql("select count(*) as n from emissions, range(20000)")
        assert rows["n"][0] > 0


def test_the_process_is_not_replaced_because_the_asker_is_large(small_root):
    files = {"totals": ["totals.parquet"]}
    root = bci.open_release(root=small_root).path
    filled = bytearray(600 << 20)
    sql = Sql(root, files, memory_mb=1024)
    filled[:: 4 << 10] = b"x" * len(filled[:: 4 << 10])
    first = sql.run_query("select 1 as one", limit=1, seconds=20)
    assert first.num_rows == 1
    assert sql.is_fresh
    del filled
