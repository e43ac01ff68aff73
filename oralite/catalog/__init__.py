"""Schemas and what they hold, in memory and on disk."""
