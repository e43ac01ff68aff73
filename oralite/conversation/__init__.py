"""One client from its log-in to its end: requests read, carried out and answered."""
