"""From what instruments report to black carbon."""
