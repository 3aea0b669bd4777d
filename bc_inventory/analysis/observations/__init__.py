"""Compare the inventory with measurements."""
