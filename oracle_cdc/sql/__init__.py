"""Files of SQL: named statements, and tables as they are made. Knows no database."""
