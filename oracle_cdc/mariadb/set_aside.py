"""ETL_SET_ASIDE: the rows that a program could not publish, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from oracle_cdc.mariadb.database import Database, Record
from oracle_cdc.mariadb.names import name_discarded, name_failure, name_key, short
from oracle_cdc.relay.values import SetAside

#: Rows deleted in one round trip.
DELETE_ROWS = 1000


@dataclass(frozen=True)
class AsideRow:
    """A row of the table.

    Parameters:
        failure_id: by which a person names it, 32 hex digits.
        key: of the row in its source, shortened where it is long.
        time: of the row in its source. None: a person wrote what is no time.
        set_aside_at: in UTC.
    """

    failure_id: str
    key: str
    time: datetime | None
    reason: str
    attempts: int
    set_aside_at: datetime | None


class SetAsideTable:
    """What one program set aside. It takes no lock, so that the program may run beside it."""

    def __init__(self, database: Database, program: str) -> None:
        self.database = database
        self.program = program

    def add(self, items: Sequence[SetAside]) -> None:
        """Write rows down that can't be published. It may be repeated."""
        rows = []
        for item in items:
            row = {"program": self.program, "key": name_key(item.key), "time": item.time}
            rows.append(row | {"reason": short(item.reason), "attempts": item.attempts})
        if rows:
            self.database.run_many("set_aside", rows)

    def list(self, older_than: timedelta | None = None) -> Sequence[AsideRow]:
        """Return rows, the oldest first: all, or those that were set aside longer ago than this."""
        older_seconds = -1.0
        if older_than is not None:
            older_seconds = older_than.total_seconds()
        found = self.database.query(
            "list_set_aside", program=self.program, older_seconds=older_seconds
        )
        return [read_aside(self.program, record) for record in found]

    def count(self) -> int:
        """Return how many rows are set aside."""
        (row,) = self.database.query("count_set_aside", program=self.program)
        return int(row["FOUND"])

    def keep(self, key: str, reason: str, attempts: int) -> None:
        """Write down why a row that was tried again was refused again, unless it is gone."""
        self.database.run(
            "keep_aside", program=self.program, key=key, reason=short(reason), attempts=attempts
        )

    def discard(self, keys: Iterable[str]) -> int:
        """Give rows up by their keys as they stand in the table, and return how many there were.

        Their slices count them as handled. So that no figure takes them for published, they stand
        under a name of their own until their time is in no figure.
        """
        discarded = 0
        for part in parts_of(keys):
            with self.database.transaction():
                self.database.run(
                    "keep_discarded",
                    discarded=name_discarded(self.program),
                    program=self.program,
                    keys=part,
                )
                discarded += self.database.run("remove_aside", program=self.program, keys=part)
        return discarded

    def remove(self, keys: Iterable[str]) -> int:
        """Delete rows by their keys as they stand in the table, and return how many there were."""
        removed = 0
        for part in parts_of(keys):
            removed += self.database.run("remove_aside", program=self.program, keys=part)
        return removed


def parts_of(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield keys, as many at a time as one statement takes."""
    chosen = list(keys)
    for start in range(0, len(chosen), DELETE_ROWS):
        yield chosen[start : start + DELETE_ROWS]


def read_aside(program: str, record: Record) -> AsideRow:
    """Return a row as it is read, whoever wrote it."""
    return AsideRow(
        failure_id=name_failure(program, record["ROW_KEY"]),
        key=record["ROW_KEY"],
        time=read_time(record["ROW_TIME"]),
        reason=record["REASON"] or "",
        attempts=int(record["ATTEMPTS"] or 0),
        set_aside_at=read_time(record["SET_ASIDE_AT"]),
    )


def read_time(value: object) -> datetime | None:
    """Return a time, None for what is none, such as 0000-00-00."""
    if isinstance(value, datetime):
        return value
    return None
