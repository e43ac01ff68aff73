"""SQLite beneath: its file, transactions, locks, sequences and long results."""
