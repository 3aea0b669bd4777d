"""Small files in the formats of publishers, with their quirks and consistent numbers."""

import datetime as dt
import random

from bc_inventory.readers.activity import (
    _yearbook,
    ceads,
    cesy,
    cesy_equivalent,
    cesy_sectors,
    cesy_totals,
    cui_daily,
    energy_institute,
    eurostat_browser,
    eurostat_sdmx,
    eurostat_tsv,
    fernandes,
    gains_activity,
    nbs_population,
    pig_iron,
    shipping_fuel,
    tno_wood,
    unfccc_crf,
    usgs_cement,
    wb_flaring,
)
from bc_inventory.reference.codelists import regions
from tests.readers.mutate import TextSample, WorkbookSample

KEY = ["year", "source_region", "source_sector", "source_fuel", "unit"]


def _figures(seed, count, low=1.0, high=500.0):
    chance = random.Random(seed)
    return [round(chance.uniform(low, high), 3) for _ in range(count)]


def eurostat_tsv_sample():
    years = (2018, 2019)
    lines = ["freq,nrg_bal,siec,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{y} " for y in years)]
    for fuel, units in (
        ("R5110-5150_W6000RI", {"TJ": 1.0}),
        ("E7000", {"GWH": 1 / 3.6, "TJ": 1.0}),
    ):
        figures = _figures(len(fuel), 28 * len(years), 100, 900)
        own = {
            geo: [float(int(figures[2 * at + k])) * 3.6 for k in range(len(years))]
            for at, geo in enumerate((*eurostat_tsv.MEMBERS, "NO"))
        }
        own["EU27_2020"] = [
            sum(own[geo][k] for geo in eurostat_tsv.MEMBERS) for k in range(len(years))
        ]
        for unit, scale in units.items():
            for geo, values in own.items():
                key = f"A,FC_OTH_HH_E,{fuel},{unit},{geo}"
                cells = [f"{value * scale:.3f}" for value in values]
                cells[1] += " e" if geo == "DE" else " "
                cells[0] = ": " if geo == "NO" else cells[0] + " "
                lines.append(key + "\t" + "\t".join(cells))
    text = "\n".join(lines) + "\n"
    return TextSample(
        "nrg_d_hhq.tsv", text, eurostat_tsv.read, "\t", "freq,", {"TIME_PERIOD": "时间"}
    )


def eurostat_sdmx_sample():
    known = regions()
    names = known.loc[known["side"] == "EU", "name"].tolist()
    head = (
        "DATAFLOW,LAST UPDATE,freq,nrg_bal,siec,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"
    )
    lead = "ESTAT:NRG_BAL_C(1.0),02/05/25 23:00:00,Annual,Gross inland consumption,Lignite,"
    unit = "Thousand tonnes of oil equivalent"
    lines = [head]
    for year in (2018, 2019):
        figures = _figures(year, len(names))
        rows = [*zip(names, figures, strict=True), ("Kosovo*", 12.25)]
        rows.append(("European Union - 27 countries (from 2020)", round(sum(figures), 3)))
        lines += [f"{lead}{unit},{name},{year},{value:.3f},," for name, value in rows]
    text = "\n".join(lines) + "\n"
    return TextSample(
        "nrg_bal_c.csv", text, eurostat_sdmx.read, ",", "DATAFLOW", {"OBS_VALUE": "观测值"}
    )


def unfccc_sample():
    years = ["Base year", "1990", "2020", "Last Inventory Year (2021)"]
    lines = [
        "Annual Net emissions/removals in kt",
        '"Query results for Party: 2 | Gas: CO2 | Unit: kt"',
        "",
        " ,Year," + ",".join(years),
        "Party,Category \\ Unit," + ",".join(["kt"] * len(years)),
    ]
    for seed, party in enumerate(("Austria", "Germany")):
        a = [_figures(10 * seed + k, 4, 1000, 9000) for k in range(4)]
        sums = [sum(parts) for parts in zip(*a[:3], strict=True)]
        lines += [
            f"{party},1.A.4  Other Sectors," + ",".join(f"{v:.3f}" for v in sums),
            f"{party},1.A.4.a  Commercial/Institutional," + ",".join(map(str, a[0])),
            f"{party},1.A.4.b  Residential," + ",".join(map(str, a[1])),
            f"{party},1.A.4.c  Agriculture/Forestry/Fishing," + ",".join(map(str, a[2])),
            f"{party},1.A.3.b.iii  Heavy Duty Trucks and Buses,NO,IE,{a[3][0]},{a[3][1]}",
            f"{party},International Navigation,{a[3][2]},,C,{a[3][3]}",
        ]
    lines += ["", "Note 1: a footnote, with a comma", "Source: UNFCCC GHG Data Interface", ""]
    lines.append("Report produced on Sunday 2 March 2025 at 17:38:38 GMT-5,,,,,")
    text = "\n".join(lines)
    return TextSample("unfccc.csv", text, unfccc_crf.read, ",", " ,Year", {"Party,": "缔约方,"})


