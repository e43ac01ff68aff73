"""Row changes of tables: what writes them down in Oracle, as text."""
