"""Readers of station measurements: one module per format, each with a `FORMAT`."""
