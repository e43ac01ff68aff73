"""A stand-in of Trino's HTTP protocol, over DuckDB. Imports nothing of this product."""
