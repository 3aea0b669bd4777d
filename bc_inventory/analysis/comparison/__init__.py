"""Compare inventories: scope, pairs, pooling, double counting."""
