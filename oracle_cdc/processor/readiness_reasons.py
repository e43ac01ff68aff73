"""Why the processor is not ready: the stream, the bus, the tables or the dead letters fail."""

from __future__ import annotations

from oracle_cdc.aws.kinesis.stream import StreamUnordered
from oracle_cdc.errors import CdcError
from oracle_cdc.processor.edges import Edges
from oracle_cdc.settings.service import PROCESSOR
from oracle_cdc.watching.readiness import Requirement
from oracle_cdc.watching.reasons import is_store, reason_of

#: The loop that keeps the leases. Each shard has one beside it, by its own name.
LOOP = PROCESSOR
LOOPS = (LOOP,)


def make_requirements(edges: Edges) -> list[Requirement]:
    """Name what must be usable."""
    watched = edges.watched
    requirements = [
        Requirement("kinesis", reason_of(watched.kinesis, is_unordered), LOOPS),
        Requirement("eventbridge", reason_of(watched.eventbridge, is_nothing), LOOPS),
        Requirement("dynamodb", reason_of(watched.dynamodb, is_store), LOOPS),
    ]
    if edges.dead_letters is not None:
        requirements.append(Requirement("dlq", reason_of(watched.dead_letters, is_queue), LOOPS))
    return requirements


def is_unordered(error: CdcError) -> bool:
    """Return whether the stream answers, and can't be used as it is."""
    return isinstance(error, StreamUnordered)


def is_nothing(_: CdcError) -> bool:
    """Leave it to the calls: errors of the stream and of the bus look alike."""
    return False


def is_queue(error: CdcError) -> bool:
    return error.area == "sqs"
