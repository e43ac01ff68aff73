"""One look at all lanes, in one round trip: which there are, and what waits in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from oracle_cdc.changes.capture.model import Place
from oracle_cdc.oracle.queries import Query, make_query
from oracle_cdc.oracle.session import Session, fetch_made

#: A row for each table that is registered. Then one for each lane in which something waits.
REGISTERED = """SELECT r.TABLE_NAME, r.CHANGE_TABLE, r.IS_ENABLED, r.LAST_UPDATED, USER AS OWNER,
  NULL AS LANE, CAST(NULL AS TIMESTAMP) AS CHANGED_AT, SYS_EXTRACT_UTC(SYSTIMESTAMP) AS NOW
FROM CDC_CHANGE_TABLES r"""
WAITING = """SELECT NULL, NULL, NULL, NULL, NULL, {number}, c.CDC_CHANGED_AT, NULL
FROM (
  SELECT CDC_CHANGED_AT FROM {log} ORDER BY CDC_CHANGE_ID FETCH FIRST 1 ROWS ONLY
) c"""


class Registered(NamedTuple):
    """A table that is captured, as the registry has it.

    Parameters:
        table: its name in events.
        updated_at: when what is captured of it was last changed.
    """

    table: str
    log: Place
    is_enabled: bool
    updated_at: datetime | None


@dataclass(frozen=True)
class Look:
    """What was seen.

    Parameters:
        ages: of the lanes in which something waits, how many seconds ago the first of it was done.
    """

    registered: Sequence[Registered] = ()
    ages: Mapping[str, float] = field(default_factory=dict)


class Looker:
    """Looks at lanes. The statement is made anew where they are others."""

    def __init__(self) -> None:
        self.tables: Sequence[str] = ()
        self.query = make_look({})

    def watch(self, logs: Mapping[str, Place]) -> None:
        """Look at these lanes from now on.

        Parameters:
            logs: the change tables, by the names of tables.
        """
        self.tables = tuple(logs)
        self.query = make_look(logs)

    def look(self, session: Session) -> Look:
        """Return what there is. It is one round trip."""
        registered: list[Registered] = []
        firsts: dict[str, datetime] = {}
        now: datetime | None = None
        with closing(fetch_made(session, self.query, {})) as chunks:
            for rows in chunks:
                for table, log, is_enabled, updated_at, owner, lane, changed_at, clock in rows:
                    if lane is not None:
                        firsts[self.tables[int(lane)]] = changed_at
                        continue
                    now = clock
                    place = Place(str(owner), str(log))
                    registered.append(Registered(str(table), place, bool(is_enabled), updated_at))
        ages: dict[str, float] = {}
        for table, changed_at in firsts.items():
            ages[table] = 0.0
            if now is not None:
                ages[table] = max(0.0, (now - changed_at).total_seconds())
        return Look(tuple(sorted(registered)), ages)


def make_look(logs: Mapping[str, Place]) -> Query:
    parts = [REGISTERED]
    for number, log in enumerate(logs.values()):
        parts.append(WAITING.format(number=number, log=log.quoted))
    return make_query("look at the change tables", "\nUNION ALL\n".join(parts))
