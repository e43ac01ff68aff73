"""What was seen, in one SQLite file: looks with a hash chain, cells, spans, issues."""
