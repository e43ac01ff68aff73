"""AWS: the one session, and what its services share."""
