"""Files of services come through the cache, from known hosts only."""

import http.server
import threading

import pytest

from bc_inventory import schema
from bc_inventory.errors import DataError
from bc_inventory.monitoring.facts import facts
from bc_inventory.monitoring.record.services import fetch_into, items_of, read_addresses
from bc_inventory.reference.catalogue import Cache
from bc_inventory.reference.download import Policy
from bc_inventory.reference.paths import data_root

EBAS = "https://thredds.nilu.no/thredds/dodsC/ebas_doi/32/37/HV/3237-HVFZ.nc"


@pytest.fixture
def server(tmp_path):
    """Serve a folder on this machine; yields its address, folder and the list of requests."""
    root = tmp_path / "served"
    root.mkdir()
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, directory=str(root), **kwargs)

        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

        def log_message(self, *args):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{made.server_port}", root, asked
    made.shutdown()
    made.server_close()


def local(host):
    table = facts("services").copy()
    table["host"] = host
    return table


def cache(tmp_path, **how):
    policy = Policy(tries=1, schemes=("http",), sleep=lambda seconds: None)
    return Cache(tmp_path / "cache", policy=policy, **how)


def test_the_table_of_services_cites_known_sources():
    sources = set(schema.read_csv(data_root() / "sources.csv", "sources")["source_id"])
    assert set(facts("services")["source_id"]) <= sources


def test_an_opendap_address_becomes_that_of_the_file():
    (item,) = items_of([EBAS])
    assert item.address == EBAS.replace("dodsC", "fileServer")
    assert item.file.endswith("-3237-HVFZ.nc")
    assert item.licence.startswith("CC BY")


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.nc",
        "https://thredds.nilu.no.example.org/thredds/dodsC/x.nc",
        "https://thredds.nilu.no/thredds/../etc/x.nc",
        "https://thredds.nilu.no/thredds/%2e%2e/etc/x.nc",
        "https://thredds.nilu.no/thredds/x.pkl",
        "https://thredds.nilu.no/thredds/x.nc?y=1",
        "https://user@thredds.nilu.no/thredds/x.nc",
        "file:///thredds/x.nc",
        "",
    ],
)
def test_other_addresses_are_refused(address):
    with pytest.raises(DataError, match="known service"):
        items_of([EBAS, address])


def test_a_list_of_the_eea_is_read(tmp_path):
    base = "https://eeadmz1batchservice02.blob.core.windows.net/airquality-p-airbase/MT"
    path = tmp_path / "list.csv"
    path.write_text(
        f"ParquetFileUrl\r\n{base}/SPO-MT00003_00001_100.parquet\r\n\r\n# {base}/x\r\n",
        encoding="utf-8-sig",
    )
    (item,) = items_of(read_addresses(path))
    assert item.source_id == "eea-air-quality"
    with pytest.raises(DataError, match="can't be read"):
        read_addresses(tmp_path / "absent.csv")


def test_files_are_fetched_and_put_into_the_folder_once(tmp_path, server):
    host, root, asked = server
    folder = root / "thredds/fileServer/a"
    folder.mkdir(parents=True)
    (folder / "one.nc").write_bytes(b"CDF\x01 not really")
    addresses = [f"http://{host}/thredds/dodsC/a/{name}.nc" for name in ("one", "two")]
    before = 0
    for _ in range(2):
        there, failed = fetch_into(
            tmp_path / "in", items_of(addresses, local(host)), cache(tmp_path)
        )
        assert [path.read_bytes() for path in there] == [b"CDF\x01 not really"]
        assert there[0].parent == tmp_path / "in" / "ebas-thredds"
        before = before or there[0].stat().st_mtime_ns
        (reason,) = failed
        assert "two.nc" in reason
    # What doesn't change isn't written again.
    assert asked.count("/thredds/fileServer/a/one.nc") == 2
    assert there[0].stat().st_mtime_ns == before


