"""The monitoring flow is the ingest, with the same bytes."""

import os
import subprocess
import sys

import pytest

from bc_inventory.commands.monitor import ingest_folder

SETTINGS = """
[record]
rule = "eu_2008_50"
exclude = []
[[files]]
match = "*.csv"
format = "uk_black_carbon"
licence = "Open Government Licence v3"
source_id = "uk-bc-network"
"""


@pytest.mark.prefect
@pytest.mark.slow
def test_the_flow_gives_the_bytes_of_the_library(tmp_path, root):
    folder = tmp_path / "files"
    folder.mkdir()
    rows = "".join(f"gb1,2020-01-01 {hour:02d}:00:00,1.{hour}\n" for hour in range(1, 24))
    (folder / "a.csv").write_text("site,date_end,bc\n" + rows, encoding="utf-8")
    (folder / "bad.csv").write_text("nothing", encoding="utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    report = ingest_folder(folder, tmp_path / "library", settings)
    done = subprocess.run(
        [sys.executable, str(root / "flows" / "monitor.py"), str(folder), str(settings), "store"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
        env={
            **os.environ,
            "PYTHONPATH": str(root),
            "PREFECT_HOME": str(tmp_path / "prefect"),
            "PREFECT_API_URL": "",
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split()[-1] == report.generation
    there = tmp_path / "store" / "generations" / report.generation
    for path in sorted(report.path.rglob("*")):
        if path.is_file():
            assert (there / path.relative_to(report.path)).read_bytes() == path.read_bytes()
