"""Rounds of faults against events: a table in Oracle, a stream in NATS, progress in MariaDB."""
