"""Signals to a program that has not begun its work. Nothing heavy is imported here."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import NoReturn

from oracle_cdc.errors import ExitCode


def end_on_sigterm() -> None:
    """Have SIGTERM end the first process of a container, as it ends any other.

    The kernel keeps from it each signal that it does not ask for.
    """
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, lambda number, frame: os._exit(128 + number))


def begin_service() -> None:
    """Have signals end a service that begins as one that works, and SIGHUP end none.

    It has no log files yet to open anew.
    """
    number = getattr(signal, "SIGHUP", None)
    if number is not None:
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: end_beginning())


def end_beginning() -> NoReturn:
    """End a service that has nothing in flight yet."""
    with suppress(OSError):
        os.write(2, b"stopped while it was starting: nothing was in flight\n")
    os._exit(ExitCode.DONE)
