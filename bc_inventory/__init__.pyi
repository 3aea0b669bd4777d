"""Types of the public names, which the package imports when they are used."""

from bc_inventory.analysis.decomposition.decompose import decompose as decompose
from bc_inventory.api import compare as compare
from bc_inventory.api import estimate as estimate
from bc_inventory.api import grid as grid
from bc_inventory.api import ingest as ingest
from bc_inventory.api import read as read
from bc_inventory.api import regrid as regrid
from bc_inventory.config import load_config as load_config
from bc_inventory.inventory.uncertainty import totals as totals
from bc_inventory.release.explain.explain import explain as explain
from bc_inventory.release.read.release import open_release as open_release
from bc_inventory.units import convert as convert
from bc_inventory.workflow.run import build as build

__version__: str
COMPUTED_IMPORTS: tuple[str, ...]
