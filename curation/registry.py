"""The register of makers."""

from __future__ import annotations

from curation import (
    activity,
    benchmarks,
    car_ages,
    china_household_coal,
    coke,
    drivers,
    ebas_flags,
    factors,
    field_burning,
    fleet_shares,
    gains,
    household_biomass,
    household_coal,
    household_wood,
    lanes,
    observations,
    organic_carbon,
    petrol,
    profiles,
    shares,
    spatial,
)
from curation.maker import Maker

__all__ = ["MAKERS"]

MAKERS: tuple[Maker, ...] = (
    *activity.MAKERS,
    petrol.MAKER,
    *gains.MAKERS,
    *china_household_coal.MAKERS,
    household_biomass.MAKER,
    *coke.MAKERS,
    drivers.MAKER,
    field_burning.MAKER,
    fleet_shares.MAKER,
    car_ages.MAKER,
    household_wood.MAKER,
    household_coal.MAKER,
    shares.TECHNOLOGY_SHARES,
    shares.PENETRATION,
    factors.MAKER,
    *spatial.MAKERS,
    lanes.MAKER,
    profiles.MAKER,
    observations.MAKER,
    organic_carbon.MAKER,
    ebas_flags.MAKER,
    benchmarks.MAKER,
)
