"""A stretch of a table published again, which may run beside the service."""

from __future__ import annotations

from datetime import datetime, timedelta

from oracle_cdc.errors import SettingsError
from oracle_cdc.events.replay import open_table
from oracle_cdc.events.wiring import Events, make_flow, make_grid, name_program
from oracle_cdc.mariadb.program_standing import read_standing
from oracle_cdc.relay.backfill import Backfill
from oracle_cdc.relay.values import Slice


def choose_stretch(events: Events, begin: datetime, end: datetime | None) -> Slice:
    """Return the stretch that is meant. Without an end it ends at the watermark.

    Raises SettingsError for one that is empty.
    """
    if end is None:
        end = read_watermark(events)
    if end <= begin:
        raise SettingsError(f"the range is empty: {begin.isoformat()} to {end.isoformat()}")
    return Slice(begin, end)


def read_watermark(events: Events) -> datetime:
    """Return up to where rows were published. Raises SettingsError where nobody knows."""
    settings = events.settings.publisher
    program = name_program(settings)
    keep = timedelta(hours=settings.reconcile_hours)
    standing = read_standing(events.tracking.database, program, make_grid(settings), keep)
    if standing is None or standing.progress.watermark is None:
        raise SettingsError(f"{program} has no watermark yet: say with --to where the range ends")
    return standing.progress.watermark


def make_backfill(events: Events, stretch: Slice, rate: float) -> Backfill:
    """Make what publishes a stretch, once the stream has shown that it takes its rows.

    Raises what keeps the table from being read or the stream from taking rows, and SettingsError
    for a stretch that ends in the future.

    Parameters:
        rate: rows a second at most, 0 for no limit.
    """
    rules = events.settings.publisher
    if rate:
        # A batch is what a second may bring.
        most = max(1, min(rules.batch_size, int(rate)))
        rules = rules.model_copy(update={"batch_size": most})

    def rest(seconds: float) -> None:
        events.progress.rest(seconds, events.stop)

    flow = make_flow(events.settings, rules, events.oracle, events.publisher, rest)
    now = flow.source.look(()).now
    if stretch.end > now:
        end = stretch.end.isoformat()
        raise SettingsError(f"the range ends in the future: {end} is to come, it is {now}")
    events.publisher.facts()
    return Backfill(flow.source, flow.delivery, open_table(events).add, stretch, rate=rate)
