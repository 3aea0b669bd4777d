"""Hotspots: which cells, how surely, and what lies near."""
