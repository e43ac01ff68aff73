"""Rows that no search may stumble over: of the source, which the driver can't bring, and of the
ledger."""

from __future__ import annotations

from contextlib import suppress

import pytest

from oracle_cdc.conversations.figures import read_figures
from oracle_cdc.errors import CdcError
from tests.world import SOURCE, USER, World

LEDGER = f"{USER}.CDC_PROCESSED_CALLS"


def converse(world: World, call_id: str) -> None:
    world.record(call_id, ("C", "one"), ("A", "two"))


def add_to_ledger(world: World, call_id: str, columns: str = "", values: str = "") -> None:
    sql = (
        f"INSERT INTO {LEDGER} (CALL_ID, STATE, DUE_AT{columns}) "
        f"VALUES ('{call_id}', 'OPEN', SYSDATE - 1{values})"
    )
    world.change(sql)


def date_of(octets: str) -> str:
    return f"DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('{octets}'))"


@pytest.mark.parametrize(
    "octets", ["35580101010101", "64640101010101", "63630C1F010101"], ids=["4712 BC", "0", "1 BC"]
)
def test_a_time_before_the_first_year_ends_no_search(world: World, octets: str) -> None:
    for call_id in "12":
        converse(world, call_id)
    world.change(
        f"UPDATE {SOURCE} SET TEXT_TIME = {date_of(octets)} WHERE CALL_ID = 1 AND ROWNUM = 1"
    )
    service = world.application(max_attempts=3)
    for _ in range(4):
        world.cycle(service)
        world.change(f"UPDATE {LEDGER} SET DUE_AT = SYSDATE - 1 WHERE STATE = 'OPEN'")

    assert world.states() == {"1": "FAILED", "2": "SENT"}
    assert [body["callId"] for body in world.received()] == ["2"]


@pytest.mark.parametrize("column", ["NEWEST_READ", "ASSEMBLED_AT", "SENT_AT"])
def test_a_time_of_the_ledger_before_the_first_year_is_only_long_ago(
    world: World, column: str
) -> None:
    converse(world, "1")
    add_to_ledger(world, "1", f", {column}", f", {date_of('35580101010101')}")

    world.cycle(world.application())

    assert world.states() == {"1": "SENT"}


@pytest.mark.parametrize("name", ["abc", "1e5", "1-", " ", "."])
def test_a_ledger_row_that_names_no_call_ends_no_search(world: World, name: str) -> None:
    converse(world, "1")
    add_to_ledger(world, name)

    world.cycle(world.application())

    assert world.states() == {name: "OPEN", "1": "SENT"}


@pytest.mark.parametrize("name", ["-5", ".5", "12345678901234567890", "7"])
def test_a_ledger_row_that_names_a_call_of_any_number_is_looked_at(world: World, name: str) -> None:
    converse(world, name)
    add_to_ledger(world, name)

    world.cycle(world.application())

    assert world.states() == {name: "SENT"}


def test_a_call_whose_ledger_row_a_dba_holds_waits_alone(world: World) -> None:
    for call_id in "12":
        converse(world, call_id)
        add_to_ledger(world, call_id)
    held = world.connect()
    held.cursor().execute(f"SELECT CALL_ID FROM {LEDGER} WHERE CALL_ID = '1' FOR UPDATE")
    service = world.application()

    world.cycle(service)
    while_held = world.states()
    held.rollback()
    world.cycle(service)

    assert (while_held, world.states()) == ({"1": "OPEN", "2": "SENT"}, {"1": "SENT", "2": "SENT"})


@pytest.mark.parametrize("call_id", ["abc", "1"])
def test_figures_are_of_what_can_be_read(world: World, call_id: str) -> None:
    converse(world, "1")
    world.change(
        f"UPDATE {SOURCE} SET TEXT_TIME = {date_of('35580101010101')} WHERE CALL_ID = 1 "
        "AND ROWNUM = 1"
    )
    add_to_ledger(world, call_id)

    with world.application().database.session() as session:
        figures = read_figures(session, 60)

    seconds = figures.oldest_unsent_seconds
    assert 60 < seconds < 3600 if call_id == "1" else seconds == 0


def test_a_call_with_a_time_before_the_first_year_is_looked_up(world: World) -> None:
    converse(world, "1")
    world.change(
        f"UPDATE {SOURCE} SET TEXT_TIME = {date_of('35580101010101')} WHERE CALL_ID = 1 "
        "AND ROWNUM = 1"
    )

    with world.application().database.session() as session:
        found = session.query("find_calls", ["1"], horizon_minutes=90)

    assert [(row["call_id"], row["rows_found"], row["oldest_time"].year) for row in found] == [
        ("1", 2, 1)
    ]


def test_a_lone_call_is_not_blamed_for_a_statement_that_fails_for_every_call(world: World) -> None:
    # Alone it was read by one statement, and the parts of a batch by another, which passed.
    world.server.faults.set('error 1031 on execute times always when "s.SUBSCRIBER_NO"')
    service = world.application(max_attempts=2, retry_initial_seconds=60, retry_max_seconds=60)
    converse(world, "1")
    with suppress(CdcError):
        world.cycle(service)
    for others in ("23", "45"):
        for other in others:
            converse(world, other)
        with suppress(CdcError):
            world.cycle(service)
        world.change(f"UPDATE {LEDGER} SET DUE_AT = SYSDATE - 1 WHERE CALL_ID = '1'")
        with suppress(CdcError):
            world.cycle(service)

    assert "FAILED" not in world.states().values()
