"""All pipelines and the monitor at once, on one Oracle."""
