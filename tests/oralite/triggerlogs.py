"""A table whose changes three triggers write down, each with the values before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import oracledb

from tests.oralite.driver import query

NewTable = Callable[[str], str]


@dataclass(frozen=True)
class Logged:
    """A table, and the one that its triggers write into."""

    table: str
    log: str
    sequence: str

    def trigger(self, event: str) -> str:
        return f"{self.table}_{event[0]}"


def make_log(
    connection: oracledb.Connection, new_table: NewTable, columns: str, names: Sequence[str]
) -> Logged:
    """Make a table of these columns and its log. names: the columns that are written down."""
    made = Logged(
        new_table(columns), new_table(f"n NUMBER, op CHAR(1), tx VARCHAR2(64), {columns}"), ""
    )
    made = Logged(made.table, made.log, f"S_{made.table}")
    connection.cursor().execute(f"CREATE SEQUENCE {made.sequence} ORDER")
    for event in ("INSERT", "UPDATE", "DELETE"):
        connection.cursor().execute(trigger_text(made, event, names))
    return made


def trigger_text(made: Logged, event: str, names: Sequence[str]) -> str:
    images = {"INSERT": "I", "UPDATE": "BU", "DELETE": "D"}[event]
    body = ""
    for number, image in enumerate(images):
        row = "NEW"
        if image in "BD":
            row = "OLD"
        drawn = ("NEXTVAL", "CURRVAL")[number]
        values = ", ".join(f":{row}.{name}" for name in names)
        body += (
            f"  INSERT INTO {made.log} (n, op, tx, {', '.join(names)}) VALUES "
            f"({made.sequence}.{drawn}, '{image}', DBMS_TRANSACTION.LOCAL_TRANSACTION_ID, "
            f"{values});\n"
        )
    return (
        f"CREATE OR REPLACE TRIGGER {made.trigger(event)} AFTER {event} ON {made.table} "
        f"FOR EACH ROW\nBEGIN\n{body}END;"
    )


def logged(connection: oracledb.Connection, made: Logged, names: str = "id, v") -> list[object]:
    """Return what the triggers wrote, in order, without numbers and transactions."""
    sql = f"SELECT op, {names} FROM {made.log} ORDER BY n, op"
    return [tuple(row) for row in query(connection, sql)]
