"""EventBridge: events to a bus."""
