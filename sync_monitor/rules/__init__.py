"""What measurements mean: pure functions, without I/O, clock or logging."""
