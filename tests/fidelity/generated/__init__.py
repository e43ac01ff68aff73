"""Statements made at random beside a plain Python evaluation of each, which knows nothing of the
stand-in."""
