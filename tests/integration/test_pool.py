"""The pool of sessions: what it lends again, what it throws away, and who waits for what."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from oracle_cdc.conversations.wiring_parts import open_database
from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.oracle import pool as pool_module
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.retrying import Doubling
from standins.tcpproxy import proxying
from tests.world import USER, World


@pytest.fixture
def database(world: World) -> Iterator[Database]:
    database = open_database(world.settings(), sessions=3)
    yield database
    database.close()


def logins(world: World) -> int:
    """Count the log-ins that succeeded, a DBA's too."""
    return world.server.statistics()["logins"]


def use(database: Database) -> None:
    with database.session() as session:
        session.ping()


def test_a_session_is_lent_again(world: World, database: Database) -> None:
    use(database)
    before = logins(world)

    for _ in range(5):
        use(database)

    assert logins(world) == before


def test_of_sessions_that_were_killed_while_they_rested_one_at_most_is_lent(
    world: World, database: Database
) -> None:
    with database.session(), database.session(), database.session():
        pass
    world.server.faults.set("restart")
    with pytest.raises(OracleUnavailable, match="the database or the network ended the session"):
        use(database)

    for _ in range(3):
        use(database)


def test_a_session_that_is_lost_in_use_is_not_kept(world: World, database: Database) -> None:
    world.server.faults.set(f"drop before ping for {USER}")

    with pytest.raises(OracleUnavailable):
        use(database)

    assert database.pool.idle == []


def test_a_session_that_rested_for_long_is_asked_and_replaced_where_it_is_lost(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "PING_AFTER_SECONDS", 0.0)
    with database.session():
        pass
    before = logins(world)
    world.server.faults.set(f"drop before ping for {USER}")

    with database.session() as session:
        session.ping()

    assert logins(world) == before + 1


def test_what_was_not_committed_is_rolled_back_when_its_session_is_given_back(
    world: World, database: Database
) -> None:
    with database.session() as session:
        session.run(f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, VERSION) VALUES ('1', 0)")

    with database.session() as session:
        session.connection.commit()
    assert world.states() == {}


def test_a_session_that_is_given_back_serves_who_waits_for_a_log_in(
    world: World, database: Database
) -> None:
    # Given: one session in use, and a second log-in that is not answered
    served = threading.Event()

    def wait_for_one() -> None:
        use(database)
        served.set()

    with database.session() as session:
        session.ping()
        world.server.faults.set(f"freeze before login for {USER} times always")
        waiting = threading.Thread(target=wait_for_one, daemon=True)
        waiting.start()
        while database.pool.attempt is None:
            waiting.join(0.01)
    # Then: the first one, given back, serves
    waiting.join(10)
    assert served.is_set()
    world.server.faults.clear()


def test_a_log_in_that_is_answered_after_everybody_gave_up_serves_the_next(
    world: World, database: Database
) -> None:
    database.pool.seconds = 0.05
    before = logins(world)
    world.server.faults.set(f"freeze before login for {USER} times always")
    with pytest.raises(OracleUnavailable, match="the database hangs"):
        use(database)
    world.server.faults.clear()
    database.pool.seconds = 30.0

    use(database)

    assert logins(world) == before + 1


def test_a_pool_that_was_closed_logs_in_anew(world: World, database: Database) -> None:
    use(database)
    assert database.close()
    before = logins(world)

    use(database)

    assert logins(world) == before + 1


def test_a_pool_is_not_closed_while_a_log_in_is_not_answered(
    world: World, database: Database
) -> None:
    database.pool.seconds = 0.05
    world.server.faults.set(f"freeze before login for {USER} times always")
    with pytest.raises(OracleUnavailable):
        use(database)

    assert not database.close()
    world.server.faults.clear()


def with_one_password(database: Database, port: int) -> tuple[Database, Database]:
    """Make two databases behind a port that share their password, and so their turn to log in."""
    settings = database.settings.model_copy(update={"port": port})
    first = Database(settings, database.statements)
    return first, Database(settings, database.statements, password=first.password)


@pytest.mark.oralite_only
def test_a_log_in_that_never_ends_holds_up_none_of_another_pool(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: something on the way that keeps a connection open whose server is gone
    monkeypatch.setattr(pool_module, "LEAVING", Doubling(0.0, 0.0))
    with proxying(world.server.port) as proxy:
        first, second = with_one_password(database, proxy.port)
        first.pool.seconds = 0.05
        proxy.is_deaf = True
        with pytest.raises(OracleUnavailable, match="the database hangs"):
            use(first)
        proxy.is_deaf = False

        # When: that lets new connections through
        first.pool.seconds = second.pool.seconds = 10.0
        use(first)
        use(second)

        assert (first.close(), second.close()) == (True, True)


@pytest.mark.oralite_only
def test_a_log_in_that_was_left_while_it_waited_for_its_turn_never_begins(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "LEAVING", Doubling(0.0, 0.0))
    with proxying(world.server.port) as proxy:
        first, second = with_one_password(database, proxy.port)
        first.pool.seconds = second.pool.seconds = 0.05
        before = logins(world)
        # Given: the first one has the turn, and the second is left before the first is
        proxy.is_deaf = True
        with pytest.raises(OracleUnavailable, match="the database hangs"):
            use(first)
        with pytest.raises(OracleUnavailable, match="the database hangs"):
            use(second)
        left = second.pool.attempt
        with pytest.raises(OracleUnavailable, match="the database hangs"):
            use(second)
        newer = second.pool.attempt
        assert left is not None
        assert newer is not None
        proxy.is_deaf = False

        # When: the turn is free
        first.pool.seconds = 10.0
        use(first)
        for each in (left, newer):
            each.thread.join(10)

        # Then: what was left took it to no log-in, of which nobody would have ended its turn
        assert logins(world) == before + 2
        assert (first.close(), second.close()) == (True, True)


@pytest.mark.oralite_only
def test_a_log_in_that_is_answered_after_another_was_begun_is_thrown_away(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "LEAVING", Doubling(0.0, 0.0))
    database.pool.seconds = 0.05
    world.server.faults.set(f"freeze before login for {USER} times always")
    with pytest.raises(OracleUnavailable):
        use(database)
    left = database.pool.attempt
    assert left is not None
    with pytest.raises(OracleUnavailable):
        use(database)
    assert database.pool.attempt is not left
    world.server.faults.clear()
    left.thread.join(10)
    database.pool.seconds = 30.0

    use(database)

    assert len(database.pool.idle) == 1


def test_log_ins_that_are_not_answered_are_left_after_longer_and_longer_times() -> None:
    waits = [pool_module.LEAVING.after(left) for left in range(30)]
    assert waits[:5] == [300, 600, 1200, 2400, 3600]
    # Of a day
    assert sum(waits[:27]) > 24 * 3600
