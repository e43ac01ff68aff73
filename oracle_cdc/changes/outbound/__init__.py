"""Row changes from a lane to the stream: built, sent in turns, deleted once they are accepted."""
