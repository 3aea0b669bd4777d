"""The checks of an inventory review."""
