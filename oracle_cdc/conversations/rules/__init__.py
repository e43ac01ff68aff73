"""Pure rules of conversations: nothing here reads a clock, a database or a queue."""
