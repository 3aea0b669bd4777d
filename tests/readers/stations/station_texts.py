"""Short copies of a file of each text format of stations, most of them real."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import detect, read_any
from tests.readers.damage import Text

__all__ = ["OPENAQ", "TEXTS", "sample"]

OBS = "data/obs-"
_STAMPED = {"utc_offset_h": 8, "stamp": "end", "interval_s": 3600}
_CHINA = "站点,时间,黑碳（微克/立方米）\n" + "".join(
    f"奥体中心,2023-01-{1 + hour // 24:02d} {hour % 24:02d}:00,{0.5 + hour * 0.07:.2f}\n"
    for hour in range(60)
)
OPENAQ = "location_id,location,datetime,parameter,units,value,lat,lon,country\n" + "".join(
    f"42,Oslo,2024-01-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z,bc,µg/m³,"
    f"{0.5 + hour * 0.07:.2f},59.9,10.7,NO\n"
    for hour in range(60)
)


def _answer() -> str:
    results = [
        {
            "value": round(0.5 + hour * 0.07, 2),
            "parameter": {"id": 11, "name": "bc", "units": "µg/m³"},
            "period": {
                "datetimeFrom": {"utc": f"2024-01-01T{hour:02d}:00:00Z"},
                "datetimeTo": {"utc": f"2024-01-01T{hour + 1:02d}:00:00Z"},
            },
            "coordinates": {"latitude": 48.85, "longitude": 2.35},
            "locationId": 42,
        }
        for hour in range(20)
    ]
    return json.dumps({"results": results}, indent=1, ensure_ascii=False)


@dataclass(frozen=True)
class Sample:
    """Where a copy comes from: a file beside the repository, or text of its format."""

    header: int
    delimiter: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    folder: str = ""
    pattern: str = ""
    text: bytes = b""
    rows: int = 120


def _real(
    folder: str, pattern: str, header: int, delimiter: str | None = None, **options: Any
) -> Sample:
    return Sample(header, delimiter, options, OBS + folder, pattern)


TEXTS: dict[str, Sample] = {
    "ebas_nasa_ames": _real("ebas-nasaames-ecoc", "HU0002R.20180109*", 0),
    "ebas_latin": _real("ebas-nasaames-ecoc", "FR0020R.20171201*", 0),
    "ebas_two_cuts": _real("ebas-nasaames-ecoc", "DE0044R*", 0),
    "pmf_nasa_ames": _real("ebas-pmf-absorption", "Melpitz*", 25),
    "ae33_dat": _real("ae33-raw", "AE33_AE33-S05-00503_20250305.dat", 8),
    "ae33_ddat": _real("ae33-raw", "2022_03_AE33-S09-01249.ddat", 8),
    "ae51": _real("microaeth-raw", "*AE51.csv", 17, ",", station="X", utc_offset_h=5.5),
    "ma200": _real("microaeth-raw", "MA200*", 1, ",", station="X", utc_offset_h=1),
    "bc1054": _real("bc1054-raw", "raw*", 1, ",", station="X", utc_offset_h=8),
    "sunset_local": _real("sunset-ocec", "SLI*", 4, ",", station="X", utc_offset_h=8),
    "sunset_stp": _real(
        "sunset-ocec", "20171128_kpuszta_Res.csv", 4, ",", station="K", utc_offset_h=1
    ),
    "uk_black_carbon": _real("uk-black-carbon-network", "BC_extra*", 1, ","),
    "barcelona": _real(
        "barcelona-hourly-bc", "*.csv", 1, ",", station="B", utc_offset_h=0, stamp="begin"
    ),
    "collocated": _real("europe-ebc-ec-collocated", "*.csv", 1, ",", stamp="begin"),
    "spartan": _real("spartan", "*CHTS.csv", 4, ",", utc_offset_h=8, zeros="measured"),
    "aeronet_aod": _real("aeronet-aod", "aeronet_aod_beijing.csv", 6, ","),
    "aeronet_inversion": _real("aeronet-aod", "aeronet-inv*", 7, ","),
    "china_gbk": Sample(1, ",", _STAMPED, text=_CHINA.encode("gbk")),
    "china_utf8": Sample(1, ",", _STAMPED, text=_CHINA.encode("utf-8")),
    "openaq_csv": Sample(1, ",", {"stamp": "end", "interval_s": 3600}, text=OPENAQ.encode("utf-8")),
    "openaq_json": Sample(0, None, {}, text=_answer().encode("utf-8"), rows=10_000),
}


def sample(shared: Path, name: str) -> tuple[Text, Callable[[Path], Any]]:
    """Return a short copy of a file and its reader, as a user reads it: by detection."""
    made = TEXTS[name]
    if made.text:
        file, content = f"{name}.{'json' if 'json' in name else 'csv'}", made.text
    else:
        path = sorted((shared / made.folder).glob(made.pattern))[0]
        file, content = path.name, path.read_bytes()
    header = made.header
    if "ebas" in name:
        header = int(content.split()[0])
    lines = content.split(b"\n")
    if len(lines) > header + made.rows:
        content = b"\n".join([*lines[: header + made.rows], b""])

    def read(path: Path) -> Any:
        source = Source.of(path)
        return read_any(source, detect(source, kind="station").name, **made.options).data

    return Text(file, content, header, made.delimiter), read
