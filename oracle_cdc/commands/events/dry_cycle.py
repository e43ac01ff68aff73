"""The dry cycle of `check`: it reads and encodes as the first cycle would, and stops there.

No lock is taken, nothing is sent or written.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.errors import CdcError, EventRefused, OracleUnavailable
from oracle_cdc.events.rules.encoding import Encoder
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.events.wiring import make_encoder, make_rules, make_source
from oracle_cdc.nats.headers import HeaderWriter, refused_unsent
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.row_shape import RowShape
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.values import Facts, Row, Slice
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import complain, say, warn

#: Rows that wait are counted up to here.
MOST_COUNTED = 100_000
#: As many rows are named.
MOST_NAMED = 20


@dataclass(frozen=True)
class Look:
    """With what rows are looked at.

    Parameters:
        watermark: where the cycle begins, None before the first start.
        facts: of the stream, None where it did not answer or is still to be created.
    """

    settings: EventsSettings
    shape: RowShape
    watermark: datetime | None
    facts: Facts | None

    @property
    def max_event_bytes(self) -> int:
        """Return the size of the largest message, as far as it is known."""
        if self.facts is None:
            return sys.maxsize
        return self.facts.max_event_bytes


def check_cycle(database: Database, look: Look) -> None:
    """Try a cycle. Raises what keeps it from working, or CdcError when a row would be set aside."""
    encode = make_encoder(look.settings, look.shape)
    rules = make_rules(look.settings.publisher)
    source = make_source(look.settings.publisher, database, look.shape)
    now = source.look(()).now
    begin = look.watermark or rules.start or now - rules.settle
    stretch = Slice(begin, now - rules.settle)
    rows = read_batch(source, stretch)
    waiting = len(rows)
    if rows:
        waiting = source.count_some(stretch, MOST_COUNTED + 1)
    refused = find_refused(rows, encode, look)
    for row, error in refused[:MOST_NAMED]:
        complain(f"row {row.key!r} of {row.time}", f"would be set aside: {error}")
    say("🔄 First events cycle completed (dry run)")
    say(
        f"   from {stretch.begin} on {counted_up_to(waiting)} wait, of which {len(rows)} were "
        f"looked at: {len(rows) - len(refused)} would be published, {len(refused)} set aside"
    )
    if stretch.begin > now:
        warn(
            f"the watermark, {stretch.begin}, is ahead of Oracle's clock, {now}: nothing is "
            "published until it gets there; see ETL_PRMREC.LAST_SUCCESSFUL_TIME"
        )
    if refused:
        raise CdcError(f"{counted(len(refused), 'row')} would be set aside, see above")


def read_batch(source: TableSource, stretch: Slice) -> Sequence[Row]:
    """Return the first rows of a stretch."""
    if stretch.begin >= stretch.end:
        return ()
    try:
        return read_first(source, stretch)
    except OracleUnavailable:
        if not source.reader.is_careful:
            raise
        # A time that the driver can't bring: from now on it comes as a text.
        return read_first(source, stretch)


def read_first(source: TableSource, stretch: Slice) -> Sequence[Row]:
    """Return the first rows of a stretch, as one try brings them."""
    with source.read(stretch) as batches:
        return next(batches, ())


def find_refused(
    rows: Sequence[Row], encode: Encoder, look: Look
) -> list[tuple[Row, EventRefused]]:
    """Return the rows that would be set aside, and why."""
    refused: list[tuple[Row, EventRefused]] = []
    headers = HeaderWriter(look.settings.nats.stream)
    for row in rows:
        try:
            event = encode(row)
        except EventRefused as error:
            refused.append((row, error))
        else:
            reason = refused_unsent(event, headers, look.max_event_bytes)
            if reason is not None:
                refused.append((row, reason))
    return refused


def counted_up_to(waiting: int) -> str:
    """Return how many rows wait, as far as they were counted."""
    if waiting > MOST_COUNTED:
        return f"more than {MOST_COUNTED} rows"
    return counted(waiting, "row")
