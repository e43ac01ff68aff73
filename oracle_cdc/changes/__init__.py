"""Row changes: what was inserted, updated and deleted in tables of Oracle, as a stream."""
