"""Profiles: how many sessions a user may have at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.conftest import PASSWORD, SERVICE, USER
from tests.oralite.driver import Target, code_of, query

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]
GUEST = {"user": "guest", "password": "Secret1"}


@pytest.fixture
def guest(cursor: oracledb.Cursor) -> dict[str, str]:
    """Return a user that may have two sessions, by the options of its connections."""
    cursor.execute("CREATE PROFILE two LIMIT SESSIONS_PER_USER 2")
    cursor.execute("CREATE USER guest IDENTIFIED BY Secret1 PROFILE two")
    cursor.execute("GRANT CREATE SESSION TO guest")
    return GUEST


def refusal(cursor: oracledb.Cursor, sql: str) -> str:
    with pytest.raises(oracledb.DatabaseError) as refused:
        cursor.execute(sql)
    return code_of(refused)


def assert_one_too_many(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        connect(**GUEST)
    assert code_of(refused) == "ORA-02391"


def test_one_session_more_than_the_profile_allows_is_refused(
    connect: Connect, guest: dict[str, str]
) -> None:
    opened = [connect(**guest) for _ in range(2)]

    assert_one_too_many(connect)
    assert [query(connection, "SELECT 1 FROM dual") for connection in opened] == [[(1,)]] * 2


def test_a_session_that_logged_off_counts_no_more_though_its_connection_is_there(
    connect: Connect, guest: dict[str, str], server: Server
) -> None:
    leaving = oracledb.connect(**guest, dsn=server.dsn)
    staying = connect(**guest)
    server.faults.set("hang after logoff for GUEST times 1")
    closing = threading.Thread(target=leaving.close)
    closing.start()

    try:
        assert wait_until(
            lambda: sum(session.user == "GUEST" for session in server.database.sessions) == 1
        )
        assert query(connect(**guest), "SELECT 1 FROM dual") == query(staying, "SELECT 1 FROM dual")
    finally:
        server.faults.set("clear")
        closing.join()


def wait_until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


def test_other_users_are_not_counted_and_not_refused(
    connect: Connect, guest: dict[str, str]
) -> None:
    others = [connect() for _ in range(4)]
    opened = [connect(**guest) for _ in range(2)]

    assert len(others + opened + [connect()]) == 7


def test_many_log_ins_at_a_time_get_no_more_than_allowed(
    target: Target, guest: dict[str, str]
) -> None:
    def log_in(_: int) -> oracledb.Connection | None:
        try:
            return oracledb.connect(**guest, dsn=target.dsn)
        except oracledb.DatabaseError:
            return None

    with ThreadPoolExecutor(8) as pool:
        opened = [connection for connection in pool.map(log_in, range(8)) if connection]
    for connection in opened:
        connection.close()

    assert len(opened) == 2


def test_a_pool_grows_to_what_is_allowed_and_no_further(
    target: Target, guest: dict[str, str]
) -> None:
    pool = oracledb.create_pool(
        **guest, dsn=target.dsn, min=0, max=4, getmode=oracledb.POOL_GETMODE_NOWAIT
    )
    held = [pool.acquire() for _ in range(2)]

    with pytest.raises(oracledb.Error) as refused:
        pool.acquire()
    for connection in held:
        connection.close()
    pool.close()

    assert code_of(refused) == "ORA-02391"


def test_a_changed_limit_holds_for_the_next_log_in(
    cursor: oracledb.Cursor, connect: Connect, guest: dict[str, str]
) -> None:
    opened = [connect(**guest) for _ in range(2)]
    cursor.execute("ALTER PROFILE two LIMIT SESSIONS_PER_USER 3")
    opened.append(connect(**guest))
    cursor.execute("ALTER PROFILE two LIMIT SESSIONS_PER_USER 1")

    assert_one_too_many(connect)
    assert [query(connection, "SELECT 1 FROM dual") for connection in opened] == [[(1,)]] * 3


def test_a_user_gets_another_profile(
    cursor: oracledb.Cursor, connect: Connect, guest: dict[str, str]
) -> None:
    opened = [connect(**guest) for _ in range(2)]
    cursor.execute("ALTER USER guest PROFILE DEFAULT")

    assert len([*opened, connect(**guest)]) == 3


def test_the_default_profiles_limit_holds_where_a_profile_names_none(
    cursor: oracledb.Cursor, connect: Connect, guest: dict[str, str]
) -> None:
    cursor.execute("ALTER PROFILE two LIMIT SESSIONS_PER_USER DEFAULT")
    cursor.execute("ALTER PROFILE DEFAULT LIMIT SESSIONS_PER_USER 1")
    opened = connect(**guest)

    assert_one_too_many(connect)
    assert query(
        opened, "SELECT limit FROM user_resource_limits WHERE resource_name = 'SESSIONS_PER_USER'"
    ) == [("1",)]


def test_a_user_sees_its_own_limits(connect: Connect, guest: dict[str, str]) -> None:
    limits = dict(query(connect(**guest), "SELECT resource_name, limit FROM user_resource_limits"))

    assert (limits["SESSIONS_PER_USER"], limits["CONNECT_TIME"], len(limits)) == (
        "2",
        "UNLIMITED",
        9,
    )
    assert dict(query(connect(), "SELECT resource_name, limit FROM user_resource_limits")) == {
        **limits,
        "SESSIONS_PER_USER": "UNLIMITED",
    }


def test_a_dba_sees_all_profiles_and_who_has_which(
    cursor: oracledb.Cursor, guest: dict[str, str]
) -> None:
    sql = (
        "SELECT profile, limit FROM dba_profiles WHERE resource_name = 'SESSIONS_PER_USER' "
        "ORDER BY profile"
    )
    users = "SELECT username, profile FROM dba_users ORDER BY username"

    assert cursor.execute(sql).fetchall() == [("DEFAULT", "UNLIMITED"), ("TWO", "2")]
    assert cursor.execute(users).fetchall() == [("APP", "DEFAULT"), ("GUEST", "TWO")]


def test_a_profile_with_users_goes_only_with_cascade(
    cursor: oracledb.Cursor, connect: Connect, guest: dict[str, str]
) -> None:
    assert refusal(cursor, "DROP PROFILE two") == "ORA-02382"
    cursor.execute("DROP PROFILE two CASCADE")

    assert len([connect(**guest) for _ in range(3)]) == 3


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("CREATE PROFILE two LIMIT SESSIONS_PER_USER 3", "ORA-02379"),
        ("ALTER PROFILE none LIMIT SESSIONS_PER_USER 3", "ORA-02380"),
        ("ALTER USER guest PROFILE none", "ORA-02380"),
        ("DROP PROFILE DEFAULT", "ORA-02381"),
        ("CREATE PROFILE p LIMIT SESSIONS_PER_USER 0", "ORA-02377"),
        ("CREATE PROFILE p LIMIT SESSIONS_PER_USER few", "ORA-02377"),
        ("ALTER PROFILE DEFAULT LIMIT SESSIONS_PER_USER DEFAULT", "ORA-02377"),
        ("CREATE PROFILE p LIMIT SESSIONS 3", "ORA-02376"),
        ("CREATE PROFILE p LIMIT", "ORA-02376"),
        ("CREATE PROFILE p LIMIT SESSIONS_PER_USER 1 SESSIONS_PER_USER 2", "ORA-02376"),
        ("CREATE PROFILE p LIMIT IDLE_TIME 10", "ORA-03001"),
        ("CREATE PROFILE p LIMIT FAILED_LOGIN_ATTEMPTS 3", "ORA-03001"),
    ],
)
def test_a_wrong_profile_is_refused_with_oracles_code(
    cursor: oracledb.Cursor, guest: dict[str, str], sql: str, code: str
) -> None:
    assert refusal(cursor, sql) == code


def test_limits_that_are_none_are_taken(cursor: oracledb.Cursor) -> None:
    cursor.execute(
        "CREATE PROFILE p LIMIT IDLE_TIME UNLIMITED CONNECT_TIME DEFAULT SESSIONS_PER_USER 4"
    )

    assert cursor.execute(
        "SELECT limit FROM dba_profiles WHERE profile = 'P' AND resource_name = 'SESSIONS_PER_USER'"
    ).fetchall() == [("4",)]


def test_only_a_dba_makes_changes_and_gives_out_profiles(
    connect: Connect, guest: dict[str, str]
) -> None:
    own = connect(**guest).cursor()
    statements = (
        "CREATE PROFILE p LIMIT SESSIONS_PER_USER 9",
        "ALTER PROFILE two LIMIT SESSIONS_PER_USER 9",
        "DROP PROFILE two",
        "ALTER USER guest PROFILE DEFAULT",
    )

    assert [refusal(own, sql) for sql in statements] == ["ORA-01031"] * 4


def test_a_profile_outlives_a_restart(tmp_path: Path) -> None:
    dba = {"user": USER, "password": PASSWORD}
    with (
        Server(str(tmp_path / "db"), USER, PASSWORD, SERVICE) as server,
        oracledb.connect(**dba, dsn=server.dsn) as one,
    ):
        one.cursor().execute("CREATE PROFILE single LIMIT SESSIONS_PER_USER 1")
        one.cursor().execute(f"ALTER USER {USER} PROFILE single")
    with (
        Server(str(tmp_path / "db"), USER, PASSWORD, SERVICE) as server,
        oracledb.connect(**dba, dsn=server.dsn) as one,
    ):
        with pytest.raises(oracledb.DatabaseError) as refused:
            oracledb.connect(**dba, dsn=server.dsn)
        limits = dict(query(one, "SELECT resource_name, limit FROM user_resource_limits"))

    assert (code_of(refused), limits["SESSIONS_PER_USER"]) == ("ORA-02391", "1")
