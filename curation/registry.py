"""The register of makers."""

from __future__ import annotations

from curation import (
    activity,
    fleet_shares,
    observations,
    organic_carbon,
    profiles,
    shares,
    spatial,
)
from curation.maker import Maker

__all__ = ["MAKERS"]

MAKERS: tuple[Maker, ...] = (
    *activity.MAKERS,
    fleet_shares.MAKER,
    shares.TECHNOLOGY_SHARES,
    shares.PENETRATION,
    *spatial.MAKERS,
    profiles.MAKER,
    observations.MAKER,
    organic_carbon.MAKER,
)
