"""Estimate emissions from activity, factors, abatement and their uncertainty."""
