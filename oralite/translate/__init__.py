"""Syntax tree and types of binds to SQLite's SQL and the types of its results."""
