"""Open a release and ask it."""
