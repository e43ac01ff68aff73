"""What can be seen from outside while the service works: its tables and the queues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle_cdc.demo.conversations.recorder import Recorded
from oracle_cdc.demo.conversations.source import Source

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REJECTED = ("REJECTED_TOO_SHORT", "REJECTED_MISSING_CHANNEL")
FINAL = frozenset({"SUMMARIZED", "FAILED", *REJECTED})


@dataclass(frozen=True)
class Standing:
    """Counts of calls by where they are, of ledger rows read, and of messages in the queues."""

    arrived: int = 0
    sent: int = 0
    summarized: int = 0
    rejected: int = 0
    failed: int = 0
    rows_read: int = 0
    set_aside: int = 0
    to_ml: int = 0
    from_ml: int = 0

    @property
    def open(self) -> int:
        """Count the calls that still talk, or are not looked at yet."""
        return max(0, self.arrived - self.sent - self.accounted)

    @property
    def accounted(self) -> int:
        """Count the calls that have come to an end."""
        return self.summarized + self.rejected + self.failed


def look(
    source: Source, recorded: Recorded, sqs: SQSClient, outbound: str, results: str
) -> Standing:
    """Count everything once."""
    counts: dict[str, int] = {}
    rejected = 0
    rows_read = 0
    for state, calls, rows in source.query("read_states"):
        counts[str(state)] = int(str(calls))
        if state in REJECTED:
            rejected += int(str(calls))
        if state in FINAL:
            rows_read += int(str(rows))
    set_aside = 0
    for (failures,) in source.query("count_failures"):
        set_aside = int(str(failures))
    return Standing(
        arrived=len(recorded.segments),
        sent=counts.get("SENT", 0),
        summarized=counts.get("SUMMARIZED", 0),
        rejected=rejected,
        failed=counts.get("FAILED", 0),
        rows_read=rows_read,
        set_aside=set_aside,
        to_ml=depth(sqs, outbound),
        from_ml=depth(sqs, results),
    )


def depth(sqs: SQSClient, url: str) -> int:
    """Count the messages of a queue, waiting or being worked on."""
    answer = sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(map(int, answer["Attributes"].values()))


def is_settled(standing: Standing, recorded: Recorded) -> bool:
    """Return whether every segment that was put in is accounted for, and nothing is on its way."""
    return (
        recorded.is_finished
        and standing.accounted == standing.arrived
        and standing.rows_read == recorded.row_count
        and standing.to_ml == standing.from_ml == 0
    )
