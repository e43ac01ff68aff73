"""The tables of the product, each with its statements beside it."""
