"""The judge of row changes, who shares no code with the service."""
