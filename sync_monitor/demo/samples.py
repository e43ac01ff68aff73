"""Sample rows: the same for the same day, so that what was injected can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sync_monitor.model import Grain, Sync
from sync_monitor.rules.periods import bounds, day_partition, plain, promised_at, window

#: As many as two days of them are 14.95 % of 107.
ROWS_A_DAY = 8
FIRST_NAMES = ("Noa", "Yosef", "Tamar", "Eitan", "Maya", "Amir", "Shira", "Omer")
LAST_NAMES = ("Levi", "O'Neil", "כהן", "Mizrahi", "Peretz", "Biton", "Katz")
LEAST_PAY = Decimal(2100)
#: The columns of a sample table beside its key and its time: name, type in Oracle, in the lake.
COLUMNS = (
    ("FIRST_NAME", "VARCHAR2(40)", "VARCHAR"),
    ("LAST_NAME", "VARCHAR2(40)", "VARCHAR"),
    ("EMAIL", "VARCHAR2(80)", "VARCHAR"),
    ("SALARY", "NUMBER(8,2)", "DECIMAL(8,2)"),
)
KEY_TYPE, KEY_LAKE_TYPE = "NUMBER(10)", "BIGINT"
TIME_TYPE = "TIMESTAMP"


@dataclass(frozen=True)
class Sample:
    """What is written into one table.

    Parameters:
        last_day: of its rows, the newest that is judged when they are made.
    """

    sync: Sync
    count: int
    last_day: date

    @property
    def key(self) -> str:
        """Return the column of the key."""
        if self.sync.keys:
            return self.sync.keys[0]
        return f"{self.sync.source.split('.')[1].removesuffix('S')}_ID"[:128]

    @property
    def rows_a_day(self) -> int:
        """Return how many rows a day has, so that all of them are in the window."""
        days = max(1, self.sync.window_days - 2)
        return max(ROWS_A_DAY, -(-self.count // days))

    @property
    def days(self) -> list[str]:
        """Return the whole days that have rows, ascending."""
        count = max(1, self.count // self.rows_a_day)
        found = [self.last_day - timedelta(days=back) for back in range(count)]
        return [day.isoformat() for day in reversed(found)]

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the rows: key, texts, pay, plain time of the source. The oldest first."""
        for number in range(self.count - 1, -1, -1):
            first = FIRST_NAMES[number % len(FIRST_NAMES)]
            last = LAST_NAMES[number % len(LAST_NAMES)]
            key = self.count - number
            email = f"{first.lower()}.{key}@example.com"
            pay = LEAST_PAY + Decimal(number * 37 % 9000) + Decimal("0.50")
            yield (key, first, last, email, pay, self.time_of(number))

    def time_of(self, number: int) -> datetime:
        """Return when a row was changed, as the source's clocks show it. 0 is the newest.

        In whole seconds: the driver binds times as DATE.
        """
        back, place = divmod(number, self.rows_a_day)
        day = day_partition(self.last_day - timedelta(days=back), self.sync.zone)
        step = (day.end - day.begin) / self.rows_a_day
        moment = bounds(day, self.sync.source_zone).end - step * place - step / 2
        return moment.replace(microsecond=0)


def columns_of(sample: Sample) -> list[tuple[str, str, str]]:
    """Return the columns of a sample table in the order of its rows: name, types of both sides."""
    key = (sample.key, KEY_TYPE, KEY_LAKE_TYPE)
    return [key, *COLUMNS, (sample.sync.time_column, f"{TIME_TYPE} NOT NULL", TIME_TYPE)]


def newest_judged_day(sync: Sync, now: datetime) -> date:
    """Return the newest day whose promise has passed."""
    found = window(now, sync)[0].day
    for partition in window(now, sync):
        if promised_at(partition, sync) <= now:
            found = partition.day
    return found


def key_of_row(sync: Sync, moment: datetime) -> str:
    """Return the partition of a row, by its plain time of the source."""
    shown = plain(moment.replace(tzinfo=sync.source_zone), sync.zone)
    if sync.grain is Grain.HOUR:
        return f"{shown.date().isoformat()}T{shown.hour:02}"
    return shown.date().isoformat()


def in_lake_time(sync: Sync, moment: datetime) -> datetime:
    """Return a plain time of the source as the lake keeps it."""
    return plain(moment.replace(tzinfo=sync.source_zone), sync.lake_zone)


def names_of(columns: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the names of columns."""
    return [name for name, _, _ in columns]
