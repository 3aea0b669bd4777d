"""Readers of other people's inventories: one module per format, each with a `FORMAT`."""
