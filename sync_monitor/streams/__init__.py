"""What is no table in a lake and should arrive as a whole: pipelines, GoldenGate, extracts."""
