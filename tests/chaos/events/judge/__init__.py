"""What a round of events must have left behind. It knows the contract, not the service."""
