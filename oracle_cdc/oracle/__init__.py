"""The edge to Oracle: one pool, named statements, one file per table or purpose."""
