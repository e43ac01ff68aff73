"""INSERT, UPDATE, DELETE and MERGE through the driver, and the limits of columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import oracledb
import pytest

NewTable = Callable[[str], str]


@pytest.fixture
def items(cursor: oracledb.Cursor, new_table: NewTable) -> str:
    name = new_table(
        "id NUMBER PRIMARY KEY, name VARCHAR2(10) NOT NULL, amount NUMBER(5,2), code CHAR(3), "
        "day DATE"
    )
    cursor.executemany(
        f"INSERT INTO {name} (id, name) VALUES (:1, :2)", [(1, "one"), (2, "two"), (3, "three")]
    )
    return name


def fetch(cursor: oracledb.Cursor, sql: str, *binds: Any) -> list[Any]:
    return list(cursor.execute(sql, list(binds)).fetchall())


@pytest.mark.parametrize(
    ("sql", "binds", "error"),
    [
        ("INSERT INTO {t} (id, name) VALUES (1, 'again')", [], (1, ".")),
        ("INSERT INTO {t} (id) VALUES (9)", [], (1400, '."NAME"')),
        ("UPDATE {t} SET name = NULL", [], (1407, '."NAME"')),
        (
            "INSERT INTO {t} (id, name) VALUES (9, :1)",
            ["x" * 11],
            (12899, "(actual: 11, maximum: 10)"),
        ),
        ("UPDATE {t} SET name = name || :1", ["שלום"], (12899, "(actual: 11, maximum: 10)")),
        ("UPDATE {t} SET code = 'long'", [], (12899, "(actual: 4, maximum: 3)")),
        ("UPDATE {t} SET amount = 999.995", [], (1438, "precision")),
        ("UPDATE {t} SET amount = 'x'", [], (1722, "invalid number")),
        ("UPDATE {t} SET day = 5", [], (932, "inconsistent")),
        ("INSERT INTO {t} (id, nope) VALUES (1, 2)", [], (904, '"NOPE"')),
        ("INSERT INTO {t} (id, name) VALUES (1)", [], (947, "not enough")),
        ("INSERT INTO {t} (id) VALUES (1, 2)", [], (913, "too many")),
        ("DELETE FROM no_such_table", [], (942, "does not exist")),
    ],
)
def test_a_wrong_change_names_what_is_wrong(
    cursor: oracledb.Cursor, items: str, sql: str, binds: list[Any], error: tuple[int, str]
) -> None:
    code, names = error
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(sql.format(t=items), binds)
    assert raised.value.args[0].code == code
    assert names in str(raised.value)
    assert fetch(cursor, f"SELECT COUNT(*) FROM {items}") == [(3,)]


def test_columns_take_what_their_types_allow(cursor: oracledb.Cursor, items: str) -> None:
    cursor.execute(
        f"UPDATE {items} SET amount = 1.005, code = 'A', day = TIMESTAMP '2025-01-01 10:00:00.9' "
        "WHERE id = 1"
    )
    row = fetch(cursor, f"SELECT TO_CHAR(amount), code, day FROM {items} WHERE code = 'A'")
    assert row == [("1.01", "A  ", datetime(2025, 1, 1, 10))]


def test_a_statement_that_fails_half_way_changes_nothing(
    cursor: oracledb.Cursor, items: str
) -> None:
    with pytest.raises(oracledb.IntegrityError):
        cursor.execute(f"UPDATE {items} SET id = id + 1 WHERE id < 3")
    with pytest.raises(oracledb.DatabaseError):
        cursor.execute(f"UPDATE {items} SET amount = CASE WHEN id = 3 THEN 1 / 0 ELSE 1 END")
    assert fetch(cursor, f"SELECT COUNT(*), COUNT(amount) FROM {items}") == [(3, 0)]


def test_merge_updates_deletes_and_inserts(cursor: oracledb.Cursor, items: str) -> None:
    cursor.execute(
        f"""MERGE INTO {items} t
            USING (SELECT LEVEL + 1 id, 'm' || LEVEL name FROM dual CONNECT BY LEVEL <= 4) s
            ON (t.id = s.id)
            WHEN MATCHED THEN UPDATE SET t.name = s.name WHERE t.id < 10 DELETE WHERE t.name = 'm2'
            WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name) WHERE s.id < 5"""
    )
    assert cursor.rowcount == 3
    assert fetch(cursor, f"SELECT id, name FROM {items} ORDER BY id") == [
        (1, "one"),
        (2, "m1"),
        (4, "m3"),
    ]


def test_a_merge_that_fails_half_way_changes_nothing(cursor: oracledb.Cursor, items: str) -> None:
    with pytest.raises(oracledb.IntegrityError, match="ORA-01400"):
        cursor.execute(
            f"""MERGE INTO {items} t USING (SELECT LEVEL id, DECODE(LEVEL, 9, NULL, 'new') name
                FROM dual CONNECT BY LEVEL <= 9) s ON (t.id = s.id)
                WHEN MATCHED THEN UPDATE SET t.name = s.name
                WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)"""
        )
    names = fetch(cursor, f"SELECT name FROM {items} ORDER BY id")
    assert names == [("one",), ("two",), ("three",)]


def test_merge_by_array_inserts_then_updates(cursor: oracledb.Cursor, items: str) -> None:
    cursor.executemany(
        f"""MERGE INTO {items} t USING (SELECT :1 id, :2 name FROM dual) s ON (t.id = s.id)
            WHEN MATCHED THEN UPDATE SET t.name = s.name
            WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)""",
        [(7, "seven"), (1, "uno"), (7, "sept")],
    )
    assert fetch(cursor, f"SELECT name FROM {items} WHERE id IN (1, 7) ORDER BY id") == [
        ("uno",),
        ("sept",),
    ]


@pytest.mark.parametrize(
    ("merge", "code"),
    [
        ("USING (SELECT 1 id FROM dual) s ON (t.id = s.id) WHEN MATCHED THEN UPDATE "
         "SET t.id = 2", 38104),
        ("USING (SELECT LEVEL id FROM dual CONNECT BY LEVEL < 3) s ON (t.id = 1) "
         "WHEN MATCHED THEN UPDATE SET t.name = 'x'", 30926),
        ("USING (SELECT :1 id FROM dual) s ON (t.name = s.id) WHEN MATCHED THEN UPDATE "
         "SET t.code = 'x'", 1461),
    ],
)  # fmt: skip
def test_a_merge_that_oracle_refuses_is_refused(
    cursor: oracledb.Cursor, items: str, merge: str, code: int
) -> None:
    with pytest.raises(oracledb.DatabaseError) as raised:
        cursor.execute(f"MERGE INTO {items} t {merge}", ["x" * 5000] if ":1" in merge else [])
    assert raised.value.args[0].code == code


def test_returning_gives_the_new_values_of_each_row(cursor: oracledb.Cursor, items: str) -> None:
    ids, names = cursor.var(int), cursor.var(str)
    cursor.execute(
        f"UPDATE {items} SET name = UPPER(name) WHERE id > :1 RETURNING id * 10, name INTO :2, :3",
        [1, ids, names],
    )
    assert sorted(zip(ids.getvalue(), names.getvalue(), strict=True)) == [
        (20, "TWO"),
        (30, "THREE"),
    ]


def test_insert_select_update_by_subquery_and_delete_by_rownum(
    cursor: oracledb.Cursor, items: str
) -> None:
    cursor.execute(f"INSERT INTO {items} (id, name) SELECT id + 10, name FROM {items} WHERE id < 3")
    cursor.execute(
        f"UPDATE {items} a SET (amount, code) = (SELECT MAX(b.id), 'M' FROM {items} b "
        "WHERE b.name = a.name)"
    )
    cursor.execute(f"DELETE FROM {items} WHERE id > 10 AND ROWNUM <= 1")
    assert fetch(cursor, f"SELECT id, amount FROM {items} WHERE id < 3 ORDER BY 1") == [
        (1, 11),
        (2, 12),
    ]
    assert fetch(cursor, f"SELECT COUNT(*) FROM {items}") == [(4,)]


def test_identity_defaults_and_checks(cursor: oracledb.Cursor, new_table: NewTable) -> None:
    table = new_table(
        "id NUMBER GENERATED BY DEFAULT ON NULL AS IDENTITY PRIMARY KEY, "
        "g RAW(16) DEFAULT SYS_GUID() NOT NULL,"
        " at TIMESTAMP DEFAULT SYSTIMESTAMP, n NUMBER DEFAULT ON NULL 7, "
        "CONSTRAINT positive CHECK (n > 0)"
    )
    cursor.executemany(f"INSERT INTO {table} (n) VALUES (:1)", [(None,), (2,)])
    rows = fetch(
        cursor,
        f"SELECT id, LENGTH(RAWTOHEX(g)), CASE WHEN at IS NULL THEN 0 ELSE 1 END, n FROM {table} "
        "ORDER BY 1",
    )
    assert rows == [(1, 32, 1, 7), (2, 32, 1, 2)]
    with pytest.raises(oracledb.IntegrityError, match=r"ORA-02290.*\.POSITIVE\)"):
        cursor.execute(f"INSERT INTO {table} (n) VALUES (-1)")


def test_foreign_keys_are_kept(cursor: oracledb.Cursor, items: str, new_table: NewTable) -> None:
    child = new_table(f"item NUMBER REFERENCES {items} (id)")
    cursor.execute(f"INSERT INTO {child} VALUES (1)")
    with pytest.raises(oracledb.IntegrityError, match="ORA-02291"):
        cursor.execute(f"INSERT INTO {child} VALUES (99)")
    with pytest.raises(oracledb.IntegrityError, match="ORA-02292"):
        cursor.execute(f"DELETE FROM {items}")
    cursor.execute(f"DELETE FROM {child}")


def test_savepoints_undo_what_came_after(cursor: oracledb.Cursor, items: str) -> None:
    cursor.execute(f"UPDATE {items} SET amount = :1", [Decimal("1.5")])
    cursor.execute("SAVEPOINT half")
    cursor.execute(f"DELETE FROM {items}")
    cursor.execute("ROLLBACK TO half")
    assert fetch(cursor, f"SELECT COUNT(amount) FROM {items}") == [(3,)]
    with pytest.raises(oracledb.DatabaseError, match="ORA-01086"):
        cursor.execute("ROLLBACK TO nowhere")
