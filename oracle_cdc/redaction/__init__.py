"""Redaction: what is personal in records and texts, found and replaced. Pure functions."""
