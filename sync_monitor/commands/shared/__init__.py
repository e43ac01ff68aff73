"""What several commands of the monitor do alike."""
