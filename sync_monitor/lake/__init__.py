"""The lake, through one seam: what reads it is one class for each engine."""
