"""A program that runs for years: loops, retries, progress, logs, evidence of whose failure it is."""