def nbs_sample():
    known = regions()
    names = known.loc[known["side"] == "CN", "name"].tolist()
    base = _figures(3, len(names), 500, 9000)
    lines = ["Region,2017,2018,2019"]
    rows = [[round(value * growth, 1) for growth in (1.0, 1.01, 1.02)] for value in base]
    nation = [round(sum(column) * 1.004, 1) for column in zip(*rows, strict=True)]
    for name, values in [("National Total", nation), *zip(names, rows, strict=True)]:
        lines.append(f"{name}," + ",".join(f"{value:.1f}" for value in values))
    text = "\n".join(lines) + "\n"
    return TextSample(
        "population.csv", text, nbs_population.read, ",", "Region", {"National Total": "全国"}
    )


def gains_sample():
    lines = [
        '"EMF30 sectors",,,,',
        '"Activity data: ENE",,,,',
        '"Scenario: ECLIPSE_V6b_CLE_base",,,,',
        '"Region","EMF30 sector","EMF30 unit","2015","2020"',
    ]
    for region in ("CHIN_PLUS", "WEST_EURO"):
        for sector, unit in (("CEMENT", "Mt"), ("Power_Gen_Coal_Old", "PJ"), ("Losses", "bln m3")):
            a, b = _figures(len(region + sector), 2)
            lines.append(f'"{region}","{sector}","{unit}","{a}","{b}"')
        lines.append(f'"{region}","Power_Gen_Coal","PJ",,')
        lines.append(f'"{region}","Unattributed","n.a",,')
    text = "\n".join(lines) + "\n"
    return TextSample(
        "gains.csv", text, gains_activity.read, ",", '"Region"', {"EMF30 unit": "单位"}
    )


def ceads_sample():
    from bc_inventory.reference.paths import data_root
    from bc_inventory.schema import read_csv

    groups = read_csv(data_root() / "activity_groups.csv", "activity_groups")
    sectors = groups.loc[groups["activity_source"] == "ceads", "source_sector"].tolist()
    fuels = [name.replace("_", " ").title() for name in ceads._FUELS]
    header = ["", *fuels, "Scope 2 Heat", "Scope 2 Electricity", "Scope 1 Total"]
    body = []
    for at, sector in enumerate(sectors):
        values = [v if v > 250 else 0.0 for v in _figures(at, len(fuels))]
        body.append([sector + "   ", *values, 0.0, 0.0, sum(values)])
    totals = ["Total Consumption", *(sum(row[k] for row in body) for k in range(1, len(header)))]
    rows = [header, ["", *["Mt CO2"] * (len(header) - 1)], [], totals, *body]
    note = [["Content/内容", "China provincial CO2 emission inventory 中国省级二氧化碳排放清单"]]
    sheets = {"NOTE": note, "Shanghai2015": rows}
    return WorkbookSample(
        "ceads.xlsx", sheets, ceads.read, {"Shanghai2015": 0}, {"Raw Coal": "原煤"}
    )


