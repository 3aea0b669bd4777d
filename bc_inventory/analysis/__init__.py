"""Compare, decompose and summarise inventories and grids."""
