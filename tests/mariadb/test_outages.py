"""What is lost of MariaDB is taken anew: the connection, the lock, and then the row."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from oracle_cdc.errors import (
    HeldElsewhere,
    OracleUnavailable,
    StoreConfigurationError,
    StoreUnavailable,
)
from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.relay.values import SetAside
from standins.tcpproxy import proxying
from tests.mariadb.schema import Schema
from tests.relay.tracking_contract import EXACT, LONG_AGO, REACHED, tally, until_free

LATER = replace(REACHED, watermark=EXACT + timedelta(seconds=1))


class Unprintable:
    """A value that no statement can be made of."""

    def __str__(self) -> str:
        raise ZeroDivisionError


@pytest.fixture
def tracking(schema: Schema) -> MariaDbTracking:
    """Return a copy that has begun and saved."""
    tracking = schema.tracking()
    tracking.begin(schema.program)
    assert tracking.save(REACHED, [], forget=LONG_AGO)
    return tracking


def test_a_server_that_is_killed_and_back_has_what_was_saved(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    schema.server.kill()
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            tracking.save(LATER, [tally(0, 1)], forget=LONG_AGO)
    schema.server.start()
    assert tracking.begin(schema.program) == REACHED
    assert tracking.save(LATER, [tally(0, 1)], forget=LONG_AGO)


def test_a_lost_connection_is_an_outage_once(schema: Schema, tracking: MariaDbTracking) -> None:
    schema.kill_sessions()
    with pytest.raises(StoreUnavailable):
        tracking.save(LATER, [], forget=LONG_AGO)
    assert tracking.begin(schema.program) == REACHED
    assert tracking.save(LATER, [], forget=LONG_AGO)


def test_a_session_that_rests_for_too_long_is_an_outage_once(schema: Schema) -> None:
    tracking = schema.tracking(silence_seconds=1)
    tracking.begin(schema.program)
    schema.wait_until_gone()
    with pytest.raises(StoreUnavailable):
        tracking.save(REACHED, [], forget=LONG_AGO)
    assert tracking.begin(schema.program).watermark is None
    assert tracking.save(REACHED, [], forget=LONG_AGO)


def test_after_a_lost_connection_a_save_takes_the_lock_anew(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    schema.kill_sessions()
    with pytest.raises(StoreUnavailable):
        tracking.set_aside([SetAside("1", EXACT, "too large", 1)])
    assert tracking.save(LATER, [], forget=LONG_AGO)
    with pytest.raises(HeldElsewhere):
        schema.tracking().begin(schema.program)


def test_who_lost_the_lock_to_another_copy_writes_nothing(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    schema.kill_sessions()
    other = schema.tracking()
    until_free(other, schema.program)
    with pytest.raises(StoreUnavailable):
        tracking.save(LATER, [], forget=LONG_AGO)
    with pytest.raises(HeldElsewhere):
        tracking.save(LATER, [], forget=LONG_AGO)
    with pytest.raises(HeldElsewhere):
        tracking.set_aside([SetAside("1", EXACT, "too large", 1)])
    tracking.fail(OracleUnavailable("ORA-03113 at look"))
    assert schema.exact() == EXACT
    assert schema.row()["STATUS"] == "RUNNING"


def test_who_comes_back_after_another_copy_went_on_reads_again(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    schema.kill_sessions()
    other = schema.tracking()
    until_free(other, schema.program)
    fraction = replace(REACHED, watermark=EXACT.replace(microsecond=0))
    # The second of the watermark stays the same: only the exact time differs.
    tracking.database.close()
    other.known = other.tried = tracking.known
    assert other.save(fraction, [], forget=LONG_AGO)
    other.close()
    schema.wait_until_gone()
    assert not tracking.save(LATER, [], forget=LONG_AGO)


def test_while_a_row_is_locked_by_somebody_nothing_is_written(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    tracking.database.run_text("SET innodb_lock_wait_timeout = 0")
    with schema.server.administer(schema.name) as person, person.cursor() as cursor:
        person.begin()
        cursor.execute("UPDATE ETL_PRMREC SET STATUS = 'RUNNING'")
        with pytest.raises(StoreUnavailable, match="1205 at save: another session holds the row"):
            tracking.save(LATER, [], forget=LONG_AGO)
    assert until_free(tracking, schema.program) == REACHED


@pytest.mark.parametrize("locks", ["LOCK TABLES ETL_PRMREC WRITE", "FLUSH TABLES WITH READ LOCK"])
def test_a_table_that_somebody_locks_is_an_outage_and_no_other_copy(
    schema: Schema, monkeypatch: pytest.MonkeyPatch, locks: str
) -> None:
    monkeypatch.setattr("oracle_cdc.mariadb.database.LOCK_WAIT_SECONDS", 0)
    tracking = schema.tracking(read_timeout_seconds=10)
    tracking.begin(schema.program)
    with schema.server.administer(schema.name) as person, person.cursor() as cursor:
        cursor.execute(locks)
        with pytest.raises(StoreUnavailable, match="1205 at save: another session holds"):
            tracking.save(LATER, [tally(0, 1)], forget=LONG_AGO)
        cursor.execute("UNLOCK TABLES")
        assert until_free(tracking, schema.program).watermark is None


def test_a_read_only_server_is_an_outage_that_says_so(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    schema.server.restart("--read-only")
    with pytest.raises(StoreUnavailable):
        tracking.save(LATER, [], forget=LONG_AGO)
    with pytest.raises(StoreUnavailable, match="1290 at save: the server is read-only"):
        tracking.save(LATER, [], forget=LONG_AGO)


def test_a_frozen_server_is_an_outage_after_the_time_that_is_set(schema: Schema) -> None:
    tracking = schema.tracking(read_timeout_seconds=0.2, connect_timeout_seconds=0.2)
    until_connected(tracking, schema.program)
    schema.server.freeze()
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            tracking.save(REACHED, [], forget=LONG_AGO)
    schema.server.thaw()
    found = until_connected(tracking, schema.program)
    assert found.watermark in (None, EXACT)


def until_connected(tracking: MariaDbTracking, program: str) -> object:
    """Begin as soon as the server answers in time. The test's time-out ends it else."""
    while True:
        try:
            return tracking.begin(program)
        except (HeldElsewhere, StoreUnavailable):
            continue


