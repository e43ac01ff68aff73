"""Every SQL statement that the documents print runs as it stands, and gives what its heading
promises."""

from __future__ import annotations

import re
from collections.abc import Iterator

import oracledb
import pytest

from oracle_cdc.oracle.ddl import read_tables
from tests import documents
from tests.world import PASSWORD, USER, World, serve_world

#: What the original system's documents print; operators have these in their scripts.
ORIGINAL = {
    "verify tables": (
        "SELECT table_name FROM user_tables "
        "WHERE table_name LIKE 'CDC%' OR table_name = 'DICTA_CALL_SUMMARY'"
    ),
    "status": "SELECT * FROM CDC_PROCESSING_STATUS",
    "recent processed calls": (
        "SELECT CALL_ID, PROCESSED_AT, SQS_MESSAGE_ID\nFROM CDC_PROCESSED_CALLS\n"
        "ORDER BY PROCESSED_AT DESC\n"
        "FETCH FIRST 20 ROWS ONLY"
    ),
    "errors": (
        "SELECT ERROR_ID, CALL_ID, ERROR_TYPE, ERROR_MESSAGE, ERROR_TIMESTAMP\nFROM ERROR_LOG\n"
        "ORDER BY ERROR_TIMESTAMP DESC\nFETCH FIRST 20 ROWS ONLY"
    ),
    "ML results": (
        "SELECT CALL_ID, SENTIMENT, CLASSIFICATION_PRIMARY, CONFIDENCE_SCORE, PROCESSED_AT\n"
        "FROM DICTA_CALL_SUMMARY\n"
        "ORDER BY PROCESSED_AT DESC\nFETCH FIRST 20 ROWS ONLY"
    ),
    "processing statistics": (
        "SELECT\n    TABLE_NAME,\n    TOTAL_PROCESSED,\n    LAST_PROCESSED_TIMESTAMP,\n"
        "    IS_ENABLED\n"
        "FROM CDC_PROCESSING_STATUS"
    ),
    "source has data": "SELECT COUNT(*) FROM rtbi.VERINT_TEXT_ANALYSIS\n"
    "WHERE TEXT_TIME > SYSDATE - (10/1440)",
    "calls already processed": "SELECT COUNT(*) FROM CDC_PROCESSED_CALLS",
    "health": (
        "SELECT\n    'CDC Service Health' AS check_type,\n    CASE\n"
        "        WHEN LAST_UPDATED > SYSTIMESTAMP - INTERVAL '5' MINUTE\n        THEN 'HEALTHY'\n"
        "        ELSE 'STALE - CHECK SERVICE'\n    END AS status,\n    LAST_UPDATED\n"
        "FROM CDC_PROCESSING_STATUS\n"
        "WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    ),
}


def printed() -> dict[str, str]:
    """Return the SQL blocks of all documents by their first comment, or by their first line."""
    blocks = [block.strip() for block in documents.blocks(documents.everything(), "sql")]
    titled = {block.splitlines()[0].removeprefix("-- "): block for block in blocks}
    assert len(titled) == len(blocks)
    return titled


PRINTED = printed()
CHANGES = [title for title in sorted(PRINTED) if "COMMIT" in PRINTED[title]]
READS = [title for title in sorted(PRINTED) if title not in CHANGES]


def statements(block: str) -> list[str]:
    without_comments = re.sub(r"^\s*--.*$", "", block, flags=re.MULTILINE)
    return [statement.strip() for statement in without_comments.split(";") if statement.strip()]


def run(connection: oracledb.Connection, block: str) -> list[tuple[object, ...]]:
    """Run a block as the service's user pastes it into a client.

    Return the rows of its last query.
    """
    rows: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for statement in statements(block):
            cursor.execute(statement, fetch_lobs=False)
            rows = list(cursor.fetchall()) if cursor.description else rows
    return rows


def work(world: World) -> None:
    """Run a cycle: one call is sent, one answered, one rejected."""
    world.record("1001", ("A", "hello"), ("C", "hi"))
    world.record("1002", ("A", "hello"), ("C", "hi"))
    world.record("1003", ("A", "nobody there"))
    application = world.application()
    world.cycle(application)
    world.answer("1002", revision=1, sentiment="positive", classification="billing", confidence=0.9)
    application.results.drain_all()


@pytest.fixture
def busy(world: World) -> World:
    """Give a world after a cycle."""
    work(world)
    return world


@pytest.fixture
def session(busy: World) -> oracledb.Connection:
    return busy.connect(USER, PASSWORD)


@pytest.fixture(scope="module")
def read_only(queue_server: str) -> Iterator[World]:
    """Give a world after a cycle, for all tests that change nothing in it."""
    with serve_world(queue_server) as world:
        work(world)
        yield world


@pytest.fixture
def reader(read_only: World) -> Iterator[oracledb.Connection]:
    """Give a session whose changes are rolled back."""
    with read_only.connect(USER, PASSWORD) as connection:
        yield connection


@pytest.mark.parametrize("title", READS)
def test_a_statement_of_the_documents_runs(title: str, reader: oracledb.Connection) -> None:
    run(reader, PRINTED[title])


@pytest.mark.parametrize("title", CHANGES)
def test_a_change_of_the_documents_runs(title: str, session: oracledb.Connection) -> None:
    run(session, PRINTED[title])


@pytest.mark.parametrize("title", sorted(ORIGINAL))
def test_a_statement_of_the_original_documents_runs(
    title: str, reader: oracledb.Connection
) -> None:
    assert run(reader, ORIGINAL[title]) or title == "errors"


def test_all_six_tables_are_found(reader: oracledb.Connection) -> None:
    (block,) = (block for block in PRINTED.values() if "FROM USER_TABLES" in block)
    assert [name for (name,) in run(reader, block)] == sorted(read_tables())


def test_recent_calls_show_their_state(reader: oracledb.Connection) -> None:
    rows = run(reader, PRINTED["Check recent processed calls"])
    assert {(row[0], row[1]) for row in rows} == {
        ("1001", "SENT"),
        ("1002", "SUMMARIZED"),
        ("1003", "REJECTED_TOO_SHORT"),
    }


def test_results_show_what_the_ml_service_said(reader: oracledb.Connection) -> None:
    (row,) = run(reader, PRINTED["Check ML results"])
    assert row[:4] == ("1002", "positive", "billing", 0.9)


def test_statistics_count_what_sqs_accepted(reader: oracledb.Connection) -> None:
    rows = run(reader, PRINTED["View processing statistics"])
    assert {row[0]: row[1] for row in rows} == {"CDC_NORMAL_MODE": 2, "CDC_HISTORICAL_MODE": 0}


def test_the_source_shows_its_new_segments(reader: oracledb.Connection) -> None:
    assert run(reader, PRINTED["Segments of the last 10 minutes"]) == [(5,)]


def test_calls_without_an_answer_are_listed_after_an_hour(
    busy: World, session: oracledb.Connection
) -> None:
    title = "Calls that were sent more than an hour ago and have no answer"
    assert run(session, PRINTED[title]) == []
    busy.move_clock(3700)
    assert [row[0] for row in run(session, PRINTED[title])] == ["1001"]


@pytest.mark.parametrize("block", [ORIGINAL["health"], PRINTED["Get service health status"]])
def test_health_is_stale_once_no_cycle_ended_for_five_minutes(
    block: str, busy: World, session: oracledb.Connection
) -> None:
    assert run(session, block)[0][:2] == ("CDC Service Health", "HEALTHY")
    busy.move_clock(310)
    assert run(session, block)[0][:2] == ("CDC Service Health", "STALE - CHECK SERVICE")


def test_the_other_health_query_needs_no_particular_time_zone(
    busy: World, session: oracledb.Connection
) -> None:
    run(session, "ALTER SESSION SET TIME_ZONE = '+13:00'")
    block = PRINTED["Get service health status, in a session of any time zone"]
    assert run(session, block)[0][0] == "HEALTHY"
    busy.move_clock(310)
    assert run(session, block)[0][0] == "STALE - CHECK SERVICE"


def test_the_pause_takes_effect_within_a_cycle_and_ends(
    busy: World, session: oracledb.Connection
) -> None:
    application = busy.application()
    run(session, PRINTED["Pause normal mode"])
    busy.record("1004", ("A", "hello"), ("C", "hi"))
    busy.cycle(application)
    assert "1004" not in busy.states()
    run(session, PRINTED["Resume normal mode"])
    busy.cycle(application)
    assert busy.states()["1004"] == "SENT"


def test_a_stretch_is_read_again_and_nothing_is_sent_twice(
    busy: World, session: oracledb.Connection
) -> None:
    # Given: a watermark that has gone on for hours, and a row that came late
    application = busy.application()
    busy.cycle(application)
    busy.move_clock(4 * 3600)
    busy.cycle(application)
    busy.record("1005", ("A", "late"), ("C", "very"), ago_seconds=3 * 3600)
    busy.cycle(application)
    assert "1005" not in busy.states()
    busy.received()
    # When
    run(session, PRINTED["Read the last 24 hours before the watermark again"])
    busy.cycle(application)
    # Then
    assert [body["callId"] for body in busy.received()] == ["1005"]


def test_a_failed_call_is_tried_again(busy: World, session: oracledb.Connection) -> None:
    busy.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'FAILED', SENT_REVISION = NULL "
        "WHERE CALL_ID = '1001'"
    )
    busy.received()
    run(session, PRINTED["Try one failed call again"])
    busy.cycle(busy.application())
    assert [(body["callId"], body["revision"]) for body in busy.received()] == [("1001", 1)]
