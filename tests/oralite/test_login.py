"""Logging in through the unmodified driver, and being turned away."""

from __future__ import annotations

import socket
from collections.abc import Callable

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.driver import Target, code_of, query

Connect = Callable[..., oracledb.Connection]
both_profiles = pytest.mark.parametrize("profile", ["19c", "23ai"])


@both_profiles
def test_the_driver_logs_in_and_selects(connect: Connect, profile: str) -> None:
    assert query(connect(), "SELECT 1 FROM dual") == [(1,)]


@pytest.mark.oralite_only
@pytest.mark.parametrize(("profile", "version"), [("19c", "19.3.0.0.0"), ("23ai", "23.4.0.24.5")])
def test_the_driver_sees_the_profiles_version(connect: Connect, profile: str, version: str) -> None:
    connection = connect()
    assert connection.version == version
    assert connection.thin
    assert connection.service_name == "xe"
    assert connection.max_identifier_length == 128


@both_profiles
def test_a_wrong_password_is_ora_01017(connect: Connect, profile: str) -> None:
    with pytest.raises(oracledb.DatabaseError) as error:
        connect(password="wrong")
    assert code_of(error) == "ORA-01017"


def test_an_unknown_user_gets_the_same_answer_as_a_wrong_password(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError) as error:
        connect(user="nobody_of_that_name")
    assert code_of(error) == "ORA-01017"


@pytest.mark.oralite_only
def test_user_names_fold_to_upper_case_unless_quoted(connect: Connect) -> None:
    connect(user="aPP")
    connect(user='"APP"')
    with pytest.raises(oracledb.DatabaseError) as error:
        connect(user='"app"')
    assert code_of(error) == "ORA-01017"


@pytest.mark.oralite_only
@pytest.mark.parametrize(
    ("connect_data", "reported"),
    [
        ("SERVICE_NAME=NOPE", "12514"),
        ("SID=NOPE", "12505"),
        ("SERVICE_NAME=XE)(SERVER=POOLED", "12520"),
    ],
)
def test_what_the_listener_does_not_know_it_refuses(
    connect: Connect, server: Server, connect_data: str, reported: str
) -> None:
    address = f"(ADDRESS=(PROTOCOL=TCP)(HOST={server.host})(PORT={server.port}))"
    with pytest.raises(oracledb.OperationalError, match=reported):
        connect(dsn=f"(DESCRIPTION={address}(CONNECT_DATA=({connect_data})))")


@pytest.mark.oralite_only
def test_the_service_may_be_named_by_sid_and_in_any_case(connect: Connect, server: Server) -> None:
    address = f"(ADDRESS=(PROTOCOL=TCP)(HOST={server.host})(PORT={server.port}))"
    connect(dsn=f"(DESCRIPTION={address}(CONNECT_DATA=(SID=xe)))")
    connect(dsn=f"{server.host}:{server.port}/xE")


def test_nothing_listening_is_the_drivers_own_error(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(oracledb.OperationalError, match="DPY-6005"):
        connect(dsn=f"127.0.0.1:{port}/XE")


@pytest.mark.oralite_only
def test_administrators_modes_are_refused(connect: Connect) -> None:
    with pytest.raises(oracledb.DatabaseError) as error:
        connect(mode=oracledb.AUTH_MODE_SYSDBA)
    assert code_of(error) == "ORA-01031"


@pytest.mark.oralite_only
def test_a_long_connect_descriptor_travels_in_a_packet_of_its_own(
    connect: Connect, server: Server
) -> None:
    connection = connect(
        dsn=f"{server.host}:{server.port}/{server.service}?retry_count=0", program="p" * 400
    )
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]


@pytest.mark.parametrize("sdu", [512, 700, 8192, 65535])
def test_any_packet_size_works(connect: Connect, sdu: int) -> None:
    connection = connect(sdu=sdu)
    text = "שלום" * 1000
    assert (
        query(
            connection, "SELECT TO_CLOB(:a) || TO_CLOB(:b) FROM dual", a="x" * 3000, b="y" * 3000
        )[0][0].size()
        == 6000
    )
    assert query(connection, "SELECT :a FROM dual", a=text[:1000]) == [(text[:1000],)]


@both_profiles
def test_what_a_session_says_about_itself_is_taken(connect: Connect, profile: str) -> None:
    connection = connect()
    connection.module, connection.action, connection.client_identifier = "m" * 40, "a", "c"
    connection.clientinfo, connection.dbop = "info", "op"
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]


@pytest.mark.oralite_only
def test_bare_names_are_those_of_the_schema_that_is_set(connect: Connect) -> None:
    connection = connect()
    cursor = connection.cursor()
    cursor.execute("CREATE USER other IDENTIFIED BY Secret1")
    cursor.execute("CREATE TABLE other.t (a NUMBER)")
    with pytest.raises(oracledb.DatabaseError) as missing:
        query(connection, "SELECT a FROM t")
    assert code_of(missing) == "ORA-00942"
    connection.current_schema = "OTHER"
    assert query(connection, "SELECT a FROM t") == []


@both_profiles
def test_closing_logs_off(connect: Connect, profile: str, server: Server) -> None:
    connect().close()
    connect().close()
    server.stop()
    totals = server.statistics()
    assert (totals["logins"], totals["logoffs"], totals["sessions_open"]) == (2, 2, 0)


def test_changing_the_password_through_the_driver_is_refused(connect: Connect) -> None:
    connection = connect()
    with pytest.raises(oracledb.DatabaseError) as error:
        connection.changepassword("wrong", "other")
    assert code_of(error) in ("ORA-03001", "ORA-28008", "ORA-01017")
    assert query(connection, "SELECT 1 FROM dual") == [(1,)]


@pytest.mark.oralite_only
def test_an_application_context_is_refused_and_not_forgotten(target: Target) -> None:
    with pytest.raises(oracledb.DatabaseError, match="ORA-03001"):
        oracledb.connect(
            user=target.user,
            password=target.password,
            dsn=target.dsn,
            appcontext=[("CLIENTCONTEXT", "A", "1")],
        )
