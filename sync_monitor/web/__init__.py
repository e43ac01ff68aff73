"""The page of the monitor, its JSON and its metrics. Every figure is of the history."""
