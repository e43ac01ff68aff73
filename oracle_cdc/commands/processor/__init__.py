"""Commands of the processor of row changes."""