def test_what_is_unanswered_and_carried_out_later_is_known_again(schema: Schema) -> None:
    with proxying(schema.server.port) as proxy:
        tracking = schema.tracking(port=proxy.port)
        tracking.begin(schema.program)
        proxy.loses_answer_to = b"UPDATE ETL_PRMREC"
        with pytest.raises(StoreUnavailable):
            tracking.save(REACHED, [], forget=LONG_AGO)
        schema.wait_until_gone()
        # Without a look at the store: it may have the first or the second.
        assert tracking.save(REACHED, [], forget=LONG_AGO)


def test_half_a_save_is_none(schema: Schema, tracking: MariaDbTracking) -> None:
    schema.administer("ALTER TABLE ETL_SLICES MODIFY PUBLISHED TINYINT")
    with pytest.raises(StoreConfigurationError):
        tracking.save(LATER, [tally(0, 1000)], forget=LONG_AGO)
    schema.wait_until_gone()
    assert tracking.begin(schema.program) == REACHED


def test_what_is_broken_off_in_a_transaction_is_not_written(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    broken = replace(tally(0, 1), published=Unprintable())  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        tracking.save(LATER, [broken], forget=LONG_AGO)
    assert tracking.database.connection is None
    schema.wait_until_gone()
    assert tracking.begin(schema.program) == REACHED


def test_a_standby_takes_over_when_the_first_is_gone(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    standby = schema.tracking()
    (number,) = schema.sessions()
    said = f"another copy runs as {schema.program}: standing by; session {number} of MariaDB"
    with pytest.raises(HeldElsewhere, match=said):
        standby.begin(schema.program)
    taken = threading.Event()

    def stand_by() -> None:
        until_free(standby, schema.program)
        taken.set()

    thread = threading.Thread(target=stand_by)
    thread.start()
    connection = tracking.database.connection
    assert connection is not None
    connection._force_close()
    thread.join()
    assert taken.is_set()


def test_a_session_of_its_own_that_the_server_still_has_is_said_to_be_that(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    # As where the network was cut: the server has heard of no end.
    abandoned, tracking.database.connection = tracking.database.connection, None
    assert abandoned is not None
    said = f"this copy's former session {abandoned.session_id} has the lock of {schema.program}"
    for _ in range(2):
        with pytest.raises(HeldElsewhere, match=said):
            tracking.begin(schema.program)
    abandoned._force_close()
    until_free(tracking, schema.program)


def test_after_a_restart_of_the_server_a_session_of_the_same_number_is_another_copy(
    schema: Schema,
) -> None:
    # Who did as the page says ended the session of the copy that works.
    first, second = schema.tracking(), schema.tracking()
    first.begin(schema.program)
    first.lock.taken_at -= 60
    former = first.database.connection
    schema.server.restart()
    second.begin(schema.program)
    assert former is not None
    assert second.database.connection is not None
    former.server_thread_id = (second.database.connection.session_id,)
    with pytest.raises(StoreUnavailable):
        first.begin(schema.program)
    with pytest.raises(HeldElsewhere, match="another copy runs"):
        first.begin(schema.program)


def test_two_programs_and_two_shares_of_one_work_side_by_side(schema: Schema) -> None:
    names = f"{schema.program}#1/2", f"{schema.program}#2/2", "x" * 99 + "1", "x" * 99 + "2"
    for name in names:
        assert schema.tracking().begin(name).watermark is None
    found = schema.administer("SELECT PROGRAM_NAME FROM ETL_PRMREC")
    assert {row["PROGRAM_NAME"] for row in found} == set(names)
