"""Oracle SQL text to a syntax tree. Whatever it does not know it refuses."""
