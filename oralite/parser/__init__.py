"""Oracle SQL text to a syntax tree; whatever it does not know it refuses."""