def cesy_sample():
    names = list(_yearbook.FUELS)
    units = {"1e8 m3": "(亿立方米)", "1e4 t": "(万吨)"}
    kinds = [
        "亿立方米" if "气" in n and "液化" not in n and "干" not in n else "万吨" for n in names
    ]
    kinds[names.index("热力")], kinds[names.index("电力")] = "百亿千焦", "亿千瓦时"
    kinds[names.index("其他能源")] = "万吨标煤"
    assert units
    items = ["1.农、林、牧、渔、水利业", "2.工业", "3.建筑业", "4.交通运输、仓储和邮政业"]
    items += ["5.批发、零售业和住宿、餐饮业", "6.生活消费", "7.其他"]

    def line(seed):
        own = dict(zip(_yearbook.FUELS.values(), _figures(seed, len(names)), strict=True))
        for whole, parts in _yearbook.OIL_AND_COAL.items():
            own[whole] = sum(own[part] for part in parts)
        return own

    town, country = line(91), line(92)
    rows = {item: line(at) for at, item in enumerate(items)}
    rows["6.生活消费"] = {name: town[name] + country[name] for name in town}
    final = {name: sum(row[name] for row in rows.values()) for name in town}
    body = [["一.可供本地区消费的能源量", "Supply", *final.values()]]
    body.append(["四.终端消费量", "Total Final Consumption", *final.values()])
    for item in items:
        body.append(["  " + item, "Item", *rows[item].values()])
        if item == "6.生活消费":
            body.append(["     城镇", "Urban", *town.values()])
            body.append(["     乡村", "Rural", *country.values()])
    sheet = [
        ["6-10  江苏能源平衡表(实物量)-2007"],
        ["ENERGY BALANCE OF JIANGSU-2007"],
        [],
        ["项\u3000\u3000目", "Item", *names],
        ["", "", *(f"({kind})" for kind in kinds)],
        *body,
    ]
    return WorkbookSample(
        "10.xlsx", {"Sheet1": sheet}, cesy.read, {"Sheet1": 3}, {"原煤": "Raw Coal"}
    )


def cesy_sectors_sample():
    parts = [_figures(at, 3, 10, 100) for at in range(3)]
    total = [sum(column) for column in zip(*parts, strict=True)]
    sheet = [
        ["5-5  分 行 业 煤 炭 消 费 总 量"],
        ["CONSUMPTION OF COAL"],
        ["单位：万吨"],
        ["行\u3000业", "Sector", 1995, 2000, 2007],
        ["消 费 总 量", "Total Consumption", *total],
        ["农、林、牧", "Farming", *parts[0]],
        ["工业", "Industry", *parts[1]],
        ["建筑业", "Construction", *parts[2]],
    ]
    return WorkbookSample(
        "0505.xlsx", {"Sheet1": sheet}, cesy_sectors.read, {"Sheet1": 3}, {"单位：万吨": "10^4 t"}
    )


def cesy_equivalent_sample():
    names = [name for name in _yearbook.FUELS if name != "其他能源"]
    parted = {"液化石油气": ("液化石", "油气"), "其他焦化产品": ("其他焦", "化产品")}
    inside = {part for parts in _yearbook.OIL_AND_COAL.values() for part in parts}

    def line(seed):
        own = dict(zip(_yearbook.FUELS.values(), _figures(seed, len(_yearbook.FUELS)), strict=True))
        del own["other_energy"]
        for whole, parts in _yearbook.OIL_AND_COAL.items():
            own[whole] = sum(own[part] for part in parts)
        own["total"] = sum(value for name, value in own.items() if name not in inside)
        return own

    def cells(own):
        return [own["total"] * 1.4, own["total"], *(own[_yearbook.FUELS[name]] for name in names)]

    branches = {"煤炭开采和洗选业": line(1), "纺织业": line(2), "食品制造业": line(3)}
    mining = branches["煤炭开采和洗选业"]
    making = {k: branches["纺织业"][k] + branches["食品制造业"][k] for k in mining}
    industry = {k: mining[k] + making[k] for k in mining}
    body = [("工 业", industry), ("(一)采掘业", mining), ("煤炭开采和洗选业", mining)]
    body += [
        ("(二)制造业", making),
        ("纺织业", branches["纺织业"]),
        ("食品制造业", branches["食品制造业"]),
    ]
    sheet = [
        ["5-3  工业分行业终端能源消费量(标准量)-2007"],
        ["FINAL ENERGY CONSUMPTION BY INDUSTRIAL SECTOR"],
        [],
        ["单位:万吨标准煤"],
        ["", "", "终端消费合计", "", *(parted.get(name, (name,))[0] for name in names)],
        ["", "", "(发电煤耗", "(电热当量", *(parted.get(name, ("", ""))[1] for name in names)],
        ["行    业", "Sector", "计算法)", "计算法)", *["English"] * len(names)],
        *([name, "Item", *cells(own)] for name, own in body),
    ]
    return WorkbookSample(
        "0503.xlsx", {"Sheet1": sheet}, cesy_equivalent.read, {"Sheet1": 4}, {"原煤": "Raw Coal"}
    )


