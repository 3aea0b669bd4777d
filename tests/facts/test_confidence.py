"""A label of a fact never says more than how its source was read."""

import pandas as pd

TABLES = (
    *("activity_mapping", "activity_national", "technology_shares", "penetration"),
    *("abatement", "emission_factors", "calorific_values", "co2_factors"),
)
UNREAD = {"recalled", "assumed"}
# Facts that are worked out from others, whose sources their notes name: the source is the rule.
WORKED_OUT = {
    ("technology_shares", "bcinv-technology-split", "medium"),
    ("penetration", "bcinv-implied-gains", "medium"),
    ("abatement", "bcinv-control-bc", "medium"),
    ("emission_factors", "bcinv-analogy", "low"),
    ("emission_factors", "bcinv-beehive", "low"),
    ("emission_factors", "bcinv-middle-coal-boiler", "medium"),
    ("emission_factors", "bcinv-middle-crop-stove", "medium"),
    ("emission_factors", "bcinv-middle-oil-boiler", "low"),
    ("emission_factors", "bcinv-middle-oil-boiler", "medium"),
    *(("emission_factors", "bcinv-road-per-energy", word) for word in ("high", "medium", "low")),
    ("activity_mapping", "bcinv-co2-fuel-split", "low"),
    ("calorific_values", "bcinv-analogy", "low"),
}
# Sources read in part: an abstract, the PM2.5 of a machine copy, one of two values; notes say so.
READ_IN_PART = {
    ("technology_shares", "xu-2019", "medium"),
    ("emission_factors", "emep-eea-2019-text", "medium"),
    ("calorific_values", "ipcc-2006", "medium"),
}


def unsupported(root):
    """Return table, source and label of rows that cite nothing that was read, yet say they do."""
    read = pd.read_csv(root / "data" / "sources.csv").set_index("source_id")["read"]
    found = set()
    for name in TABLES:
        rows = pd.read_csv(root / "data" / f"{name}.csv", dtype=str)[["source_id", "confidence"]]
        for row in rows.drop_duplicates().itertuples():
            reads = {read[source.strip()] for source in row.source_id.split(";")}
            if row.confidence not in UNREAD and reads <= UNREAD:
                found.add((name, row.source_id, row.confidence))
    return found


def test_a_label_needs_a_source_that_was_read(root):
    """A better label without a new source is no progress: name the source, or leave the label."""
    assert unsupported(root) == WORKED_OUT | READ_IN_PART


def test_the_only_technology_of_a_set_is_certain(root):
    """`medium` without a source is right for shares of one alone."""
    shares = pd.read_csv(root / "data" / "technology_shares.csv")
    split = shares["source_id"] == "bcinv-technology-split"
    assert (shares.loc[split & (shares["confidence"] == "medium"), "share"] == 1).all()
