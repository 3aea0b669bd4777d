"""Readers of gridded fields: one module per format, each with a `FORMAT`."""
