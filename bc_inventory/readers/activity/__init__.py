"""Readers of activity data: one module per format, each with a `FORMAT`."""
