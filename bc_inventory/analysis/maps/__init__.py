"""Maps as PNG."""
