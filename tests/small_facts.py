"""A set of facts small enough to work out by hand."""

import csv
import io
from pathlib import Path

from bc_inventory.reference.paths import embedded_root

# Two regions, one year anchor each side. By hand, 2018:
#   DE wood 1000 TJ, half stove (80 g/GJ), half pellet (8 g/GJ): 0.040 and 0.004 kt.
#   CN-HE coal 100 kt x 0.5 to households at 20 MJ/kg: 1000 TJ; factor 2 g/kg is
#   100 g/GJ; a filter of 50 % on 40 % leaves 0.8: 0.080 kt.
#   Bricks 1000 kt in China, 30 % of them in CN-HE: 300 kt x 0.1 g/kg = 0.030 kt.
TABLES = {
    "sources": """source_id,title,publisher,published,address,licence,citation,read,note
s,Made up,Nobody,2020,,CC0,Nobody 2020,assumed,
""",
    "sectors": """nfr,gnfr,name,name_zh,ipcc_2006,memo,estimated,source_id
1A4bi,C_OtherStationaryComb,Residential,居民,1.A.4.b,false,true,s
1A2f,B_Industry,Minerals,建材,1.A.2.f,false,true,s
1A3di(i),P_IntShipping,Bunkers,国际航运,,true,false,s
""",
    "fuels": """fuel,name,name_zh,kind,source_id
wood,wood,薪柴,biomass,s
coal,coal,煤,solid,s
brick,brick,砖,product,s
""",
    "technologies": """technology,name,name_zh,description,source_id
stove,stove,炉,a stove,s
pellet,pellet boiler,颗粒,a boiler,s
kiln,kiln,窑,a kiln,s
""",
    "regions": """region,side,name,name_zh,group,parent,nuts,gb_t_2260,letters,source_id
DE,EU,Germany,德国,EU-WEST,,DE,,,s
CN-HE,CN,Hebei,河北,CN-NORTH,,,130000,HE,s
HK,none,Hong Kong,香港,none,,,,,s
""",
    "population": """region,year,population,source_id,note
DE,2018,80000000,s,
""",
    "calorific_values": """ncv_id,scope,fuel,value,value_lower,value_upper,unit,edition,confidence,source_id,note
ncv-coal,*,coal,20,20,20,MJ/kg,,high,s,
""",
    "co2_factors": """fuel,value,value_lower,value_upper,confidence,source_id,note
coal,100,100,100,high,s,
""",
    "activity_mapping": """mapping_id,scope,source_sector,source_fuel,nfr,fuel,year,share,share_lower,share_upper,tier,surrogate,confidence,source_id,note
m-wood,EU,households,biomass,1A4bi,wood,2018,1,1,1,2,false,high,s,
m-coal,CN,households,coal,1A4bi,coal,2018,0.5,0.4,0.6,2,true,assumed,s,half is used
""",
    "activity_uncertainty": """activity_source,source_sector,flag,relative,confidence,source_id,note
s,*,*,0.1,assumed,s,
s,households,e,0.2,assumed,s,
""",
    "activity_national": """activity_id,scope,nfr,fuel,year,quantity,quantity_lower,quantity_upper,unit,driver,tier,confidence,source_id,note
n-brick,CN,1A2f,brick,2018,1000,500,2000,kt,bricks,1,assumed,s,
""",
    "activity_reported": """year,region,nfr,fuel,quantity,quantity_lower,quantity_upper,unit,tier,confidence,source_id,note
""",
    "activity_repairs": """repair_id,region,source_sector,source_fuel,method,year_from,year_to,reference_from,reference_to,surrogate_region,factor,per_head,relative,confidence,source_id,note
""",
    "region_shares": """driver,region,year,share,relative_uncertainty,source_id,note
bricks,CN-HE,2008,0.3,0.5,s,
""",
    "technology_shares": """scope,nfr,fuel,technology,year,share,share_lower,share_upper,confidence,source_id,note
*,1A4bi,wood,stove,2018,0.5,0.4,0.6,assumed,s,
*,1A4bi,wood,pellet,2018,0.5,0.4,0.6,assumed,s,
*,1A4bi,coal,stove,2018,1,1,1,assumed,s,
*,1A2f,brick,kiln,2018,1,1,1,assumed,s,
""",
    "emission_factors": """factor_id,factor_set,side,nfr,fuel,technology,species,value,value_lower,value_upper,unit,pm25_value,convention,controls_included,tier,confidence,source_id,note
f-wood-stove,harmonised,*,*,wood,stove,BC,80,20,320,g/GJ,800,total,false,2,high,s,
f-wood-pellet,harmonised,*,*,wood,pellet,BC,8,2,32,g/GJ,,direct,false,2,high,s,
f-coal-stove,harmonised,*,*,coal,stove,BC,2,1,4,g/kg,,direct,false,2,high,s,
f-brick,harmonised,*,*,brick,kiln,BC,0.1,0.05,0.2,g/kg,,direct,false,1,low,s,
f-eu-wood,official,EU,1A4bi,wood,*,BC,40,10,160,g/GJ,,total,true,1,high,s,
""",
    "abatement": """control,name,name_zh,efficiency,efficiency_lower,efficiency_upper,confidence,source_id,note
filter,filter,过滤,0.5,0.4,0.6,assumed,s,
""",
    "penetration": """scope,nfr,fuel,technology,control,year,penetration,penetration_lower,penetration_upper,confidence,source_id,note
CN,1A4bi,coal,*,filter,2018,0.4,0.3,0.5,assumed,s,
""",
}
PUBLISHED = {
    "eu_2018": """year,region,source_sector,source_fuel,quantity,unit,quantity_kind,notation_key,flag,source_id,note
2018,DE,households,biomass,1000,TJ,fuel_energy,,,s,
2018,DE,households,unheard-of,7,TJ,fuel_energy,,,s,
""",
    "cn_2018": """year,region,source_sector,source_fuel,quantity,unit,quantity_kind,notation_key,flag,source_id,note
2018,CN-HE,households,coal,10,1e4 t,fuel_mass,,e,s,
""",
}

