"""`status` of the processor: its shards, how far each is behind, and the dead letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_choosing import find_readable
from oracle_cdc.aws.dynamodb.states import ProcessorState
from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.commands.processor.checkpoint import as_record, is_alive
from oracle_cdc.commands.status_report import Part, in_words, seconds_in_words
from oracle_cdc.errors import CdcError, worst
from oracle_cdc.processor.edges import Edges, make_edges
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.terminal import Line, Report


@dataclass
class Found:
    """What was found out, as far as everything answered.

    Parameters:
        lags: by shard, how old its first record is that is not settled, 0 where all are. None:
            Kinesis did not say.
        dead_letters: how many wait, None where there is no queue.
    """

    errors: list[CdcError] = field(default_factory=list)
    leases: Sequence[Lease] | None = None
    state: ProcessorState | None = None
    lags: dict[str, float | None] = field(default_factory=dict)
    dead_letters: int | None = None

    @property
    def lag_seconds(self) -> float | None:
        """Return how far the shard is behind that is most so, None where one is not known."""
        longest = 0.0
        if self.leases is None:
            return None
        for lag in self.lags.values():
            if lag is None:
                return None
            longest = max(longest, lag)
        return round(longest, 3)


def report_processor(settings: ProcessorSettings) -> Part:
    """Return the report, with the exit code 0, or that of what can't be asked.

    What it would have said shows as null, with the reason, and the processor as not ready.
    """
    found = Found()
    edges = make_edges(settings, Progress())
    with closing(edges.session):
        for ask in (ask_tables, ask_stream, ask_dead_letters):
            try:
                ask(edges, found)
            except CdcError as error:
                found.errors.append(error)
    reasons = [str(error) for error in found.errors]
    reasons += find_reasons(found, settings)
    below = make_report(settings, found)
    code = worst([error.exit_code for error in found.errors])
    return Part(reasons, {}, below, list(lines_of(below)), code)


def ask_tables(edges: Edges, found: Found) -> None:
    """Ask DynamoDB what is kept."""
    found.leases = edges.rows.read_all()
    found.state = edges.states.get_state(edges.rows.processor)


def ask_stream(edges: Edges, found: Found) -> None:
    """Ask Kinesis how old the first record of each shard is that is not settled."""
    reader = ShardReader(edges.stream, batch_size=1)
    for lease in find_readable(found.leases or ()):
        found.lags[lease.shard_id] = None
        iterator = reader.find_iterator(lease.shard_id, lease.position)
        found.lags[lease.shard_id] = age_of_first(reader, iterator)


def age_of_first(reader: ShardReader, iterator: str) -> float:
    """Return how old the first record behind an iterator is, 0 where there is none."""
    batch = reader.read(iterator)
    if batch.records:
        age = datetime.now(timezone.utc) - batch.records[0].arrived_at
        return max(0.0, age.total_seconds())
    # A batch may be empty before the end.
    return batch.millis_behind / 1000


def ask_dead_letters(edges: Edges, found: Found) -> None:
    if edges.dead_letters is not None:
        found.dead_letters = edges.dead_letters.depth()


def find_reasons(found: Found, settings: ProcessorSettings) -> Iterator[str]:
    """Yield why the processor is not ready."""
    if found.leases is None:
        return
    if not found.leases:
        yield "the processor never ran: python cdc_service.py run"
        return
    now = datetime.now(timezone.utc)
    limit = timedelta(seconds=settings.processor.lease_seconds)
    for lease in find_readable(found.leases):
        if not is_alive(lease, now, limit):
            yield f"no copy reads {lease.shard_id}: see systemctl status, cdc_errors.log"
    lag = found.lag_seconds
    if lag is not None and lag > settings.ready_limit_seconds:
        yield f"events are {lag:.0f} s late: see cdc_errors.log"


def make_report(settings: ProcessorSettings, found: Found) -> Report:
    """Return what stands below the pipeline's name."""
    report: Report = {
        "processor": settings.processor.id,
        "stream": settings.kinesis.stream_name,
        "lagSeconds": found.lag_seconds,
        "shards": None,
        "processedCount": None,
        "lastUpdated": None,
        "deadLetters": found.dead_letters,
    }
    if found.leases is not None:
        report["shards"] = [
            as_record(lease) | {"lagSeconds": found.lags.get(lease.shard_id)}
            for lease in found.leases
        ]
    if found.state is not None:
        report["processedCount"] = found.state.processed_count
        report["lastUpdated"] = found.state.last_updated
    return report


def lines_of(report: Report) -> Iterator[Line]:
    """Yield what stands left and right in each line."""
    yield "processor", f"{report['processor']}, stream {report['stream']}"
    yield "events behind the stream", seconds_in_words(report["lagSeconds"])
    for shard in report["shards"] or ():
        yield shard["shard"], shard_in_words(shard)
    text = in_words(report["processedCount"], "records", one="record")
    if report["lastUpdated"]:
        text += f", the last at {report['lastUpdated']}"
    yield "processed", text
    yield (
        "dead letters",
        in_words(report["deadLetters"], "wait: dlq process", one="waits: dlq process"),
    )


def shard_in_words(shard: Report) -> str:
    """Return how a shard is, in a line."""
    if shard["status"] == "ended":
        return "read to its end"
    reader = shard["owner"] or "nobody"
    return f"read by {reader}, {seconds_in_words(shard['lagSeconds'])} behind"
