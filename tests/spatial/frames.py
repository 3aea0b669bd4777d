"""Emissions as `select_emissions` returns them, for tests of where they go."""

import pandas as pd


def one_kt(nfr, regions, gnfr="F_RoadTransport", fuel="diesel"):
    """Return one kilotonne of a category in each region."""
    return pd.DataFrame(
        {
            "side": ["CN" if region.startswith("CN") else "EU" for region in regions],
            "region": regions,
            "nfr": nfr,
            "gnfr": gnfr,
            "fuel": fuel,
            "emission_kt": 1.0,
        }
    )
