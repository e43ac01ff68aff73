"""What a person should know of a table before its rows are read."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.queries import Query, make_query
from oracle_cdc.oracle.row_shape import Findings, RowNames, RowShape, find_shape
from oracle_cdc.oracle.row_sql import RowSql, Share, list_length
from oracle_cdc.oracle.session import Binds, Session, fetch_made
from oracle_cdc.running.amounts import counted

#: Times further than this ahead of Oracle's clock are said.
FAR_AHEAD = timedelta(hours=1)
#: The last time that Oracle holds.
LAST_TIME = datetime(9999, 12, 31, 23, 59, 59)
#: Rows without a time are counted up to here.
MOST_COUNTED = 1000


def check_rows(
    session: Session, names: RowNames, time_zone: str | None = None
) -> tuple[RowShape | None, Findings]:
    """Return the shape of a table's rows, None where they can't be read, and what is to be said."""
    findings = Findings()
    shape = find_shape(session, names, findings)
    if shape is not None:
        sql = RowSql(shape, Share(), time_zone)
        find_index(session, shape, findings)
        for find in (find_missing_times, find_times_ahead):
            try:
                find(session, sql, findings)
            except CdcError as error:
                findings.warnings.append(f"{names.shown}: its times were not looked at: {error}")
    return shape, findings


def find_index(session: Session, shape: RowShape, findings: Findings) -> None:
    """Say that no index serves the time column."""
    names = shape.names
    first_columns = set()
    for record in session.query("read_index_columns", owner=names.schema, table_name=names.table):
        if record["column_position"] == 1:
            first_columns.add(record["column_name"])
    if shape.time.name not in first_columns:
        columns = ", ".join(column.quoted for column in (shape.time, *shape.keys))
        findings.warnings.append(
            f"{names.shown}: no index begins with {shape.time.name}, so that each look reads the "
            f"whole table; its owner or a DBA: CREATE INDEX ... ON {names.quoted} ({columns})"
        )


def find_missing_times(session: Session, sql: RowSql, findings: Findings) -> None:
    """Say that rows have no time, which are in no stretch."""
    time = sql.shape.time
    if not time.is_nullable:
        return
    shown = sql.shape.names.shown
    (count,) = ask(session, count_missing(sql), {})
    if not count:
        text = f"{shown}: {time.name} may be NULL: such rows would never be published"
    elif count > MOST_COUNTED:
        text = f"{shown}: {time.name} is NULL in more than {MOST_COUNTED} rows, never published"
    else:
        text = f"{shown}: {time.name} is NULL in "
        text += f"{counted(count, 'row, which is', 'rows, which are')} never published"
    findings.warnings.append(text)


def count_missing(sql: RowSql) -> Query:
    """Return what counts the rows without a time, up to a limit."""
    text = (
        f"SELECT COUNT(*) FROM {sql.table} "
        f"WHERE {sql.shape.time.quoted} IS NULL AND ROWNUM <= {MOST_COUNTED + 1}"
    )
    return make_query(f"count rows without a time of {sql.shape.names.shown}", text)


def find_times_ahead(session: Session, sql: RowSql, findings: Findings) -> None:
    """Say that rows have times far ahead of Oracle's clock."""
    (now,) = ask(session, sql.look(0), {})
    length = list_length(1)
    binds = sql.list_binds([(now + FAR_AHEAD, LAST_TIME)], length)
    count = ask(session, sql.look(length), binds)[1]
    if count:
        findings.warnings.append(
            f"{sql.shape.names.shown}: {counted(count, 'row has', 'rows have')} "
            f"a {sql.shape.time.name} over an hour "
            f"ahead of Oracle's clock, {now:%Y-%m-%d %H:%M:%S}: they are published when it gets "
            "there. If all are ahead by the same hours, name the zone in which the column is "
            "written"
        )


def ask(session: Session, query: Query, binds: Binds) -> tuple[Any, ...]:
    """Return the one row of a query."""
    with closing(fetch_made(session, query, binds)) as fetched:
        (row,) = next(fetched)
    return row
