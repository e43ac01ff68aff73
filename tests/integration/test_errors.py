"""What a DBA does to the service, or forgets to do: each is named, waited for, and over when it is
over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import oracledb
import pytest

from oracle_cdc.conversations.wiring import Application
from oracle_cdc.conversations.wiring_parts import open_database
from oracle_cdc.errors import OracleConfigurationError, OracleCredentialsError, OracleUnavailable
from oracle_cdc.oracle.ddl import read_schema
from oracle_cdc.running.service import Fatal
from tests.world import PASSWORD, SOURCE, USER, World

HELLO = (("A", "שלום, איך אפשר לעזור?"), ("C", "My bill is wrong 😡"), ("A", "Let me look"))


def started(world: World) -> Application:
    """Return the service after a first cycle of each direction."""
    service = world.application()
    world.cycle(service)
    drain(service)
    return service


def drain(service: Application) -> None:
    service.startup.ensure_database()
    service.results.drain_all()


def summaries(world: World) -> list[tuple[str]]:
    sql = f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY ORDER BY CALL_ID"
    return world.rows(sql)  # type: ignore[return-value]


def failures(world: World) -> int:
    return int(world.rows(f"SELECT COUNT(*) FROM {USER}.SQS_PERMANENT_FAILURES")[0][0])


def execute_when_free(connection: oracledb.Connection, statement: str) -> None:
    for _ in range(200):
        try:
            connection.cursor().execute(statement)
            return
        except oracledb.DatabaseError as error:
            if "ORA-00054" not in str(error):
                raise
    pytest.fail("the table is never free")


def meanwhile(
    work: Callable[[], None], over: Callable[[], None], while_trying: Callable[[], bool]
) -> None:
    """Do work that is bound to wait, and when it does, end what it waits for."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while not while_trying():
        thread.join(0.02)
    over()
    thread.join(30)
    assert not thread.is_alive()


# A revoked grant


def test_a_revoked_grant_stops_claiming_and_nothing_else(world: World) -> None:
    world.record("1", *HELLO)
    service = started(world)
    world.change(f"REVOKE SELECT ON {SOURCE} FROM {USER}")
    world.record("2", *HELLO)
    world.answer("1", revision=1, summary="s")

    with pytest.raises(OracleConfigurationError, match=r"ORA-00942 at find_work: .*no right on it"):
        world.cycle(service)
    drain(service)
    assert (world.states(), summaries(world), failures(world)) == ({"1": "SUMMARIZED"}, [("1",)], 0)

    world.change(f"GRANT SELECT ON {SOURCE} TO {USER}")
    world.cycle(service)

    assert world.states() == {"1": "SUMMARIZED", "2": "SENT"}


# A dropped table


