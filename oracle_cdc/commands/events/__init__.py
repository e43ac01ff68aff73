"""What the commands do for events."""
