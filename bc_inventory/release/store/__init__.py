"""Where releases lie, how they are published, verified and removed."""
