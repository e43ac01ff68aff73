"""Guards taken out one at a time, to learn whether a test notices."""
