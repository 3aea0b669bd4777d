"""What every part refers to: codelists, domains, where facts lie, external sources."""
