"""From settings to what reads a stream and publishes. Nothing is connected before it is used."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from functools import partial

from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.aws.kinesis.positions import NEWEST, OLDEST, Position, since
from oracle_cdc.changes.transformation import make_transformation
from oracle_cdc.errors import SettingsError
from oracle_cdc.processor.edges import Edges, make_edges
from oracle_cdc.processor.fetching import Fetching
from oracle_cdc.processor.publishing.dead_letter_writer import DeadLetterWriter
from oracle_cdc.processor.publishing.preparing import Preparing
from oracle_cdc.processor.publishing.processing import Processing
from oracle_cdc.processor.publishing.requests import Requests
from oracle_cdc.processor.publishing.tries import Tries
from oracle_cdc.processor.reading.leasing import Leasing
from oracle_cdc.processor.reading.shard import Means
from oracle_cdc.processor.reading.tally import Tally
from oracle_cdc.processor.redriving import Redriving
from oracle_cdc.processor.settings import LATEST, TRIM_HORIZON, ProcessorSettings, Start
from oracle_cdc.running.breaker import Breaker
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Doubling
from oracle_cdc.running.workers import Workers
from oracle_cdc.settings.service import PROCESSOR

#: After this number of requests in a row that the bus did not answer it is asked once in these
#: seconds.
BREAKER_FAILURES, PROBE_SECONDS = 5, 5.0


@dataclass
class Processor:
    """What reads and publishes, and what it stands on.

    Parameters:
        bus_is_there: unset while it is known that the bus is not: what is sent to it is lost.
    """

    settings: ProcessorSettings
    stop: threading.Event
    progress: Progress
    repeats: RepeatLimiter
    edges: Edges
    leasing: Leasing
    means: Means
    bus_is_there: threading.Event = field(default_factory=threading.Event)

    def close(self) -> bool:
        """Close the connections. It can be called again."""
        self.edges.session.close()
        return True


def make_processor(settings: ProcessorSettings, stop: threading.Event) -> Processor:
    """Make what reads and publishes, without connecting anything.

    Raises SettingsError for mistakes in models and transformers.
    """
    progress = Progress(directions=(PROCESSOR,))
    repeats = RepeatLimiter()
    edges = make_edges(settings, progress)
    workers = Workers(settings.processor.requests_in_flight, "put-events")
    processing = make_processing(settings, edges, progress, repeats, stop, workers=workers)
    # A name that is in nobody's lease, not even in one of this host's former start.
    owner = f"{settings.cdc.instance_id}-{uuid.uuid4().hex[:12]}"
    leasing = Leasing(
        edges.rows,
        edges.reader,
        owner=owner,
        start=choose_start(settings.processor.start),
        lease_seconds=settings.processor.lease_seconds,
    )
    means = Means(
        settings.kinesis.stream_name,
        edges.reader,
        processing,
        Tally(edges.states, settings.processor.id),
        progress,
        poll_seconds=settings.processor.poll_interval_seconds,
    )
    return Processor(settings, stop, progress, repeats, edges, leasing, means)


def choose_start(start: Start) -> Position:
    """Return where a stream is begun of which nothing was ever read."""
    if start == TRIM_HORIZON:
        return OLDEST
    if isinstance(start, str):
        assert start == LATEST
        return NEWEST
    return since(start)


def make_processing(
    settings: ProcessorSettings,
    edges: Edges,
    progress: Progress,
    repeats: RepeatLimiter,
    stop: threading.Event,
    *,
    workers: Workers,
    most_tries: int | None = None,
) -> Processing:
    """Make what publishes records. Raises SettingsError for mistakes in models and transformers.

    Parameters:
        workers: their threads live as long as the process, so whoever makes this often shares them.
        most_tries: of what is refused, None for as often as is set.
    """
    retry = settings.retry
    waits = Doubling(retry.base_delay_seconds, retry.max_delay_seconds)
    breaker = Breaker(name="EventBridge", failures=BREAKER_FAILURES, probe_seconds=PROBE_SECONDS)
    return Processing(
        Preparing(make_transformation(settings), settings.bus.source),
        Requests(edges.publisher, workers, breaker),
        DeadLetterWriter(
            edges.dead_letters, progress, repeats, keeps_event=settings.dlq.keep_event
        ),
        Tries(most_tries or retry.max_attempts, waits),
        progress=progress,
        rest=partial(progress.rest, stop=stop),
    )


def make_redriving(processor: Processor) -> Redriving:
    """Make what tries dead letters again, each once. Raises SettingsError without a queue."""
    settings, edges = processor.settings, processor.edges
    if edges.dead_letters is None:
        raise SettingsError("DLQ_URL: missing; set it to the queue of dead letters")
    processing = make_processing(
        settings,
        edges,
        processor.progress,
        processor.repeats,
        processor.stop,
        workers=processor.means.processing.requests.workers,
        most_tries=1,
    )
    return Redriving(
        processing,
        edges.dead_letters,
        # Of what a shard gives in a second the processor needs the rest.
        Fetching(ShardReader(edges.stream, batch_size=1), processor.stop),
        settings.kinesis.stream_name,
    )
