"""Files in the formats the working group uses."""

from bc_inventory.report.exports.annex import write_nfr
from bc_inventory.report.exports.geojson import write_geojson
from bc_inventory.report.exports.iamc import iamc_table, write_iamc
from bc_inventory.report.exports.plain import write_csv
from bc_inventory.report.exports.workbook import Sheet, write_workbook

__all__ = [
    "Sheet",
    "iamc_table",
    "write_csv",
    "write_geojson",
    "write_iamc",
    "write_nfr",
    "write_workbook",
]
