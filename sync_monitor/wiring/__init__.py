"""Settings to the parts of a monitor: syncs, edges, streams, and what speaks with others."""
