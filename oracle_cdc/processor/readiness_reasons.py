"""Why the processor is not ready: the stream, the bus, the tables or the dead letters fail."""

from __future__ import annotations

from oracle_cdc.aws.kinesis.stream import StreamUnordered
from oracle_cdc.errors import CdcError
from oracle_cdc.processor.edges import STREAM, Edges
from oracle_cdc.settings.service import PROCESSOR
from oracle_cdc.watching.readiness import Requirement
from oracle_cdc.watching.reasons import is_destination, is_store, reason_of

#: The loop that keeps the leases. Each shard has one beside it, by its own name.
LOOP = PROCESSOR
LOOPS = (LOOP,)


def make_requirements(edges: Edges) -> list[Requirement]:
    """Name what must be usable."""
    watched = edges.watched
    requirements = [
        Requirement(STREAM, reason_of(watched.kinesis, is_stream), LOOPS),
        Requirement("eventbridge", reason_of(watched.eventbridge, is_bus), LOOPS),
        Requirement("dynamodb", reason_of(watched.dynamodb, is_store), LOOPS),
    ]
    if edges.dead_letters is not None:
        requirements.append(Requirement("dlq", reason_of(watched.dead_letters, is_queue), LOOPS))
    return requirements


def is_stream(error: CdcError) -> bool:
    """Return whether an error is of the stream, also where that answers and has no order."""
    if isinstance(error, StreamUnordered):
        return True
    return is_destination(error) and error.dependency == STREAM


def is_bus(error: CdcError) -> bool:
    """Return whether an error is of the bus, also what it answers of each event by itself."""
    return is_destination(error) and not is_stream(error)


def is_queue(error: CdcError) -> bool:
    return error.area == "sqs"
