"""What a service runs: pipelines, each with its loops, and what is seen of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.running.service import Loop, Service
from oracle_cdc.watching.readiness import Readiness

if TYPE_CHECKING:
    # Who scrapes nothing needs no prometheus-client.
    from oracle_cdc.watching.metrics import Source


@dataclass(frozen=True)
class Pipeline:
    """One kind of work that a service does, ready to run and not connected to anything yet.

    Parameters:
        run_once: does one cycle of each direction. Raises what failed.
        statistics: the block of the log.
        cancel: interrupts calls that still run at the stop limit, from another thread.
        close: closes what is open, and returns False when something kept it from that.
        dependencies: Oracle and what else it calls.
        secrets: which log-ins need, and which may change.
        measures: returns what yields its own metrics.
    """

    name: str
    loops: Sequence[Loop]
    readiness: Readiness
    run_once: Callable[[], None]
    statistics: Callable[[], str]
    cancel: Callable[[], None]
    close: Callable[[], bool]
    dependencies: Sequence[Dependency] = ()
    secrets: Sequence[Secret] = ()
    measures: Callable[[], Sequence[Source]] = field(default=tuple)


def make_service(pipelines: Sequence[Pipeline], stop: threading.Event) -> Service:
    """Make the loops of all pipelines one service."""
    loops: list[Loop] = []
    for pipeline in pipelines:
        loops += pipeline.loops

    def cancel() -> None:
        for pipeline in pipelines:
            pipeline.cancel()

    return Service(loops, stop, cancel)


def close_all(pipelines: Sequence[Pipeline]) -> bool:
    """Close each pipeline, and return whether all of them could."""
    is_closed = True
    for pipeline in pipelines:
        is_closed &= pipeline.close()
    return is_closed
