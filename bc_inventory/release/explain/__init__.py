"""What made a number, and what made it move."""
