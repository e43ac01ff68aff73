"""Tables of items, written under conditions."""
