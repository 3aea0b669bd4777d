"""A small read-only HTTP service over published releases.

For people who have no Python. It answers from releases alone, holds no state of its own,
and bounds rows, bytes, time and the number of questions at once. Imported only by the
command `serve`, since FastAPI is an optional library.
"""

from bc_inventory.release.service.app import make_app

__all__ = ["make_app"]
