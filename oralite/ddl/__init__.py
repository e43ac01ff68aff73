"""Statements that change what a schema holds."""
