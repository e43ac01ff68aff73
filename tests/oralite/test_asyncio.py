"""The driver's asyncio side: connections, pools and, with 23ai, real pipelines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import oracledb
import pytest

from tests.oralite.driver import Target

NewTable = Callable[[str], str]
pytestmark = pytest.mark.parametrize("profile", ["19c", "23ai"])


def run(
    target: Target, work: Callable[[oracledb.AsyncConnection], Coroutine[Any, Any, None]]
) -> None:
    async def connected() -> None:
        options = {"user": target.user, "password": target.password, "dsn": target.dsn}
        async with oracledb.connect_async(**options) as connection:
            await work(connection)

    asyncio.run(connected())


def test_rows_in_portions_arrive(target: Target, new_table: NewTable) -> None:
    table = new_table("id NUMBER(10), name VARCHAR2(900)")

    async def work(connection: oracledb.AsyncConnection) -> None:
        await connection.executemany(
            f"INSERT INTO {table} VALUES (:1, :2)", [(n, "ש" * 300) for n in range(1500)]
        )
        rows = await connection.fetchall(f"SELECT id, name FROM {table} ORDER BY id", arraysize=100)
        assert rows == [(n, "ש" * 300) for n in range(1500)]

    run(target, work)


def test_errors_and_lobs_arrive(target: Target) -> None:
    async def work(connection: oracledb.AsyncConnection) -> None:
        with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
            await connection.execute("SELECT * FROM no_such_table")
        lob = await connection.createlob(oracledb.DB_TYPE_CLOB)
        await lob.write("x" * 100_000)
        [(fetched,)] = await connection.fetchall("SELECT :1 FROM dual", [lob])
        assert await fetched.read() == "x" * 100_000

    run(target, work)


def test_a_pool_serves_many_tasks(target: Target) -> None:
    async def work() -> None:
        pool = oracledb.create_pool_async(
            user=target.user, password=target.password, dsn=target.dsn, min=1, max=4, increment=1
        )

        async def one(number: int) -> object:
            async with pool.acquire() as connection:
                return (await connection.fetchone("SELECT :1 FROM dual", [number]))[0]

        assert await asyncio.gather(*(one(number) for number in range(30))) == list(range(30))
        await pool.close()

    asyncio.run(work())


def test_a_pipeline_answers_each_operation(target: Target, new_table: NewTable) -> None:
    table = new_table("id NUMBER(10)")

    async def work(connection: oracledb.AsyncConnection) -> None:
        pipeline = oracledb.create_pipeline()
        pipeline.add_executemany(f"INSERT INTO {table} VALUES (:1)", [(1,), (2,)])
        pipeline.add_commit()
        pipeline.add_fetchall(f"SELECT id FROM {table} ORDER BY id")
        pipeline.add_fetchone("SELECT 5 FROM dual")
        results = await connection.run_pipeline(pipeline)
        assert [result.rows for result in results[2:]] == [[(1,), (2,)], [(5,)]]

    run(target, work)


def test_a_pipeline_may_go_on_after_an_error(target: Target) -> None:
    async def work(connection: oracledb.AsyncConnection) -> None:
        pipeline = oracledb.create_pipeline()
        pipeline.add_fetchall("SELECT * FROM no_such_table")
        pipeline.add_fetchall("SELECT 1 FROM dual")
        failed, done = await connection.run_pipeline(pipeline, continue_on_error=True)
        assert failed.error.full_code == "ORA-00942"
        assert done.rows == [(1,)]

    run(target, work)


def test_a_pipeline_that_stops_at_an_error_does_nothing_after_it(
    target: Target, new_table: NewTable
) -> None:
    table = new_table("id NUMBER(10)")

    async def work(connection: oracledb.AsyncConnection) -> None:
        pipeline = oracledb.create_pipeline()
        pipeline.add_fetchall("SELECT * FROM no_such_table")
        pipeline.add_execute(f"INSERT INTO {table} VALUES (1)")
        with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
            await connection.run_pipeline(pipeline)
        assert await connection.fetchall(f"SELECT id FROM {table}") == []

    run(target, work)


@pytest.mark.parametrize("with_locators", [True, False])
def test_a_pipeline_brings_rows_with_lobs(
    target: Target, new_table: NewTable, with_locators: bool
) -> None:
    table = new_table("id NUMBER(10), note CLOB")

    async def work(connection: oracledb.AsyncConnection) -> None:
        await connection.executemany(
            f"INSERT INTO {table} VALUES (:1, :2)", [(n, f"note {n}") for n in range(150)]
        )
        for _ in range(2):
            pipeline = oracledb.create_pipeline()
            sql = f"SELECT id, note FROM {table} ORDER BY id"
            pipeline.add_fetchall(sql, arraysize=40, fetch_lobs=with_locators)
            pipeline.add_fetchone(sql + " DESC", fetch_lobs=with_locators)
            pipeline.add_fetchmany(sql + ", 1", num_rows=70, fetch_lobs=with_locators)
            results = await connection.run_pipeline(pipeline)
            assert [len(result.rows) for result in results] == [150, 1, 70]
            note = results[1].rows[0][1]
            assert (note if isinstance(note, str) else await note.read()) == "note 149"

    run(target, work)
