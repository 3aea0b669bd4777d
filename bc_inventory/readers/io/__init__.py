"""Publishers' files opened safely: text, workbooks, NetCDF."""
