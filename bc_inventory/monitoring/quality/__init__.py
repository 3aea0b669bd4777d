"""Quality control: tests, flags, duplicates."""
