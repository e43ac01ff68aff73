"""From settings to what ships row changes from Oracle to a stream. Nothing is connected yet."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.limits import USUAL_RECORD_BYTES
from oracle_cdc.aws.kinesis.outbound import StreamWriter
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
from oracle_cdc.changes.edges import Edges, make_aws_session, open_dead_letters, open_oracle
from oracle_cdc.changes.outbound.dead_letter_writer import DeadLetterWriter
from oracle_cdc.changes.outbound.lane_opening import Opener
from oracle_cdc.changes.outbound.lane_states import LaneStates
from oracle_cdc.changes.outbound.sending import Sender
from oracle_cdc.changes.outbound.shipping import Shipping
from oracle_cdc.changes.outbound.visit import Visitor
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.changes.settings import CaptureSettings, ChangesSettings
from oracle_cdc.changes.transformation import choose_tables, make_transformation, with_heartbeat
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.login import share
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.settings.service import CHANGES

if TYPE_CHECKING:
    from oracle_cdc.aws.kinesis.client import StreamClient


@dataclass
class Changes:
    """What ships, and what it stands on.

    Parameters:
        queue: of dead letters, None where none is set.
    """

    settings: ChangesSettings
    stop: threading.Event
    progress: Progress
    repeats: RepeatLimiter
    edges: Edges
    secrets: list[Secret]
    oracle: Database
    aws: AwsSession
    stream: StreamClient
    queue: DeadLetterQueue | None
    opener: Opener
    shipping: Shipping

    def cancel(self) -> None:
        """Interrupt the calls that still run, from another thread."""
        self.oracle.cancel()

    def close(self) -> bool:
        """Close what is open, and return False when Oracle kept it from that.

        It can be called again.
        """
        self.aws.close()
        return self.oracle.close()


def make_changes(settings: ChangesSettings, shared: SharedOracle | None = None) -> Changes:
    """Make what ships, without connecting anything.

    Raises SettingsError for models and transformers with mistakes.

    Parameters:
        shared: what other pipelines of the process have too. None: there are none.
    """
    shared = shared or share(settings.oracle, settings.given)
    progress = Progress(directions=(CHANGES,))
    shared.listeners.append(progress.moved)
    edges = Edges(
        shared.oracle,
        Dependency("kinesis", moved=progress.moved),
        Dependency("dead letters", moved=progress.moved),
    )
    rules = settings.changes
    database = open_oracle(settings, shared.password, edges.oracle.calling)
    aws = make_aws_session(settings)
    stream = open_stream(aws, settings.kinesis.stream_name, calling=edges.kinesis.calling)
    transformation = make_transformation(settings, redacts=rules.redact_before_stream)
    opener = Opener(with_heartbeat(transformation), USUAL_RECORD_BYTES)
    repeats = RepeatLimiter()
    tables = choose_tables(rules.tables)
    lanes = LaneStates(opener.open, tables, partial(make_backoff, rules), progress, repeats)
    queue = open_dead_letters(settings, aws, edges.dead_letters.calling)
    letters = make_dead_letter_writer(settings, queue, transformation)
    sender = Sender(StreamWriter(stream), letters.write)
    shipping = Shipping(
        database,
        lanes,
        Visitor(sender, rules.batch_size, shared.stop.is_set),
        progress,
        look_seconds=rules.poll_interval_seconds,
        is_stopping=shared.stop.is_set,
    )
    return Changes(
        settings,
        shared.stop,
        progress,
        repeats,
        edges,
        [shared.password],
        oracle=database,
        aws=aws,
        stream=stream,
        queue=queue,
        opener=opener,
        shipping=shipping,
    )


def make_dead_letter_writer(
    settings: ChangesSettings, queue: DeadLetterQueue | None, transformation: Transformation
) -> DeadLetterWriter:
    """Make what writes dead letters."""
    return DeadLetterWriter(
        queue, keeps_event=settings.dlq.keep_event, are_keys_final=transformation.are_keys_final
    )


def make_backoff(rules: CaptureSettings) -> Backoff:
    """Make the waits of what fails: the loop, or a lane by itself."""
    return Backoff(initial_seconds=rules.retry_initial_seconds, max_seconds=rules.retry_max_seconds)
