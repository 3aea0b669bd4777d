"""Small workbooks laid out as publishers lay theirs out."""

import io

import openpyxl


def workbook(sheets):
    """Return the bytes of a workbook from rows by sheet name."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


_EDGAR_HEAD = [
    ["Content:", "Emissions by country and main source category"],
    ["Compound:", "BC"],
    ["Start year:", "2014"],
    ["End year:", "2015"],
    ["Unit:", "Gg"],
    ["Reference: ... (EDGAR), release EDGAR v8.1 (1970 - 2022) of August 2024."],
    [],
]


def edgar_rows():
    names = ["IPCC_annex", "C_group_IM24_sh", "Country_code_A3", "Name"]
    code = ["ipcc_code_2006_for_standard_report", "ipcc_code_2006_for_standard_report_name"]
    return [
        *map(list, _EDGAR_HEAD),  # whoever changes a cell changes a copy
        [*names, *code, "Substance", "fossil_bio", "Y_2014", "Y_2015"],
        ["A", "g", "POL", "Poland", "1.A.4", "Residential", "BC", "bio", 3.0, 4.0],
        ["A", "g", "POL", "Poland", "1.A.4", "Residential", "BC", "fossil", 1.5, None],
        ["A", "g", "CHN", "China", "1.A.1.a", "Power", "BC", "fossil", 7.0, 8.0],
        ["A", "g", "SEA", "Int. Shipping", "1.A.3.d", "Navigation", "BC", "fossil", 0.5, 0.25],
    ]


def edgar_totals():
    names = ["IPCC_annex", "C_group_IM24_sh", "Country_code_A3", "Name", "Substance"]
    return [
        *map(list, _EDGAR_HEAD),  # whoever changes a cell changes a copy
        [*names, "Y_2014", "Y_2015"],
        ["A", "g", "POL", "Poland", "BC", 4.5, 4.0],
        ["A", "g", "CHN", "China", "BC", 7.0, 8.0],
        ["A", "g", "SEA", "Int. Shipping", "BC", 0.5, 0.25],
    ]


def edgar(rows=None):
    return workbook({"IPCC 2006": rows or edgar_rows(), "TOTALS BY COUNTRY": edgar_totals()})


def meic_rows(species="BC"):
    sectors = ["Power", "Industry", "Residential", "Transportation", "Solvent Use", "Agriculture"]
    return [
        ["Emissions by sector and year"],
        [f"i. {species}"],
        ["Unit: Tg", *sectors],
        [2010, 0.002, 0.6, 0.85, 0.3, 0, 0],
        [2011, 0.0015, 0.65, 0.8, 0.25, 0, 0],
    ]


def meic(rows=None):
    return workbook({"BC": rows or meic_rows(), "OC": meic_rows("OC")})


GAINS = """"EMF30 sectors",,,
,,,
"Pollutant: PM (PM Fraction: PM_BC)",,,
"Scenario: ECLIPSE_V6b_CLE_base with high emitters added",,,
"Unit: kt PM",,,
"Region","EMF30 kt","2010","2015"
"CHIN_PLUS","CEMENT","1.25","1.5"
"CHIN_PLUS","End_Use_Residential_Coal_Heat","600.5","500"
"CHIN_PLUS","CHEM",,
"CHIN_PLUS","SUM","601.7501","501.5"
"WEST_EURO","CEMENT","0.5","0.25"
"WEST_EURO","SUM","0.5","0.25"
,"ALL SUM","602.2501","501.75"
"""

HTAP = """"Data_provider","Substance","Year","Country","Sector","Cumulative_emissions"
"CAMS","BC",2015,"POL","HTAPv3_4.1_Industry",1865.5
"CAMS","BC",2015,"POL","HTAPv3_6_Residential",16013.75
"EDGAR","BC",2015,"POL","HTAPv3_2.1_Domestic_Aviation",1.5
"CAMS","BC",2015,"POL","HTAPv3_5.3_Domestic_shipping",30
"EDGAR","BC",2015,"POL","HTAPv3_5.3_Domestic_shipping",10.5
"REAS","BC",2015,"CHN_HKG_MAC","HTAPv3_6_Residential",500000
"EDGAR","BC",2015,"SEA","HTAPv3_1_International_Shipping",60000
"""

CEDS = """"em","country","sector","fuel","units","X2014","X2015"
"BC","chn","1A4b_Residential","biomass","ktC","400","380.5"
"BC","pol","1A4b_Residential","hard_coal","ktC","12.25","11"
"BC","global","1A3di_International-shipping","heavy_oil","ktC","60","61"
"""
