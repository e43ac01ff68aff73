"""Which rows differ: their text in each dialect, and how they are found. Pure functions."""
