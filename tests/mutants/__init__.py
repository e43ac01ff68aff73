"""Guards taken out one at a time, to learn whether a test notices; pytest collects only the tests of this itself."""
