"""A program that runs for years: loops, retries, progress, logs, and whose failure it is."""
