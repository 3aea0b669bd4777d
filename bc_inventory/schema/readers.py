"""Contracts of what readers give and of the tables that make it comparable."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Interval, Table

__all__ = ["REGION_LEVELS", "SECTOR_LEVELS", "TABLES"]

REGION_LEVELS = ("country", "part", "aggregate", "international")
SECTOR_LEVELS = ("part", "aggregate", "memo")

INVENTORY = Table(
    "inventory",
    "One figure of an emission inventory as its publisher gives it, in kt.",
    (
        Column("inventory", "string", "inventory, such as EMEP-CEIP or REAS"),
        Column("version", "string", "version or date of the edition"),
        Column("scheme", "string", "scheme of the sectors, as in `sector_crosswalk`"),
        Column(
            "region",
            "string",
            "ISO 3166 code where the publisher's region has one, otherwise the publisher's code",
        ),
        Column("source_region", "string", "region in the publisher's terms"),
        Column(
            "region_level",
            "string",
            "country; part of a country; aggregate of countries; international (ships, aviation)",
            enum=REGION_LEVELS,
        ),
        Column("year", "integer", "calendar year", minimum=1700, maximum=2100),
        Column("sector", "string", "sector in the publisher's scheme"),
        Column(
            "sector_level",
            "string",
            "part: parts add up to the total; aggregate: a sum of other rows; memo: outside totals",
            enum=SECTOR_LEVELS,
        ),
        Column("fuel", "string", "fuel in the publisher's terms, where given", required=False),
        Column("species", "string", "pollutant"),
        Column(
            "value_kt", "number", "emission; absent where there is a notation key", "kt", False, 0
        ),
        Column(
            "notation_key",
            "string",
            "notation key where there is no figure",
            required=False,
            enum=c.NOTATION_KEYS,
        ),
        Column("unit", "string", "unit as delivered"),
        c.source_id,
        c.note,
    ),
    (
        "inventory",
        "version",
        "scheme",
        "source_region",
        "year",
        "sector",
        "fuel",
        "species",
    ),
)

SECTOR_CROSSWALK = Table(
    "sector_crosswalk",
    "Where a publisher's sector belongs among the common sectors. Shares of one source sector "
    "and fuel add up to 1.",
    (
        Column("scheme", "string", "scheme of the source sector"),
        Column("source_sector", "string", "sector in the publisher's terms"),
        Column("source_fuel", "string", "fuel in the publisher's terms, or * for any"),
        Column(
            "target",
            "string",
            "NFR or GNFR code; several joined by + where the source sector is their sum and no "
            "split is known; not_comparable where no common sector holds it",
        ),
        *c.bounded("share", "share of the source sector that is the target", "1", maximum=1.0),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scheme", "source_sector", "source_fuel", "target"),
    (Interval("share", "share_lower", "share_upper"),),
)

REGION_CROSSWALK = Table(
    "region_crosswalk",
    "A region that a publisher's region is or contains.",
    (
        Column("scheme", "string", "publisher's scheme of regions"),
        Column("source_region", "string", "region in the publisher's terms"),
        Column("region", "string", "ISO 3166 code of the same region or of one member"),
        Column("level", "string", "level of the source region", enum=REGION_LEVELS),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scheme", "source_region", "region"),
)

COUNTRIES = Table(
    "countries",
    "Codes of a country or territory in ISO 3166-1.",
    (
        Column("alpha_2", "string", "two letters"),
        Column("alpha_3", "string", "three letters"),
        Column("name", "string", "English short name"),
        c.source_id,
    ),
    ("alpha_2",),
)

CHINESE_CLASSES = Table(
    "chinese_classes",
    "Class of an emission in the Chinese guideline schemes; fuel decides where biomass moves.",
    (
        Column("scheme", "string", "guideline", enum=("MEP2014", "TCSES144")),
        c.nfr,
        Column(
            "fuel_kind",
            "string",
            "kind of fuel, product of a process, or *",
            enum=("fossil", "biomass", "product", "*"),
        ),
        Column("class_zh", "string", "class in Chinese"),
        Column("class_en", "string", "class in English"),
        c.confidence,
        c.source_id,
        c.note,
    ),
    ("scheme", "nfr", "fuel_kind"),
)

CATALOGUE = Table(
    "catalogue",
    "A file that can be fetched from its publisher.",
    (
        Column("item", "string", "short name of the file"),
        c.source_id,
        Column("address", "string", "https address of the file", required=False),
        Column("file", "string", "name under which it is kept"),
        Column("format", "string", "name of its reader", required=False),
        Column(
            "sha256",
            "string",
            "checksum the publisher states, or that of the file read here",
            required=False,
        ),
        Column(
            "checksum_of",
            "string",
            "whose checksum that is: the publisher's, or of the copy read here",
            required=False,
            enum=("publisher", "copy"),
        ),
        Column("size_limit", "integer", "largest size accepted, bytes", "byte", minimum=1),
        Column("access", "string", "how it is had", enum=("open", "registration", "request")),
        Column("licence", "string", "licence or terms"),
        Column("citation", "string", "how to cite it"),
        Column(
            "zero_means",
            "string",
            "what a zero stands for: zero, or perhaps not reported",
            enum=("zero", "maybe_not_reported"),
        ),
        c.note,
    ),
    ("item",),
)

TABLES = (
    INVENTORY,
    SECTOR_CROSSWALK,
    REGION_CROSSWALK,
    COUNTRIES,
    CHINESE_CLASSES,
    CATALOGUE,
)