def cesy_totals_sample():
    items = ["煤炭 (万吨)  Coal", "石油 (万吨)  Petroleum", "天然气 (亿立方米)  Gas"]
    items += ["水电 (亿千瓦时)  Hydro", "核电 (亿千瓦时)  Nuclear"]
    sheet = [
        ["5-1  能源消费总量和构成"],
        [],
        ["项   目    Item", 2000, 2007],
        ["能源消费总量 (万吨标煤) (电热当量计算法)", *_figures(1, 2, 1e5, 2e5)],
        ["Total  Energy  Consumption"],
        ["能源消费总量 (万吨标煤) (发电煤耗计算法)", *_figures(2, 2, 1e5, 2e5)],
        *([name, *_figures(at, 2, 100, 9000)] for at, name in enumerate(items, 3)),
        ["构成 (电热当量计算法) (%)"],
        ["煤炭  Coal", 77.4, 72.25],
    ]
    return WorkbookSample(
        "0501.xlsx", {"Sheet1": sheet}, cesy_totals.read, {"Sheet1": 2}, {"项   目    Item": "Item"}
    )


def eurostat_browser_sample():
    known = regions()
    names = known.loc[known["side"] == "EU", "name"].tolist()
    data = "Supply, transformation and consumption of gas [NRG_CB_GAS__custom_1]"
    dimensions = [
        "Time frequency",
        "Energy balance",
        "Standard international energy product classification (SIEC)",
        "Unit of measure",
    ]
    unit = "Terajoule (gross calorific value - GCV)"
    contents, sheets = [["", "Contents", *dimensions]], {}
    for at, item in enumerate(("Imports", "Final consumption - households"), 1):
        own = ["Annual", item, "Natural gas", unit]
        figures = {name: _figures(100 * at + k, 2, 1, 900) for k, name in enumerate(names)}
        union = [sum(values[k] for values in figures.values()) for k in range(2)]
        rows = [
            ["Data extracted on 04/04/2022 08:32:30 from [ESTAT]"],
            ["Dataset: ", data],
            [],
            *([name, "", value] for name, value in zip(dimensions, own, strict=True)),
            [],
            ["TIME", "2019", "", "2020", ""],
            ["GEO (Labels)"],
            ["European Union - 27 countries (from 2020)", union[0], "", union[1], "e"],
            *([name, a, "", b, "p"] for name, (a, b) in figures.items()),
            ["Liechtenstein", ":", "c", ":", "c"],
            [],
            ["Special value"],
            [":", "not available"],
        ]
        sheets[f"Sheet {at}"] = rows
        contents.append(["", f"Sheet {at}", *own])
    sheets = {"Summary": [[], [data], *contents], "Structure": [["Structure"]], **sheets}
    return WorkbookSample(
        "gas.xlsx", sheets, eurostat_browser.read, {"Sheet 1": 8, "Sheet 2": 8}, {"TIME": "ZEIT"}
    )


def flaring_sample():
    years = (2021, 2022)
    names = ["Iran, Islamic Rep.", "China", "Algeria"]
    volume = {n: _figures(at, 2, 1, 20) for at, n in enumerate(names)}
    oil = {n: _figures(at + 9, 2, 500, 3000) for at, n in enumerate(names)}
    rate = {
        n: [v * 1e9 / (o * 1e3 * 365) for v, o in zip(volume[n], oil[n], strict=True)]
        for n in names
    }
    total = [sum(volume[n][k] for n in names) for k in range(2)]
    sheets = {
        "Flare volume": [
            ["Country, bcm", *years],
            *([n, *volume[n]] for n in names),
            [],
            ["Total", *total],
        ],
        "Flaring intensity": [["Country m3/bbl", *years], *([n, *rate[n]] for n in names)],
        "Oil production": [["Country, kbb/d", *years], *([n, *oil[n]] for n in names)],
    }
    return WorkbookSample(
        "flaring.xlsx", sheets, wb_flaring.read, dict.fromkeys(sheets, 0), {"Total": "合计"}
    )


