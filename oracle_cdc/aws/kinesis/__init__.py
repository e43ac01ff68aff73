"""Kinesis Data Streams: row changes on their way, in order for each key."""
