"""The shards of a stream: who reads which, from where, and how far it was processed."""
