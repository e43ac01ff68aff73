"""What is done beside the main loop, in its pauses."""
