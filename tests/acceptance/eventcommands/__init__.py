"""The commands of events, each a process of its own, between real servers."""
