"""What the commands do for the processor of row changes, and its own commands."""
