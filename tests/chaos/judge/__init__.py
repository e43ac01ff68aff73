"""What a round's history must be. It knows the contract, and nothing of the service."""
