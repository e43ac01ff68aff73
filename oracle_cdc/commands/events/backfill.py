"""`backfill` of events: a stretch of their table published again, in the foreground."""

from __future__ import annotations

import logging
from argparse import Namespace
from functools import partial

from oracle_cdc.commands.backfill_view import Shown, View, open_view
from oracle_cdc.commands.foreground_steps import Steps
from oracle_cdc.errors import (
    CdcError,
    ExitCode,
    OracleConfigurationError,
    OracleCredentialsError,
    SettingsError,
)
from oracle_cdc.events.backfill import choose_stretch, make_backfill
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.events.wiring import Events, make_events
from oracle_cdc.relay.backfill import Backfill
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff
from oracle_cdc.running.signals import signals
from oracle_cdc.running.terminal import say

logger = logging.getLogger(__name__)


def backfill_events(settings: EventsSettings, options: Namespace) -> int:
    """Publish the rows of a stretch again, and return 0 when it is done, or when a signal stopped
    it."""
    refuse_what_concerns_calls(options)
    events = make_events(settings)
    try:
        with signals(events.stop, lambda: None):
            stretch = choose_stretch(events, options.start, options.end)
            backfill = make_backfill(events, stretch, options.rate or 0.0)
            say(f"{stretch.begin.isoformat()} to {stretch.end.isoformat()} is published again")
            return work(events, backfill, open_view(describe(backfill)))
    finally:
        events.close()


def refuse_what_concerns_calls(options: Namespace) -> None:
    """Raise SettingsError for an option that has no meaning for events."""
    for name in ("resend", "replace"):
        if getattr(options, name):
            raise SettingsError(
                f"backfill --{name}: concerns conversations only; events are always published again"
            )


def work(events: Events, backfill: Backfill, view: View) -> int:
    """Work batch by batch to the end of the stretch, and wait for failures to pass."""
    steps = make_steps(events, backfill)
    try:
        while not events.stop.is_set() and not backfill.is_done:
            pause = steps.run_one()
            view.show(describe(backfill))
            if not backfill.is_done:
                events.progress.rest(pause, events.stop)
    finally:
        view.close()
        backfill.close()
        conclude(backfill)
    return ExitCode.DONE


def make_steps(events: Events, backfill: Backfill) -> Steps:
    """Return the steps, which go on after what passes."""
    rules = events.settings.publisher
    backoff = Backoff(
        initial_seconds=rules.retry_initial_seconds, max_seconds=rules.retry_max_seconds
    )
    return Steps(
        "backfill",
        backfill.step,
        may_pass=partial(may_pass, events),
        backoff=backoff,
        repeats=RepeatLimiter(),
        logger=logger,
    )


def may_pass(events: Events, error: CdcError) -> bool:
    """Return whether to go on after a failure.

    MariaDB is not waited for, and a table that is not as it was is read by the next command.
    """
    if isinstance(error, OracleCredentialsError):
        return events.oracle.password.may_pass
    if isinstance(error, OracleConfigurationError):
        return False
    return error.is_retryable and error.exit_code != ExitCode.STORE


def describe(backfill: Backfill) -> Shown:
    """Say how far it is."""
    return Shown(backfill.cursor, backfill.fraction, f"{backfill.counts.read} read")


def conclude(backfill: Backfill) -> None:
    """Say what was done, and where to go on."""
    counts = backfill.counts
    done = (
        f"{counts.read} read, {counts.published} published, "
        f"{counts.repeats} known to the stream, {counts.aside} set aside"
    )
    if backfill.is_done:
        say(f"done: {done}")
    else:
        begin, end = backfill.cursor.isoformat(), backfill.stretch.end.isoformat()
        say(f"stopped: {done}; goes on with backfill --pipeline events --from {begin} --to {end}")
