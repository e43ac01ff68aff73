"""A table with one trigger, which writes into another table."""

from __future__ import annotations

import oracledb
import pytest

from tests.oralite.driver import code_of, query

TEXT = "CREATE OR REPLACE TRIGGER tr AFTER INSERT ON t FOR EACH ROW BEGIN {body} END;"
BODY = "INSERT INTO log (id, v) VALUES (:NEW.id, :NEW.v);"


def make_trigger(cursor: oracledb.Cursor) -> None:
    cursor.execute("CREATE TABLE t (id NUMBER PRIMARY KEY, v VARCHAR2(10), w NUMBER)")
    cursor.execute("CREATE TABLE log (id NUMBER, v VARCHAR2(10))")
    cursor.execute(TEXT.format(body=BODY))


def fails(cursor: oracledb.Cursor, sql: str) -> str:
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(sql)
    return code_of(refused)


def log(cursor: oracledb.Cursor) -> list[tuple[object, ...]]:
    return query(cursor.connection, "SELECT * FROM log ORDER BY id")


def status(cursor: oracledb.Cursor) -> list[tuple[object, ...]]:
    sql = "SELECT status FROM user_objects WHERE object_type = 'TRIGGER'"
    return query(cursor.connection, sql)
