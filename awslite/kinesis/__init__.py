"""Streams of shards that end, split and merge."""
