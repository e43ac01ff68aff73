"""Records of a stream to events that the bus accepted, or to dead letters."""