def pig_iron_sample():
    sheet = [
        ["Steel Statistical Yearbook 2020 concise version"],
        ["Production of Pig Iron"],
        ["Countries", "iso", 2017, 2018, 2019],
        ["Brazil (1)", "bra", *_figures(1, 3, 2e4, 3e4)],
        ["China", "chn", *_figures(2, 3, 7e5, 8e5)],
        ["Pakistan", "pak", 163.5, None, None],
        ["World", "", None, None, None],
        ["(1) - steel industry only."],
    ]
    return WorkbookSample(
        "iron.xlsx", {"Sheet1": sheet}, pig_iron.read, {"Sheet1": 2}, {"Countries": "国家"}
    )


def cement_sample():
    sheets = {
        "Notes": [["Hydraulic cement production by country (thousand metric tons)"]],
        "2010": [
            ["Country", "2009", "2010e"],
            ["Afghanistane", 30.5, 35.5],
            ["China", 1_644_000.5, 1_880_000.5],
            ["Togo", "--", "W"],
        ],
        "2013": [
            ["Country", "2012", "2013e"],
            ["China", 1_822_000.5, 2_416_000.5],
            ["Other countries (rounded)", 100.5, 110.5],
        ],
        "mapping": [["Country", "iso"], ["Afghanistane", "afg"], ["China", "chn"], ["Togo", "tgo"]],
    }
    return WorkbookSample(
        "cement.xlsx", sheets, usgs_cement.read, {"2010": 0, "2013": 0}, {"Country": "国家"}
    )


def review_sample():
    names = ["Total North America", "Total S. & Cent. America", "Total Europe", "Total CIS"]
    names += ["Total Middle East", "Total Africa", "Total Asia Pacific"]
    figures = {name: _figures(at, 3, 1, 90) for at, name in enumerate(names)}
    world = [sum(column) for column in zip(*figures.values(), strict=True)]
    table = [
        ["Coal: Consumption*"],
        [],
        ["Exajoules", 2021, 2022, 2023, 2023, "2013-23", 2023],
        [],
        ["China", 86.5, 88.25, 91.5, 0.04, 0.02, 0.56],
        ["Turkey", "-", 1.5, 1.75, 0.1, 0.1, 0.01],
        *([name, *values, 0.01, 0.01, 0.1] for name, values in figures.items()),
        [],
        ["Total World", *world, 0.01, 0.01, 1.0],
        ["of which: OECD", 1.5, 1.5, 1.5, 0.1, 0.1, 0.1],
        ["* Commercial solid fuels only"],
    ]
    sheets = {
        "Contents": [["Energy Institute Statistical Review of World Energy"]],
        "Coal Consumption - EJ": table,
        "Spot crude prices": [["Oil: Spot crude prices"], [], ["US dollars per barrel"], [1.5]],
    }
    return WorkbookSample(
        "review.xlsx",
        sheets,
        energy_institute.read,
        {"Coal Consumption - EJ": 2},
        {"Exajoules": "艾焦耳"},
    )


def fernandes_sample():
    years = (1850, 1900, 2000)
    rows = [["ktonnes (Gg)", *years]]
    for at, name in enumerate(("China", "Mongolia")):
        wood, straw, dung = (_figures(10 * at + k, 3, 10, 900) for k in range(3))
        total = [sum(column) for column in zip(wood, straw, dung, strict=True)]
        rows += [
            [name],
            ["Dom Urban FW", *_figures(at + 50, 3, 1, 9)],
            ["Dom Rural FW", *_figures(at + 60, 3, 1, 9)],
            ["Dom Total FW", *wood],
            ["Dom Crop Res", *straw],
            ["Dom Dung", *dung],
            ["Power "],
            ["Total", *total],
        ]
    rows += [[], ["TOTALS (Mt = Tg)"], ["Dom Total FW", 1.5, 1.5, 1.5]]
    sheets = {
        "Global": [["ktonnes (Gg)", *years], ["TOTALS (Mt = Tg)"]],
        "E Asia": rows,
        "notes": [["Domestic FW Splits"]],
    }
    return WorkbookSample(
        "biofuels.xlsx", sheets, fernandes.read, {"E Asia": 0}, {"Dom Dung": "畜粪"}
    )


