"""Open and close what watches the service while it runs: the beat for the service manager, the health endpoint."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from oracle_cdc.figures import Figures
from oracle_cdc.health import Endpoint, make_pages
from oracle_cdc.notify import Beat, Notifier
from oracle_cdc.readiness import Readiness


@contextmanager
def supervised(
    readiness: Readiness,
    figures: Callable[[], Figures | None],
    notifier: Notifier,
    *,
    health_port: int,
    stop: threading.Event,
) -> Iterator[None]:
    """Stand around the run; health_port 0: no endpoint."""
    Beat(
        notifier,
        has_begun=readiness.has_begun,
        is_alive=readiness.is_alive,
        summary=readiness.summary,
        stop=stop,
    ).start()
    endpoint = open_endpoint(readiness, figures, health_port) if health_port else None
    try:
        yield
    finally:
        if endpoint is not None:
            endpoint.close()


def open_endpoint(
    readiness: Readiness, figures: Callable[[], Figures | None], port: int
) -> Endpoint:
    from oracle_cdc.metrics import Metrics  # who scrapes nothing needs no prometheus-client

    endpoint = Endpoint(port, make_pages(readiness, Metrics(readiness, figures).text))
    endpoint.start()
    return endpoint
