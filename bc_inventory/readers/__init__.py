"""Read publishers' files into contract tables; one module per format.

`read_any(path)` finds the format and reads it; see `bc_inventory.readers.registry`.
"""

from bc_inventory.readers.io.source import Source
from bc_inventory.readers.registry import (
    Format,
    Reading,
    Report,
    SetAside,
    detect,
    find_format,
    formats,
    read_all,
    read_any,
    reading,
)

__all__ = [
    "Format",
    "Reading",
    "Report",
    "SetAside",
    "Source",
    "detect",
    "find_format",
    "formats",
    "read_all",
    "read_any",
    "reading",
]
