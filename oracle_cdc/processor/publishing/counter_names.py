"""The names by which it is counted what became of records."""

from __future__ import annotations

RECORDS, PUBLISHED, SKIPPED = "records_read", "events_published", "events_skipped"
#: Begins the names of counters of dead letters, by their code.
DEAD = "dead_"
#: Tries that were refused, and failures of the store of states and checkpoints.
RETRIES, STATE_ERRORS = "event_retries", "state_errors"
CODES = ("PARSE_ERROR", "VALIDATION_ERROR", "TRANSFORMATION_ERROR", "EVENTBRIDGE_ERROR")


def dead(code: str) -> str:
    """Return the counter of dead letters with a code."""
    return f"{DEAD}{code}"
