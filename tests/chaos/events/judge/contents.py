"""What came of each row: stored once, as the contract has it, or set aside with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.chaos.events.judge.encoding import body_of, headers_of, id_of, is_too_large, subject_of
from tests.chaos.events.judge.history import History, expected, is_skipped


def check_lost(history: History) -> Iterator[str]:
    """Find rows that are neither in the stream nor set aside."""
    stored = {message.id for message in history.stored}
    aside = {row.key for row in history.asides}
    for row in expected(history):
        if id_of(row.key) not in stored and row.key not in aside:
            yield f"row {row.key} of {row.values.created_at} is lost"


def check_strangers(history: History) -> Iterator[str]:
    """Find messages and rows set aside that no row of the table stands behind."""
    ids = {id_of(row.key) for row in history.rows}
    for message in history.stored:
        if message.id not in ids:
            yield f"message {message.sequence} has the id {message.id!r}, which no row has"
    for row in history.asides:
        if id_of(row.key) not in ids:
            yield f"row {row.key} is set aside, and not in the table"


def check_twice(history: History) -> Iterator[str]:
    """Find rows that are stored more than once."""
    for id, count in Counter(message.id for message in history.stored).items():
        if count > 1:
            yield f"{id} is stored {count} times"


def check_bodies(history: History) -> Iterator[str]:
    """Find messages that differ from their rows."""
    rows = {id_of(row.key): row for row in history.rows}
    for message in history.stored:
        if message.id not in rows:
            continue
        values = rows[message.id].values
        if message.body != body_of(values):
            yield f"{message.id}: the body differs from its row"
        if message.subject != subject_of(values):
            yield f"{message.id}: the subject is {message.subject}, not {subject_of(values)}"
        if dict(message.headers) != headers_of(values.key):
            yield f"{message.id}: the headers are {sorted(message.headers)}"


def check_aside(history: History) -> Iterator[str]:
    """Find rows set aside that could be sent, and others that are not set aside."""
    asides = {row.key: row for row in history.asides}
    stored = {message.id for message in history.stored}
    for row in history.rows:
        if is_too_large(row.values):
            if row.key not in asides and not is_skipped(history, row):
                yield f"row {row.key} is too large, and not set aside"
            if id_of(row.key) in stored:
                yield f"row {row.key} is too large, and stored"
        elif row.key in asides:
            yield f"row {row.key} is set aside, though it could be sent: {asides[row.key].reason}"
    for row in history.asides:
        if not row.reason:
            yield f"row {row.key} is set aside without a reason"
