"""The plan of a build from published activity to the report, and its run."""
