"""Settings: where values come from, what a model may declare, how mistakes are reported."""
