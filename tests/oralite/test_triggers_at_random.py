"""Changes at random on a table with triggers: what was before and what they wrote gives what is
there after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import oracledb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oralite.server import Server
from tests.fidelity.generated.changes import CHANGES
from tests.fidelity.generated.run import AREAS, Chance, create
from tests.fidelity.generated.tables import INSERT, NAMES, Tables, tables
from tests.fidelity.world import PASSWORD, SERVICE, USER
from tests.oralite.triggerlogs import Logged, trigger_text

pytestmark = pytest.mark.oralite_only

EXAMPLES = 40
LOGGED = Logged("t", "log", "seq")
Image = tuple[Any, ...]


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    with Server(None, USER, PASSWORD, SERVICE) as server:
        with oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as connection:
            create(connection)
            cursor = connection.cursor()
            cursor.execute("CREATE SEQUENCE seq")
            cursor.execute(
                "CREATE TABLE log (n NUMBER, op CHAR(1), tx VARCHAR2(64), id NUMBER, a NUMBER,"
                " b NUMBER, s VARCHAR2(400), c CHAR(3), d DATE)"
            )
            for event in ("INSERT", "UPDATE", "DELETE"):
                cursor.execute(trigger_text(LOGGED, event, NAMES["t"]))
        yield server


@pytest.fixture
def asked(database: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[oracledb.Connection]:
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", True)
    with oracledb.connect(user=USER, password=PASSWORD, dsn=database.dsn) as connection:
        yield connection


@pytest.mark.parametrize("area", [maker.__name__ for maker in CHANGES])
def test_what_the_triggers_wrote_leads_from_the_rows_before_to_those_after(
    asked: oracledb.Connection, area: str
) -> None:
    changed: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        chance = Chance(data.draw)
        held = tables(chance)
        try:
            follow(asked, held, AREAS[area](chance, held).sql, changed)
        finally:
            asked.rollback()

    ask()
    assert changed


def follow(connection: oracledb.Connection, held: Tables, sql: str, changed: Counter[str]) -> None:
    fill(connection, held)
    cursor = connection.cursor()
    before = images(cursor, "SELECT * FROM t")
    cursor.execute("DELETE FROM log")
    try:
        cursor.execute(sql)
    except oracledb.DatabaseError:
        count = 0
    else:
        count = cursor.rowcount
    written = cursor.execute("SELECT op, id, a, b, s, c, d FROM log ORDER BY n, op").fetchall()
    after = Counter(before)
    for op, *row in written:
        image = tuple(row)
        changed[op] += 1
        if op in "BD":
            assert after[image] > 0, (sql, op, image)
            after[image] -= 1
        if op in "UI":
            after[image] += 1
    assert +after == images(cursor, "SELECT * FROM t"), sql
    assert sum(op != "B" for op, *_ in written) == count, sql


def images(cursor: oracledb.Cursor, sql: str) -> Counter[Image]:
    return Counter(tuple(row) for row in cursor.execute(sql).fetchall())


def fill(connection: oracledb.Connection, held: Tables) -> None:
    for table, rows in (("t", held.t), ("u", held.u)):
        for row in rows:
            connection.cursor().execute(INSERT[table], row)
