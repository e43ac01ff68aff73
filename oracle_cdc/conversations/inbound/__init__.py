"""From the results queue to DICTA_CALL_SUMMARY."""
