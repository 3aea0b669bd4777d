"""The sections of the report, each made from the material alone."""
