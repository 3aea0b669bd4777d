"""Contracts of what rows cite: sources, their licences and how publishers are named."""

from __future__ import annotations

from bc_inventory.schema import common as c
from bc_inventory.schema.contract import Column, Table

__all__ = ["TABLES"]

SOURCES = Table(
    "sources",
    "A publication, data set or judgement that rows cite.",
    (
        Column("source_id", "string", "short name that rows cite"),
        Column("title", "string", "title"),
        Column("publisher", "string", "publisher or authors"),
        Column("published", "string", "year or date of publication", required=False),
        Column("address", "string", "DOI or address", required=False),
        Column("licence", "string", "licence or terms in the words of the publisher"),
        Column(
            "licence_id",
            "string",
            "SPDX identifier; facts: single facts are quoted; terms: the publisher grants use and "
            "no redistribution; restricted: the publisher forbids some uses",
            default="terms",
        ),
        Column("licence_url", "string", "where it is written", required=False, default=""),
        Column(
            "licence_checked",
            "string",
            "date and where it was read, or `not checked`",
            default="not checked",
        ),
        Column(
            "derived_from",
            "string",
            "source_ids that rows of this project are made from, separated by `;`",
            required=False,
            default="",
        ),
        Column("citation", "string", "how to cite it"),
        Column(
            "read",
            "string",
            "primary: read in the source; copy: in a faithful copy; secondary: quoted by another; "
            "recalled: from memory; assumed: a judgement of this project",
            enum=("primary", "copy", "secondary", "recalled", "assumed"),
        ),
        c.note,
    ),
    ("source_id",),
)

LICENCES = Table(
    "licences",
    "A licence, or a class of terms, that sources are under.",
    (
        Column("licence_id", "string", "SPDX identifier, or facts, terms, restricted"),
        Column("name", "string", "English name"),
        Column("name_zh", "string", "Chinese name"),
        Column(
            "part",
            "string",
            "part of the facts that its rows belong to",
            enum=("open", "terms", "odbl"),
        ),
        Column("attribution", "boolean", "whether the publisher is to be named"),
        Column("share_alike", "boolean", "whether what is made of it is bound to the same licence"),
        Column("permits", "string", "what may be done, in a sentence"),
        c.source_id,
        c.note,
    ),
    ("licence_id",),
)

ATTRIBUTIONS = Table(
    "attributions",
    "How publishers are named, and what was done with their figures.",
    (
        Column("attribution_id", "string", "short name"),
        Column("publishers", "string", "as `publisher` of sources, separated by `;`"),
        Column("wording", "string", "text that names them"),
        Column(
            "wording_by",
            "string",
            "publisher: the wording it asks for; project: ours",
            enum=("publisher", "project"),
        ),
        Column("changes", "string", "what was done with its figures"),
        c.source_id,
    ),
    ("attribution_id",),
)

TABLES = (SOURCES, LICENCES, ATTRIBUTIONS)
