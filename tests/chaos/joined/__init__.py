"""Rounds in which one service runs all pipelines, between all that any of them needs."""
