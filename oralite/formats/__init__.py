"""Oracle's format models: for dates in both directions, for numbers in both directions."""
