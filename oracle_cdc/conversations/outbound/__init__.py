"""From the source table to the outbound queue."""
