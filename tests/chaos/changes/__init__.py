"""Rounds of faults against row changes: captured tables, a stream, a bus, dead letters."""
