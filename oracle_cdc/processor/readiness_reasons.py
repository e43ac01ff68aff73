"""Why the processor is not ready: the stream, the bus, the tables or the dead letters fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from oracle_cdc.errors import CdcError
from oracle_cdc.processor.edges import Edges
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.settings.service import PROCESSOR
from oracle_cdc.watching.readiness import Failures, Requirement

#: The loop that keeps the leases. Each shard has one beside it, by its own name.
LOOP = PROCESSOR
LOOPS = (LOOP,)


def make_requirements(edges: Edges) -> list[Requirement]:
    """Name what must be usable."""
    watched = edges.watched
    requirements = [
        Requirement("kinesis", reason_of(watched.kinesis, is_nothing), LOOPS),
        Requirement("eventbridge", reason_of(watched.eventbridge, is_destination), LOOPS),
        Requirement("dynamodb", reason_of(watched.dynamodb, is_store), LOOPS),
    ]
    if edges.dead_letters is not None:
        requirements.append(Requirement("dlq", reason_of(watched.dead_letters, is_queue), LOOPS))
    return requirements


def reason_of(
    dependency: Dependency, concerns: Callable[[CdcError], bool]
) -> Callable[[Failures, float], str]:
    """Return what says why a dependency is not usable.

    Parameters:
        concerns: whether what a loop failed with is of this dependency.
    """

    def reason(failures: Failures, limit: float) -> str:
        return dependency.fault(limit) or failure_text(list(failures.values()), concerns)

    return reason


def failure_text(failures: Sequence[CdcError], concerns: Callable[[CdcError], bool]) -> str:
    """Return what a loop failed with, if that concerns something."""
    for error in failures:
        if concerns(error):
            return str(error)
    return ""


def is_nothing(_: CdcError) -> bool:
    """Leave it to the calls: errors of the stream and of the bus look alike."""
    return False


def is_destination(error: CdcError) -> bool:
    return error.area == "destination"


def is_store(error: CdcError) -> bool:
    return error.area == "store"


def is_queue(error: CdcError) -> bool:
    return error.area == "sqs"