def test_a_dropped_journal_does_not_stop_the_work(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    service = started(world)
    world.change(f"DROP TABLE {USER}.CDC_PROCESSING_LOG")
    world.change(f"DROP TABLE {USER}.ERROR_LOG")
    world.record("1", *HELLO)
    with caplog.at_level(logging.WARNING):
        world.cycle(service)
        world.answer("1", revision=1, summary="s")
        world.answer_raw("{broken")
        drain(service)

    assert (world.states(), failures(world)) == ({"1": "SUMMARIZED"}, 1)
    assert "write_log failed, the work goes on: ORA-00942" in caplog.text


def test_a_dropped_table_of_answers_keeps_them_in_their_queue_until_it_is_back(
    world: World,
) -> None:
    service = started(world)
    world.change(f"DROP TABLE {USER}.DICTA_CALL_SUMMARY")
    world.answer("1", revision=1, summary="s")

    def create() -> None:
        connection = world.connect(USER, PASSWORD)
        # The other tables are in use, and so is this one once it is there: DDL is refused with
        # ORA-00054 at times.
        for statement in (s for s in read_schema() if "DICTA_CALL_SUMMARY" in s):
            execute_when_free(connection, statement)
        connection.commit()

    attempts = world.server.statistics()["executes"]
    meanwhile(
        lambda: drain(service), create, lambda: world.server.statistics()["executes"] > attempts + 3
    )

    assert summaries(world) == [("1",)]
    assert world.waiting(world.results_url) == 0


# A log-in that is refused


@pytest.mark.parametrize(
    ("code", "said"), [(28001, "the password has expired"), (28000, "the account is locked")]
)
def test_an_expired_password_or_a_locked_account_is_tried_once_more_and_then_never(
    world: World, code: int, said: str
) -> None:
    # Given: a clock that the test moves, and an account that refuses every log-in
    service = world.application()
    now = [0.0]
    service.database.password.clock = lambda: now[0]
    world.server.faults.set(f"error {code} on login for {USER} times always")
    # When: both loops ask and ask
    for _ in range(5):
        with pytest.raises(OracleCredentialsError, match=said):
            service.capture_leg.step()
        with pytest.raises(OracleCredentialsError, match=said):
            service.results_leg.step()
    assert world.server.statistics()["logins_failed"] == 1
    now[0] = 31.0
    # Then: the second refusal is the last
    with pytest.raises(Fatal, match=f"ORA-{code}") as ended:
        service.capture_leg.step()
    assert ended.value.exit_code == 3
    with pytest.raises(Fatal):
        service.results_leg.step()
    assert world.server.statistics()["logins_failed"] == 2


def test_an_account_that_is_unlocked_in_time_goes_on(world: World) -> None:
    world.record("1", *HELLO)
    service = world.application()
    now = [0.0]
    service.database.password.clock = lambda: now[0]
    world.server.faults.set(f"error 28000 on login for {USER} times always")
    with pytest.raises(OracleCredentialsError):
        service.capture_leg.step()
    world.server.faults.clear()
    now[0] = 31.0

    service.capture_leg.step()

    assert world.states() == {"1": "SENT"}
    assert service.database.password.refusals.by_value == {}


# A full tablespace


def test_a_full_tablespace_at_the_claim_sends_nothing_and_is_over_when_it_is_over(
    world: World,
) -> None:
    world.record("1", *HELLO)
    service = started_without_calls(world)
    world.server.faults.set(
        'error 1653 on execute when "INSERT INTO CDC_PROCESSED_CALLS" times always'
    )

    with pytest.raises(
        OracleUnavailable, match="ORA-01653 at insert_claim: the tablespace is full"
    ):
        world.cycle(service)
    assert (world.states(), world.waiting(world.outbound_url)) == ({}, 0)
    world.server.faults.clear()
    world.cycle(service)

    assert (world.states(), world.waiting(world.outbound_url)) == ({"1": "SENT"}, 1)


def started_without_calls(world: World) -> Application:
    service = world.application()
    service.startup.ensure_database()
    return service


def test_a_full_tablespace_after_the_send_is_waited_out_and_nothing_is_sent_twice(
    world: World,
) -> None:
    world.record("1", *HELLO)
    service = started_without_calls(world)
    world.server.faults.set('error 1653 on execute when "SENT_REVISION = REVISION" times 3')

    world.cycle(service)

    assert (world.states(), world.waiting(world.outbound_url)) == ({"1": "SENT"}, 1)


def test_a_full_tablespace_keeps_answers_in_their_queue(world: World) -> None:
    service = started_without_calls(world)
    world.answer("1", revision=1, summary="s")
    world.server.faults.set('error 1653 on execute when "INSERT INTO DICTA_CALL_SUMMARY" times 3')

    drain(service)

    assert (summaries(world), world.waiting(world.results_url), failures(world)) == ([("1",)], 0, 0)


def test_a_full_tablespace_of_the_journal_does_not_stop_the_work(world: World) -> None:
    world.record("1", *HELLO)
    service = started_without_calls(world)
    world.server.faults.set(
        'error 1653 on execute when "INSERT INTO CDC_PROCESSING_LOG" times always'
    )

    world.cycle(service)

    assert world.states() == {"1": "SENT"}


def test_a_full_tablespace_of_failures_deletes_no_message_that_was_to_be_set_aside(
    world: World,
) -> None:
    service = started_without_calls(world)
    world.answer_raw("{broken")
    world.server.faults.set(
        'error 1653 on execute when "INSERT INTO SQS_PERMANENT_FAILURES" times 2'
    )

    drain(service)

    assert (failures(world), world.waiting(world.results_url)) == (1, 0)


# The pool


def test_a_wait_for_a_session_is_bounded_and_says_so(world: World) -> None:
    settings = world.settings()
    quick = settings.oracle.model_copy(update={"pool_wait_seconds": 0.1})
    database = open_database(settings.model_copy(update={"oracle": quick}), sessions=1)

    with (
        database.session(),
        pytest.raises(OracleUnavailable, match="no session came free"),
        database.session(),
    ):
        pass
    with database.session() as session:
        session.ping()
    database.close()
