"""What Oracle says of all captured tables at this moment, as far as this user sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.changes.capture.dictionary import as_trigger, why_broken
from oracle_cdc.changes.capture.model import Column, TriggerState, as_column
from oracle_cdc.changes.capture.naming import name_triggers
from oracle_cdc.changes.capture.numbering import find_greater, read_sequence
from oracle_cdc.changes.capture.registry import Registered, read_registry
from oracle_cdc.oracle.queries import Query, make_query
from oracle_cdc.oracle.session import Record, Session, fetch_made

#: Rows of a change table that are counted at most: beyond, a number says nothing more.
MOST_COUNTED = 10_000_000
#: Change tables that one statement looks at.
TABLES_AT_ONCE = 50


@dataclass(frozen=True)
class Backlog:
    """What a change table holds: rows, and when the oldest of them was written (UTC)."""

    rows: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True)
class Key:
    """The primary key by which rows are known. reason: why it does not hold, "" where it does."""

    name: str
    reason: str = ""


@dataclass(frozen=True)
class Look:
    """A captured table as it is.

    Parameters:
        columns: of the source, none where this user does not see it.
        logged: of its change table, none where that is gone.
        triggers: those on the source that are called as ours.
        sees_triggers: all of them are among these. Else they may be there, unseen.
        sees_validity: so is whether they compile.
        backlog: None where the change table is gone.
        key: None where its primary key is not seen, or rows are known by other columns.
        altered_at: when the last DDL was done on it or its triggers, as far as that is seen, by the
            clock and zone of the database's host.
    """

    registered: Registered
    columns: Sequence[Column]
    logged: Sequence[Column]
    triggers: Sequence[TriggerState]
    sees_triggers: bool
    sees_validity: bool
    backlog: Backlog | None
    key: Key | None = None
    altered_at: datetime | None = None


@dataclass(frozen=True)
class Survey:
    """All captured tables.

    Parameters:
        order_flag: of the sequence: Y, N, or None where it is not there.
        greater: the greatest number that was shipped, None where those to come are greater.
        now: the database's clock, UTC.
    """

    looks: Sequence[Look]
    order_flag: str | None
    greater: int | None
    now: datetime


def read_survey(session: Session) -> Survey:
    """Look at all captured tables. It takes twelve round trips, however many they are."""
    registry = read_registry(session)
    columns = group(session.query("read_captured_sources"))
    logs = group(session.query("read_change_logs"))
    triggers = group(session.query("read_capturing_triggers"))
    keys = group(session.query("read_keys_of_sources"))
    altered = group(session.query("read_ddl_on_sources"))
    rights = group(session.query("read_rights_on_sources"))
    anywhere = {record["privilege"] for record in session.query("read_rights_on_triggers")}
    backlogs = read_backlogs(session, [each for each in registry if each.table in logs])
    looks = []
    for each in registry:
        is_own = each.source.owner == each.log.owner
        here = {record["privilege"] for record in rights.get(each.table, ())}
        names = name_triggers(each.source)
        ours = [one for one in triggers.get(each.table, ()) if one["trigger_name"] in names]
        looks.append(
            Look(
                registered=each,
                columns=list(map(as_column, columns.get(each.table, ()))),
                logged=list(map(as_column, logs.get(each.table, ()))),
                triggers=list(map(as_trigger, ours)),
                sees_triggers=is_own or bool(here) or "CREATE ANY TRIGGER" in anywhere,
                sees_validity=is_own or "DEBUG" in here or bool(anywhere),
                backlog=backlogs.get(each.table),
                key=find_key(each, keys.get(each.table, ())),
                altered_at=find_latest([*altered.get(each.table, ()), *ours]),
            )
        )
    sequence = read_sequence(session)
    order_flag = None
    for record in sequence:
        order_flag = str(record["order_flag"])
    return Survey(looks, order_flag, find_greater(sequence, registry), read_clock(session))


def group(records: Sequence[Record]) -> Mapping[str, Sequence[Record]]:
    """Return rows by the table that they are of."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(str(record["captured"]), []).append(record)
    return groups


def find_key(registered: Registered, records: Sequence[Record]) -> Key | None:
    """Return the primary key of a table, None where it is not what rows are known by."""
    columns = {record["column_name"] for record in records}
    if columns != set(registered.keys):
        return None
    return Key(str(records[0]["constraint_name"]), why_broken(records[0]))


def find_latest(records: Sequence[Record]) -> datetime | None:
    """Return when the last DDL was done on any of these objects, None where that is not seen."""
    times = [record["last_ddl_time"] for record in records if record["last_ddl_time"] is not None]
    return max(times, default=None)


def read_clock(session: Session) -> datetime:
    """Return the time of the database, UTC."""
    (record,) = session.query("read_clock")
    now: datetime = record["now"]
    return now


def read_backlogs(session: Session, registry: Sequence[Registered]) -> Mapping[str, Backlog]:
    """Return what waits in change tables to be shipped, by the tables that it is of."""
    backlogs: dict[str, Backlog] = {}
    for start in range(0, len(registry), TABLES_AT_ONCE):
        tables = registry[start : start + TABLES_AT_ONCE]
        for rows in fetch_made(session, count_logs([each.log.quoted for each in tables]), {}):
            for place, count, oldest in rows:
                backlogs[tables[int(place)].table] = Backlog(int(count), oldest)
    return backlogs


def count_logs(logs: Sequence[str]) -> Query:
    """Return what counts change tables, whose names stand in quotes, up to a limit.

    The oldest row is that with the lowest number, which their index finds.
    """
    selects = []
    for place, log in enumerate(logs):
        first = f"(SELECT MIN(CDC_CHANGE_ID) FROM {log})"  # noqa: S608 - names in quotes
        selects.append(
            f"SELECT {place} AS PLACE,\n"  # noqa: S608 - names in quotes
            f"  (SELECT COUNT(*) FROM {log} WHERE ROWNUM <= {MOST_COUNTED}) AS HELD,\n"
            f"  (SELECT MIN(CDC_CHANGED_AT) FROM {log} WHERE CDC_CHANGE_ID = {first}) AS OLDEST\n"
            "FROM DUAL"
        )
    return make_query("count the change tables", "\nUNION ALL\n".join(selects))
