"""The processor: row changes of a stream, as events on a bus."""
