"""A sound history of events, small enough to be changed by hand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from tests.chaos.events.judge.encoding import Values, body_of, headers_of, id_of, subject_of
from tests.chaos.events.judge.history import Aside, History, Row, Rules, Sample, Sent, Stored
from tests.chaos.events.plan import CANARY, MOST_BYTES, PROGRAM

NOON = datetime(2026, 1, 15, 12)
#: The same on the host's clock.
BEGIN = NOON.replace(tzinfo=timezone.utc).timestamp()
SETTLE_SECONDS = 1.0


def row(key: str, seconds: float, text: str | None = "text", *, late: float = 0.1) -> Row:
    """Return a row of a time after noon, which was committed a while later."""
    time = NOON + timedelta(seconds=seconds)
    values = Values(key, f"{CANARY} 1", "OPENED", text, None, time)
    return Row(values, BEGIN + seconds + late)


def stored(row: Row, sequence: int, after: float = 1.5) -> Stored:
    """Return the message of a row, some seconds after its time."""
    values = row.values
    headers = headers_of(row.key)
    return Stored(row.at + after, sequence, subject_of(values), body_of(values), headers)


def sent(message: Stored, *, later: float = -0.01, digest: str = "d") -> Sent:
    return Sent(message.at + later, 1, message.id, message.subject, digest)


def sample(seconds: float, watermark: float, *, program: str = PROGRAM, records: int = 3) -> Sample:
    """Return what stands in ETL_PRMREC some seconds after noon."""
    exact = NOON + timedelta(seconds=watermark)
    return Sample(
        begin=BEGIN + seconds - 0.001,
        end=BEGIN + seconds,
        program=program,
        floored=exact.replace(microsecond=0),
        exact=exact,
        status="SUCCESS",
        records=records,
    )


FIRST = row("7", 1.0)
#: Its time is that of the first, and its id greater.
SECOND = row("123456789012345678", 1.0)
LATE = row("5", 1.1, late=3.0)
LARGE = row("9", 1.2, CANARY + "x" * MOST_BYTES)
ONE, TWO, THREE = stored(FIRST, 1), stored(SECOND, 2), stored(LATE, 3, after=3.5)
LARGE_ASIDE = Aside("9", BEGIN + 2.5, "too large")
BEFORE, AFTER = sample(2.0, 0.9, records=0), sample(5.0, 3.9)

SOUND = History(
    rules=Rules(settle_seconds=SETTLE_SECONDS, is_sound=True),
    rows=(FIRST, SECOND, LATE, LARGE),
    stored=(ONE, TWO, THREE),
    sent=(sent(ONE), sent(TWO), sent(THREE)),
    samples=(BEFORE, AFTER),
    asides=(LARGE_ASIDE,),
)
AGAIN = sent(ONE, later=1.0)
ID = id_of(FIRST.key)
