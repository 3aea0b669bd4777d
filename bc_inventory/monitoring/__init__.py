"""Turn station and gridded black carbon measurements into one record."""
