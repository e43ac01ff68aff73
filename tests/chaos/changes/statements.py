"""Statements on the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import oracledb

from tests.chaos.changes.journal import Image
from tests.chaos.changes.plan import CANARY
from tests.chaos.changes.tables import ACCOUNTS, CUSTOMERS, LABELS, ORDERS, Column, Table

TIME_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.FF9'


class Statements:
    """Runs statements in one transaction. They raise what Oracle raises."""

    def __init__(self, cursor: oracledb.Cursor) -> None:
        self.cursor = cursor

    def read_stamp(self, table: Table, keys: Image, *, locks: bool) -> str | None:
        """Return the stamp of a row, None where there is none."""
        sql = f"SELECT STAMP FROM {table.source} WHERE {where(table)}"
        if locks:
            sql += " FOR UPDATE"
        self.execute(sql, table, keys)
        row = self.cursor.fetchone()
        if row is None:
            return None
        return str(row[0])

    def insert(self, table: Table, new: Image) -> None:
        names = ", ".join(new)
        self.execute(
            f"INSERT INTO {table.source} ({names}) VALUES ({values(table, new)})", table, new
        )

    def update(self, table: Table, keys: Image, new: Image) -> None:
        """Update a row whose keys become others, or stay."""
        given = dict(new)
        for name in table.keys:
            given[f"OLD_{name}"] = keys[name]
        sets = ", ".join(f"{name} = {bind(table.column(name))}" for name in new)
        self.execute(f"UPDATE {table.source} SET {sets} WHERE {where(table, 'OLD_')}", table, given)

    def merge(self, table: Table, new: Image, stamp: str) -> None:
        """Insert a row, or update it.

        Parameters:
            stamp: of a row that was there.
        """
        sets = ["STAMP = :UPDATED"]
        for name in new:
            if name != "STAMP" and name not in table.keys:
                sets.append(f"{name} = {bind(table.column(name))}")
        self.execute(
            f"MERGE INTO {table.source} t USING (SELECT 1 AS ONE FROM DUAL) s "
            f"ON ({where(table, owner='t.')}) "
            f"WHEN MATCHED THEN UPDATE SET {', '.join(sets)} "
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(new)}) VALUES ({values(table, new)})",
            table,
            {**new, "UPDATED": stamp},
        )

    def delete(self, table: Table, keys: Image) -> None:
        self.execute(f"DELETE FROM {table.source} WHERE {where(table)}", table, keys)

    def update_stamps(self, table: Table, rows: Sequence[Image]) -> None:
        """Update several rows in one statement, each to its own stamp."""
        cases, conditions, given = [], [], dict[str, object]()
        for number, row in enumerate(rows):
            prefix = f"R{number}_"
            condition = where(table, prefix)
            conditions.append(f"({condition})")
            cases.append(f"WHEN {condition} THEN :{prefix}STAMP")
            for name in (*table.keys, "STAMP"):
                given[f"{prefix}{name}"] = row[name]
        self.cursor.execute(
            f"UPDATE {table.source} SET STAMP = CASE {' '.join(cases)} END "
            f"WHERE {' OR '.join(conditions)}",
            given,
        )

    def execute(self, sql: str, table: Table, given: Image) -> None:
        sizes = {}
        for column in table.columns:
            if column.oracle_type == "CLOB" and column.name in given:
                sizes[column.name] = oracledb.DB_TYPE_CLOB
        if sizes:
            self.cursor.setinputsizes(**sizes)
        self.cursor.execute(sql, dict(given))


def keys_of(table: Table, row: int) -> dict[str, object]:
    """Return the keys of a row of a number."""
    if table is CUSTOMERS or table is LABELS:
        return {"ID": row}
    if table is ORDERS:
        return {"SHOP": f"s{row % 3}", "LINE": row}
    if table is ACCOUNTS:
        return {"ACCOUNT": f"{CANARY} account {row}"}
    return {"ID": str(10**17 + row)}


def values(table: Table, new: Image) -> str:
    """Return what stands for the values of a row."""
    return ", ".join(bind(table.column(name)) for name in new)


def where(table: Table, prefix: str = "", *, owner: str = "") -> str:
    """Return the condition of one row.

    Parameters:
        prefix: of the names of its values.
        owner: before the names of its columns.
    """
    parts = [f"{owner}{name} = {bind(table.column(name), prefix)}" for name in table.keys]
    return " AND ".join(parts)


def bind(column: Column, prefix: str = "") -> str:
    """Return what stands for a value of a column."""
    placeholder = f":{prefix}{column.name}"
    if column.json_type == "number-as-text":
        return f"TO_NUMBER({placeholder})"
    if column.json_type == "time-as-text":
        return f"TO_TIMESTAMP({placeholder}, '{TIME_FORMAT}')"
    return placeholder
