"""Pure rules of events: what a row becomes. No I/O, no clock, no logging."""
