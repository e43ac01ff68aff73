"""Where a process can be killed or frozen, and what an Oracle can do wrong."""

from __future__ import annotations

STATEMENTS = (
    "find_work",
    "insert_claim",
    "update_claim",
    "fetch_segments",
    "renew_lease",
    "seal_claim",
    "settle_sent",
    "settle_unsent",
    "write_log",
    "record_cycle",
    "release_claims",
    "begin_coverage",
    "find_answered",
    "insert_summary",
    "update_summary",
    "mark_summarized",
    "set_aside",
    "commit of insert_claim",
    "commit of update_claim",
    "commit of write_log",
)
REQUESTS = ("SendMessageBatch", "ReceiveMessage", "DeleteMessageBatch")
#: Where a kill or a pause hurts most: an answer is here that is written nowhere.
SORE_POINTS = (
    "after SendMessageBatch",
    "before SendMessageBatch",
    "before settle_sent",
    "after seal_claim",
    "before seal_claim",
    "after fetch_segments",
    "before DeleteMessageBatch",
    "after ReceiveMessage",
    "before record_cycle",
    "before insert_summary",
)
#: The same for results.
RESULT_POINTS = (
    "after ReceiveMessage",
    "before insert_summary",
    "after update_summary",
    "before commit of write_log",
    "after commit of write_log",
    "before DeleteMessageBatch",
    "after DeleteMessageBatch",
)
ORACLE_FAULTS = (
    "drop before execute {n}",
    "drop after execute {n}",
    "drop before commit {n}",
    "drop after commit {n}",
    "drop on fetch {n}",
    "delay 0.3 on execute {n} times 3",
    "error 1653 on execute {n}",
    "error 60 on execute {n}",
    "error 8177 on execute {n}",
    "error 1555 on execute {n}",
    "error 30006 on execute {n}",
    "error 3113 after commit {n}",
    "error 4031 on execute {n}",
    'drop after execute when "UPDATE CDC_PROCESSED_CALLS" times 2',
    'drop after execute when "INSERT INTO CDC_PROCESSED_CALLS" times 2',
    'drop after execute when "UPDATE CDC_PROCESSING_STATUS" times 2',
    'error 1653 on execute when "INSERT INTO DICTA_CALL_SUMMARY" times 2',
    "hang on execute {n} times 1",
    "freeze on execute {n} times 1",
    "refuse logins error 12514 times 4",
    "drop on call chance 0.05 seed {n}",
)


def all_points() -> tuple[str, ...]:
    """Return every point, those of requests three times, because there are fewer of them."""
    points: list[str] = []
    for name in (*STATEMENTS, *REQUESTS * 3):
        points += [f"before {name}", f"after {name}"]
    return tuple(points)


POINTS = all_points()
