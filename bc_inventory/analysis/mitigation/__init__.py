"""Measures, scenarios and targets."""
