"""Event buses, and what they took."""
