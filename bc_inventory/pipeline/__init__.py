"""A build as data: its steps, and where they run."""
