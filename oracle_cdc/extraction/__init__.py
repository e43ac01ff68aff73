"""Extraction: exact samples of any schema's tables, as files that a person can open."""
