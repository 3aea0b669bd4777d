"""Harmonised black carbon inventories and monitoring for the EU and China."""

__version__ = "0.1.0"
