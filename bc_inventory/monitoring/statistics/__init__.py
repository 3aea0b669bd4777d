"""Means, trends, scores, collocation and uncertainty of series."""
