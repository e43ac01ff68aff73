"""Metrics, as they were put."""
