"""What the tables of the China Energy Statistical Yearbook share: labels, fuels and units."""

from __future__ import annotations

import re
from typing import Any

from bc_inventory.readers.io.source import Source

__all__ = ["FUELS", "HEADLESS", "NAMELESS", "OIL_AND_COAL", "UNITS", "squeeze", "titled"]

# Why cells of the compiler next to a table are skipped.
HEADLESS = "a figure in a column without a head"
NAMELESS = "a figure in a row without an item"
FUELS = {
    "煤合计": "coal_total", "原煤": "raw_coal", "洗精煤": "cleaned_coal",
    "其他洗煤": "other_washed_coal", "型煤": "briquettes", "焦炭": "coke",
    "焦炉煤气": "coke_oven_gas", "其他煤气": "other_gas", "油品合计": "oil_total",
    "原油": "crude_oil", "汽油": "gasoline", "煤油": "kerosene", "柴油": "diesel_oil",
    "燃料油": "fuel_oil", "液化石油气": "lpg", "炼厂干气": "refinery_gas",
    "天然气": "natural_gas", "其他石油制品": "other_petroleum_products",
    "其他焦化产品": "other_coking_products", "热力": "heat", "电力": "electricity",
    "其他能源": "other_energy",
}  # fmt: skip
UNITS = {
    "万吨": "1e4 t", "亿立方米": "1e8 m3", "亿千瓦时": "1e8 kWh", "亿千瓦小时": "1e8 kWh",
    "百亿千焦": "1e10 kJ", "万百万千焦": "1e10 kJ", "万吨标煤": "1e4 tce", "万吨标准煤": "1e4 tce",
}  # fmt: skip
# Sums among the columns, by what they hold.
OIL_AND_COAL = {
    "coal_total": ("raw_coal", "cleaned_coal", "other_washed_coal", "briquettes"),
    "oil_total": (
        "crude_oil", "gasoline", "kerosene", "diesel_oil", "fuel_oil", "lpg", "refinery_gas",
        "other_petroleum_products",
    ),
}  # fmt: skip


def squeeze(cell: Any) -> str:
    """Return a label without any blank, full-width ones included."""
    return re.sub(r"\s", "", str(cell))


def titled(source: Source, title: re.Pattern[str]) -> bool:
    """Tell whether the first cell of a workbook is a title."""
    if not source.is_workbook:
        return False
    top = source.workbook.top(source.workbook.sheet_names[0], 1)
    return bool(top and top[0] and title.match(squeeze(top[0][0])))
