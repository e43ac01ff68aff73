"""Rounds, one, many or a long one, and the judge's own test."""
