"""`backfill`: older rows, once, in the foreground, of the pipeline that is meant."""

from __future__ import annotations

from argparse import Namespace

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.programs import Enabled
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import choose_level
from oracle_cdc.settings.service import CONVERSATIONS, EVENTS


def backfill(enabled: Enabled, options: Namespace) -> int:
    """Send a range, and return the exit code."""
    configure_console(choose_level(enabled.service.logging.level, "WARNING"))
    what = "backfill"
    if options.pipeline is not None:
        what = f"backfill --pipeline {options.pipeline}"
    if choose_pipeline(enabled, options.pipeline) == EVENTS:
        from oracle_cdc.commands.events.backfill import backfill_events

        return backfill_events(enabled.need(EventsSettings, what), options)
    from oracle_cdc.commands.conversations.backfill import backfill_calls

    return backfill_calls(enabled.need(Settings, what), options)


def choose_pipeline(enabled: Enabled, named: str | None) -> str:
    """Return which pipeline is meant: the one that is named, or the only one, or conversations."""
    if named is not None:
        return named
    if enabled.find(Settings) is None:
        return EVENTS
    return CONVERSATIONS
