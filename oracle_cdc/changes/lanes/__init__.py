"""Change tables as they are shipped: each is a lane, read as a queue, one copy at a time."""
