"""The database and the sessions that run SQL on it."""
