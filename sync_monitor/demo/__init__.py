"""What `seed`, `inject` and the demo run on: a stand-in of Oracle, and a lake beside it."""
