"""`changes snapshot`: the rows that were there before are written down, beside the changes."""

from __future__ import annotations

import signal
import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from oracle_cdc.changes.capture.findings import Limits, expect, find_all, find_unseen
from oracle_cdc.changes.capture.keys import make_keys
from oracle_cdc.changes.capture.open_transactions import wait_for_writers
from oracle_cdc.changes.capture.snapshot import Snapshot
from oracle_cdc.changes.capture.snapshot_room import Room
from oracle_cdc.changes.capture.snapshot_sql import SnapshotSql
from oracle_cdc.changes.capture.snapshot_steps import ROWS_AT_ONCE, Steps
from oracle_cdc.changes.capture.survey import Look, Survey, read_survey
from oracle_cdc.changes.command_settings import CapturingSettings
from oracle_cdc.commands.capturing.database import open_oracle
from oracle_cdc.commands.capturing.named_tables import need_registered, parse_place
from oracle_cdc.errors import ExitCode, OracleConfigurationError
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.signals import set_from_handler
from oracle_cdc.running.terminal import complain, say, warn

#: Rows between two lines that say how far it is.
SAID_EVERY = 10_000


def snapshot(settings: CapturingSettings, options: Namespace) -> ExitCode:
    """Write all rows of a table down, and return 1 when it was ended before it was whole."""
    place = parse_place(options.table)
    stop = threading.Event()
    with open_oracle(settings) as database:
        with database.session() as session:
            registered = need_registered(session, place)
            survey = read_survey(session)
        looks = [look for look in survey.looks if look.registered.table == registered.table]
        require_sound(replace(survey, looks=looks))
        with ended_by_signals(stop):
            return carry_out(database, looks[0], stop, is_anew=options.anew)


def require_sound(survey: Survey) -> None:
    """Require triggers that write changes down: else what changes behind it would be lost.

    Raises OracleConfigurationError.
    """
    limits = Limits(rows=10**18, age_seconds=10.0**18)
    for finding in find_all(survey, limits):
        raise OracleConfigurationError(f"no snapshot: {finding}")
    for look in survey.looks:
        source = look.registered.source
        if not look.columns:
            raise OracleConfigurationError(
                f"no snapshot: this user does not see {source.shown}; as its owner: "
                f"GRANT SELECT ON {source.quoted} TO {look.registered.log.owner}"
            )
        for unseen in find_unseen(look):
            warn(f"{source.shown}: not seen: {unseen}; without them a snapshot has holes")


def carry_out(database: Database, look: Look, stop: threading.Event, *, is_anew: bool) -> ExitCode:
    """Write the rows down from the first one, or from where a snapshot was ended early."""
    registered = look.registered
    source = registered.source.shown
    capture = expect(look)
    keys = make_keys(capture.columns, capture.keys, source)
    steps = Steps(registered.table, SnapshotSql(capture, keys), ROWS_AT_ONCE)
    if not wait_for_writers(database, registered.source, stop):
        warn(
            f"{source} is changed all the time: once the transactions have ended "
            "that were open when its triggers were made, a snapshot is to be made again"
        )
    begin(database, steps, source, capture.keys, is_anew=is_anew)
    room = Room(database, registered.log, stop)
    standing = Snapshot(database, steps, stop, make_room=room.make, report=Reporter().report).run()
    if standing.is_ended:
        say(f"{source}: {counted(standing.rows, 'row')} written down: the snapshot is whole")
        return ExitCode.DONE
    complain(source, f"ended after {counted(standing.rows, 'row')}; the same command goes on")
    return ExitCode.FAILED


def begin(
    database: Database, steps: Steps, source: str, keys: Sequence[str], *, is_anew: bool
) -> None:
    """Begin, or go on, and warn of rows that will be left out."""
    with database.session() as session:
        begun = steps.begin(session, is_anew=is_anew)
        is_lacking = steps.finds_lacking(session)
    if is_lacking:
        warn(
            f"{source}: rows have no {' and '.join(keys)}: they are not written down, and "
            "their changes become dead letters; allowed as keys of its model: columns that are "
            "never NULL"
        )
    if begun.last_key is not None:
        warn(
            f"{source}: it goes on behind the {counted(begun.rows, 'row')} of one that was ended "
            "early; where changes went by unseen since then, --anew begins with the first row"
        )


class Reporter:
    """Says how far it is, seldom."""

    def __init__(self) -> None:
        self.said_rows = 0
        self.said_locked = 0

    def report(self, rows: int, locked: int) -> None:
        """Take note of the rows written, and of those that others have locked."""
        if rows - self.said_rows >= SAID_EVERY:
            self.said_rows = rows
            say(f"{counted(rows, 'row')} written down")
        if locked and locked != self.said_locked:
            say(f"{counted(locked, 'row')} locked by others; visited again")
        self.said_locked = locked


@contextmanager
def ended_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM end it between two transactions."""

    def end(number: int, frame: FrameType | None) -> None:
        set_from_handler(stop)

    former = {each: signal.signal(each, end) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
