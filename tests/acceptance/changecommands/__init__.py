"""The command `changes`, as it is typed, on an Oracle with the sample schema."""
