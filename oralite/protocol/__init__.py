"""Oracle's client protocol: packets, messages and bytes."""
