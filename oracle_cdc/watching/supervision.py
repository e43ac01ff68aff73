"""Opens and closes what watches the service: the beat for the service manager, the health pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from oracle_cdc.watching.health_endpoint import Endpoint
from oracle_cdc.watching.joint_readiness import Watched
from oracle_cdc.watching.notify import Beat, Notifier


@contextmanager
def supervised(
    readiness: Watched, notifier: Notifier, endpoint: Endpoint | None, stop: threading.Event
) -> Iterator[None]:
    """Stand around the run.

    Parameters:
        endpoint: None where nobody asks.
    """
    beat = Beat(
        notifier,
        has_begun=readiness.has_begun,
        is_alive=readiness.is_alive,
        summary=readiness.summary,
        stop=stop,
    )
    if endpoint is not None:
        endpoint.start()
    try:
        with beat:
            yield
    finally:
        if endpoint is not None:
            endpoint.close()
