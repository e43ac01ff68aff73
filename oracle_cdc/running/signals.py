"""Signals that end a run, or open its log files anew."""

from __future__ import annotations

import _thread
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

logger = logging.getLogger(__name__)


@contextmanager
def signals(stop: threading.Event, reopen: Callable[[], None]) -> Iterator[None]:
    """Handle signals while it stands around the run.

    SIGTERM and SIGINT set the stop event, and a second one ends the process at once. SIGHUP opens
    the log files anew.
    """

    def on_stop(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(128 + number)
        set_from_handler(stop)

    def on_hangup(number: int, frame: FrameType | None) -> None:
        reopen()
        logger.info("SIGHUP: the log files are opened anew")

    wanted: dict[str, Callable[[int, FrameType | None], None]] = {
        "SIGTERM": on_stop,
        "SIGINT": on_stop,
        "SIGHUP": on_hangup,
    }
    before = {}
    for name, action in wanted.items():
        number = getattr(signal, name, None)
        if number is not None:
            before[number] = signal.signal(number, action)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def set_from_handler(stop: threading.Event) -> None:
    """Set an event from a handler of signals.

    A handler interrupts the main thread, which may hold the event's lock and would wait for itself.
    """
    _thread.start_new_thread(stop.set, ())