# Tables that serve overlays alone, with a row of each.
EMPTY = {
    "activity_reported.csv": "year,region,nfr,fuel,quantity,quantity_lower,quantity_upper,unit,"
    "tier,confidence,source_id,note\n2018,PL,1A4bi,fuelwood,1,1,1,TJ,2,assumed,ceads,\n"
}


def write_small_facts(root: Path) -> Path:
    """Write the small facts as a data folder."""
    (root / "activity").mkdir(parents=True)
    for name, text in TABLES.items():
        (root / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, text in PUBLISHED.items():
        (root / "activity" / f"{name}.csv").write_text(text, encoding="utf-8")
    return root


# Tables to which embedded ones refer: a build needs the rows of both.
_SHARED = ("sources", "sectors", "fuels", "technologies", "regions")


# A row of a table that the small facts have nothing else of.
_METRIC = """metric_id,metric,horizon,species,scope,value,lower,upper,confidence,source_id,note
made-up,GWP,77,BC,global,500,,,assumed,s,
"""


def write_small_overlay(root: Path) -> Path:
    """Write the small facts as an overlay: whole tables, and rows of those that all share.

    The published activity is theirs alone: that of other files is emptied.
    """
    write_small_facts(root)
    for name in _SHARED:
        (root / f"{name}.csv").rename(root / f"{name}.rows.csv")
    (root / "sectors.rows.csv").write_text(_sectors(), encoding="utf-8")
    (root / "climate_metrics.rows.csv").write_text(_METRIC, encoding="utf-8")
    header = PUBLISHED["eu_2018"].splitlines()[0]
    for path in (embedded_root() / "activity").iterdir():
        if path.stem not in PUBLISHED:
            (root / "activity" / path.name).write_text(f"{header}\n", encoding="utf-8")
    return root


def _sectors() -> str:
    """Return the rows of the small categories, and the others as not estimated."""
    text = (embedded_root() / "sectors.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())
    own = list(csv.reader(TABLES["sectors"].splitlines()))[1:]
    place, code = header.index("estimated"), header.index("nfr")
    others = [row for row in rows if row[code] not in {mine[code] for mine in own}]
    for row in others:
        row[place] = "false"
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([header, *own, *others])
    return made.getvalue()
