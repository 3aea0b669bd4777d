"""Commands of `bc-inventory`, one module each, imported when called."""
