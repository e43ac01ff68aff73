"""What is drawn from a seed: who calls, what is said, what goes wrong."""
