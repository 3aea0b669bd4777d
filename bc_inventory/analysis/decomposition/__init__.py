"""Take the difference of two inventories apart."""
