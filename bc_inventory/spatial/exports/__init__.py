"""Layouts of gridded emissions named for what takes them."""
