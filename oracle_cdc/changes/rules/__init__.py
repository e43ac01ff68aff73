"""What a row change is and becomes: pure, without I/O, clock or logging."""
