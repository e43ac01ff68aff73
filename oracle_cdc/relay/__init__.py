"""Rows from a source to a destination, with the progress kept in a store: the values and seams."""
