"""Publish, verify and open versioned releases."""
