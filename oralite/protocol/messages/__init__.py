"""The messages of the protocol, one file each: bytes to values and values to bytes, no state."""