def shipping_sample():
    rows = [
        ["Total Shipping Fuel Consumption"],
        ["Unit:", "ktonnes"],
        [],
        ["", "", "", "", "", "", "", "", "Fuel Estimates"],
        ["Year", "Coal", "Resid", "Distillate_and_Other", "Total Petr", "Units", "Data Source"],
    ]
    for year in range(2008, 2013):
        coal, heavy, light = _figures(year, 3, 10, 900)
        rows.append([year, coal, heavy, light, heavy + light, "kt", "IMO"])
    sheets = {"Data": rows, "References": [["IMO (2014)"]]}
    return WorkbookSample("ships.xlsx", sheets, shipping_fuel.read, {"Data": 4}, {"Resid": "渣油"})


def cui_sample():
    from bc_inventory.readers.activity._frame import region_of  # noqa: F401

    codes = (
        "BJ TJ HEB SX IM LN JL HLJ SH JS ZJ AH FJ JX SD HEN HUB HUN GD GX HAN CQ SC GZ YN Tibet "
        "SAX GS QH NX XJ"
    ).split()
    sheets = {}
    for sheet, year in (("Power2019", 2019), ("Ground Transport2020", 2020)):
        rows = [["Date", "China", "", *codes, "Week"]]
        figures = _figures(year, len(codes), 0.1, 3)
        for day in range(1, 367):
            blank = day == 60 and year == 2019
            if blank:
                rows.append([])
                continue
            at = dt.date(2019, 1, 1) + dt.timedelta(days=day - 1 - (day > 60))
            values = [round(value * (1 + day / 1000), 6) for value in figures]
            total = sum(values)
            rows.append(["" if day == 60 else at, total, total, *values, "Tuesday"])
        sheets[sheet] = rows
    return WorkbookSample(
        "daily.xlsx", sheets, cui_daily.read, dict.fromkeys(sheets, 0), {"HEB": "河北"}
    )


def tno_sample():
    first = [("ALB", "Albania", 3.4, 11000.5), ("AUT", "Austria", 9.9, 80000.5)]
    second = [("AUT", 8282984.5, 83483.95), ("ALB", 3152625.5, 7589.41)]
    rows = [
        ["Antoon Visschedijk & Hugo Denier van der Gon, TNO, Utrecht, NL "],
        [],
        ["", "", "", "Best estimate specific fuel wood use"],
        ["ISO3", "country", "Cluster", " 2005 (GJ/inhabitant)", "Total use (TJ)", "", "", "",
         "ISO3", "2010 Eurostat", "2010 (TJ)", "2010 (GJ/inh.)"],
    ]  # fmt: skip
    for (code, name, head, use), (other, people, tj) in zip(first, second, strict=True):
        rows.append(
            [code, name, "C-EU", head, use, "", "", "", other, people, tj, tj * 1000 / people]
        )
    sheets = {"Notes": [["Denier van der Gon et al."]], "Data": rows}
    return WorkbookSample(
        "wood.xlsx", sheets, tno_wood.read, {"Data": 3}, {"Total use (TJ)": "总用量"}
    )


TEXTS = {
    "eurostat_tsv": eurostat_tsv_sample,
    "eurostat_sdmx": eurostat_sdmx_sample,
    "unfccc_crf": unfccc_sample,
    "nbs_population": nbs_sample,
    "gains_activity": gains_sample,
}
WORKBOOKS = {
    "ceads": ceads_sample,
    "cesy_balance": cesy_sample,
    "cesy_sectors": cesy_sectors_sample,
    "cesy_equivalent": cesy_equivalent_sample,
    "cesy_totals": cesy_totals_sample,
    "eurostat_browser": eurostat_browser_sample,
    "wb_flaring": flaring_sample,
    "pig_iron": pig_iron_sample,
    "usgs_cement": cement_sample,
    "energy_institute": review_sample,
    "fernandes": fernandes_sample,
    "shipping_fuel": shipping_sample,
    "cui_daily": cui_sample,
    "tno_wood": tno_sample,
}
