"""Ctrl+C ends an extraction, but not one that was started where it is ignored."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from oracle_cdc.commands.extract import Lines


@pytest.fixture(autouse=True)
def usual_handler() -> Iterator[None]:
    usual = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, usual)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_ends_an_extraction_and_is_remembered() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    lines = Lines()
    with pytest.raises(KeyboardInterrupt), lines.interruptible():
        interrupt()
    assert lines.is_interrupted
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_that_is_ignored_at_the_start_stays_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = Lines()
    with lines.interruptible():
        interrupt()
    assert not lines.is_interrupted
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
