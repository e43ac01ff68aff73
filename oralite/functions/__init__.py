"""Oracle's functions over storage values, for the SQL side to register in SQLite."""
