"""The demo of events: rows of a table come into a stream of NATS, and all of it balances."""
