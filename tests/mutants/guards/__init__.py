"""The mutations by subject: each table names its modules at its head, in one place."""