def test_without_a_network_only_what_is_kept_is_had(tmp_path, server):
    host, root, _ = server
    folder = root / "thredds/fileServer/a"
    folder.mkdir(parents=True)
    (folder / "one.nc").write_bytes(b"x")
    items = items_of([f"http://{host}/thredds/dodsC/a/one.nc"], local(host))
    there, failed = fetch_into(tmp_path / "in", items, cache(tmp_path, offline=True))
    assert (there, len(failed)) == ([], 1)
    fetch_into(tmp_path / "in", items, cache(tmp_path))
    there, failed = fetch_into(tmp_path / "in", items, cache(tmp_path, offline=True))
    assert (len(there), failed) == (1, [])


def test_a_file_revised_under_its_address_comes_in_and_a_failure_keeps_the_old(tmp_path, server):
    host, root, _ = server
    folder = root / "thredds/fileServer/a"
    folder.mkdir(parents=True)
    served = folder / "one.nc"
    served.write_bytes(b"first")
    items = items_of([f"http://{host}/thredds/dodsC/a/one.nc"], local(host))
    (place,), _ = fetch_into(tmp_path / "in", items, cache(tmp_path))
    served.write_bytes(b"revised")
    (place,), failed = fetch_into(tmp_path / "in", items, cache(tmp_path))
    assert (place.read_bytes(), failed) == (b"revised", [])
    served.unlink()
    there, failed = fetch_into(tmp_path / "in", items, cache(tmp_path))
    assert (there, len(failed)) == ([], 1)
    assert place.read_bytes() == b"revised"
    # What is kept is still verified and had without a network.
    (place,), failed = fetch_into(tmp_path / "in", items, cache(tmp_path, offline=True))
    assert (place.read_bytes(), failed) == (b"revised", [])
    assert not [path for path in (tmp_path / "cache").rglob("*.fresh*")]


SETTINGS = """
[record]
rule = "none"
exclude = []
[[files]]
match = "ebas-thredds/*.nc"
licence = "CC BY 4.0"
source_id = "ebas-thredds"
[[files]]
match = "eea-air-quality/*.parquet"
licence = "CC BY 4.0"
source_id = "eea-air-quality"
options = { utc_offset_h = 1 }
[[files]]
match = "openaq-archive/*.csv.gz"
licence = "as the source states"
source_id = "openaq-archive"
options = { stamp = "end", interval_s = 3600 }
"""


def test_three_services_become_one_record_and_a_revision_reopens_its_means(tmp_path, server):
    import gzip

    from bc_inventory.workflow.measurements import ingest_folder
    from tests.readers.stations import test_ebas_netcdf, test_tables

    host, root, _ = server
    ebas = root / "thredds/fileServer/ebas/1.nc"
    eea = root / "airquality-p-e2a/DE/SPO.DE_X_391.parquet"
    openaq = root / "records/csv.gz/locationid=42/location-42-20240101.csv.gz"
    for path in (ebas, eea, openaq):
        path.parent.mkdir(parents=True)
    test_ebas_netcdf.write(ebas)
    test_tables.eea_file(eea.parent)
    openaq.write_bytes(gzip.compress(test_tables.CSV.encode()))
    addresses = [
        f"http://{host}/thredds/dodsC/ebas/1.nc",
        f"http://{host}/airquality-p-e2a/DE/SPO.DE_X_391.parquet",
        f"http://{host}/records/csv.gz/locationid=42/location-42-20240101.csv.gz",
    ]
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS)

    def run():
        there, failed = fetch_into(
            tmp_path / "in", items_of(addresses, local(host)), cache(tmp_path)
        )
        assert (len(there), failed) == (3, [])
        return ingest_folder(tmp_path / "in", tmp_path / "store", settings)

    first = run()
    assert [entry.status for entry in first.included] == ["included"] * 3
    frame = schema.read_parquet(first.path / "observations", "observations")
    assert set(frame["network"].astype(str)) == {"EBAS", "EEA", "OpenAQ"}
    again = run()
    assert (again.read, again.recomputed) == ((), 0)
    test_tables.eea_file(eea.parent, validity=(1, 1, 1))
    revised = run()
    assert len(revised.read) == 1
    assert revised.read[0].startswith("eea-air-quality/")
    frame = schema.read_parquet(revised.path / "observations", "observations")
    hours = frame[(frame["network"] == "EEA") & (frame["period"] == "hour")]
    assert sorted(hours["ebc_ug_m3"].dropna().tolist()) == [0.5, 1.5, 9.0]
