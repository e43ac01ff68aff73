"""A connection that fails says what stands in its way, and what to do about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.errors import OracleCredentialsError, OracleUnavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.queries import make_statements
from oracle_cdc.settings.sections import OracleSettings
from standins import listeners
from standins.listeners import Certificate, certify, listening, make_wallet, tls_listener
from tests.world import PASSWORD, SERVICE, USER, World


def log_in(**changes: Any) -> None:
    """Open a session by these settings. The connection may take half a second."""
    settings = {"user": USER, "password": PASSWORD, "connect_timeout_seconds": 0.5}
    database = Database(OracleSettings.model_validate({**settings, **changes}), make_statements({}))
    try:
        with database.session() as session:
            session.ping()
    finally:
        database.close()


def refusal(**changes: Any) -> str:
    """Return what is said of a log-in that finds no database."""
    with pytest.raises(OracleUnavailable) as refused:
        log_in(**changes)
    return str(refused.value)


def tcps(port: int, host: str = "localhost") -> str:
    return f"tcps://{host}:{port}/{SERVICE}"


@pytest.fixture(scope="module")
def authority() -> Certificate:
    """Return whose certificates the wallet trusts."""
    return certify("authority")


@pytest.fixture
def wallet(authority: Certificate, tmp_path: Path) -> str:
    return make_wallet(tmp_path / "wallet", authority.pem)


# The address


def test_a_service_that_the_listener_does_not_know_is_named(world: World) -> None:
    address = {"host": world.server.host, "port": world.server.port, "service_name": "other"}
    assert refusal(**address) == (
        "DPY-6001 at log-in: the listener does not know the service; see ORACLE_SERVICE_NAME"
    )


def test_a_port_where_nobody_listens_is_named() -> None:
    said = refusal(host="127.0.0.1", port=1, service_name=SERVICE)
    assert said.startswith("DPY-6005 (ConnectionRefusedError) at log-in: nobody listens there; see")
    assert "ORACLE_PORT" in said


def test_a_name_that_nobody_knows_is_named() -> None:
    said = refusal(host="no-such-host.invalid", service_name=SERVICE)
    assert said == (
        "gaierror at log-in: the host's name can't be resolved; see ORACLE_HOST or ORACLE_DSN"
    )


def test_a_host_that_does_not_answer_is_distinguished_from_one_that_refuses() -> None:
    with unanswering() as port:
        said = refusal(host="127.0.0.1", port=port, service_name=SERVICE)
    assert said.startswith("DPY-6005 (TimeoutError) at log-in: no answer within ORACLE_CONNECT")


@contextmanager
def unanswering() -> Iterator[int]:
    """Open a port whose queue of connections is full, so that the next gets no answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        yield int(full.getsockname()[1])
        for each in waiting:
            each.close()


def test_something_that_is_no_listener_of_oracle_is_reported() -> None:
    with listening(listeners.closing) as port:
        said = refusal(host="127.0.0.1", port=port, service_name=SERVICE)
    assert said.startswith(
        "DPY-6005 (DPY-4011) at log-in: what listens there closed the connection"
    )


@pytest.mark.parametrize(
    ("code", "shown", "part"),
    [
        (12516, "DPY-6000 (ORA-12516)", "no free handler"),
        (12528, "DPY-6000 (ORA-12528)", "starts or stops"),
        (12505, "DPY-6003", "SID"),
        (12999, "DPY-6000 (ORA-12999)", "the listener refused"),
    ],
)
def test_a_listener_that_refuses_is_reported_by_its_code(code: int, shown: str, part: str) -> None:
    with listening(listeners.refusing(code)) as port:
        said = refusal(host="127.0.0.1", port=port, service_name=SERVICE)
    assert said.startswith(f"{shown} at log-in: ")
    assert part in said


def test_a_database_that_is_too_old_is_sent_to_no_mode_in_which_its_sql_would_fail() -> None:
    with listening(listeners.old_database) as port:
        said = refusal(host="127.0.0.1", port=port, service_name=SERVICE)
    assert said.startswith("DPY-3010 at log-in: the database is older than 12.1, the oldest whose")
    assert "ORACLE_CLIENT_LIB_DIR" not in said


@pytest.mark.parametrize(
    ("dsn", "code"),
    [
        ("(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=x)))", "DPY-2049"),
        ("NO_ALIAS", "DPY-4027"),
        ("udp://host/x", "DPY-4021"),
        ("(ADDRESS=1)", "DPY-4017"),
    ],
)
def test_a_connect_string_that_is_wrong_names_its_setting(dsn: str, code: str) -> None:
    with pytest.raises(Exception, match=rf"^{code} at log-in: .*ORACLE_DSN"):
        log_in(dsn=dsn)


def test_an_alias_that_tnsnames_lacks_names_the_directory(tmp_path: Path) -> None:
    config = {"dsn": "NO_ALIAS", "config_dir": str(tmp_path)}
    assert refusal(**config).startswith("DPY-4026 at log-in: tnsnames.ora is missing")
    (tmp_path / "tnsnames.ora").write_text("OTHER = (DESCRIPTION=(ADDRESS=(HOST=x)(PORT=1)))\n")
    assert refusal(**config).startswith("DPY-4000 at log-in: the alias is not in tnsnames.ora")


# The certificate


def test_a_foreign_certificate_is_reported_with_the_wallet_as_its_remedy(
    authority: Certificate, tmp_path: Path
) -> None:
    with tls_listener(tmp_path, authority.sign()) as port:
        said = refusal(dsn=tcps(port))
    assert said.startswith("DPY-6005 (SSLCertVerificationError 20) at log-in: the certificate's")
    assert "ORACLE_WALLET_DIR" in said


def test_a_certificate_that_signs_itself_is_reported(wallet: str, tmp_path: Path) -> None:
    with tls_listener(tmp_path, certify("localhost")) as port:
        said = refusal(dsn=tcps(port), wallet_dir=wallet)
    assert "(SSLCertVerificationError 18) at log-in: the certificate is signed by itself" in said


def test_a_certificate_of_another_host_is_reported(
    authority: Certificate, wallet: str, tmp_path: Path
) -> None:
    with tls_listener(tmp_path, authority.sign(host="db.example.com")) as port:
        said = refusal(dsn=tcps(port), wallet_dir=wallet)
    assert said.startswith("DPY-6006 at log-in: the certificate is another host's; see ORACLE_HOST")


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ({"days": -5, "begins_in": -30}, "10) at log-in: the certificate has expired"),
        ({"days": 30, "begins_in": 5}, "9) at log-in: the certificate is not valid"),
    ],
)
def test_a_certificate_out_of_its_time_is_reported(
    authority: Certificate, wallet: str, tmp_path: Path, time: dict[str, int], shown: str
) -> None:
    with tls_listener(tmp_path, authority.sign(**time)) as port:
        said = refusal(dsn=tcps(port), wallet_dir=wallet)
    assert f"DPY-6005 (SSLCertVerificationError {shown}" in said


def test_a_certificate_that_is_trusted_is_no_complaint(
    authority: Certificate, wallet: str, tmp_path: Path
) -> None:
    with tls_listener(tmp_path, authority.sign()) as port:
        said = refusal(dsn=tcps(port), wallet_dir=wallet)
    assert "certificate" not in said


def test_a_wallet_that_is_missing_or_empty_is_named(authority: Certificate, tmp_path: Path) -> None:
    empty = make_wallet(tmp_path / "empty", b"nothing")
    with tls_listener(tmp_path, authority.sign()) as port:
        missing = refusal(dsn=tcps(port), wallet_dir=str(tmp_path))
        broken = refusal(dsn=tcps(port), wallet_dir=empty)
    assert missing.startswith(
        "DPY-2018 at log-in: the wallet's file is missing; see ORACLE_WALLET_DIR"
    )
    assert "at log-in: the wallet holds no certificate; see ORACLE_WALLET_DIR" in broken


def test_a_wallet_with_a_password_never_asks_the_terminal_for_it(
    authority: Certificate, tmp_path: Path
) -> None:
    server = authority.sign()
    wallet = make_wallet(tmp_path / "wallet", server.locked_key_pem + server.pem + authority.pem)
    with tls_listener(tmp_path, server) as port:
        said = refusal(dsn=tcps(port), wallet_dir=wallet)
    # Without a terminal to ask, OpenSSL fails with an OSError that names nothing.
    assert "OSError" not in said


def test_a_port_that_speaks_no_tls_is_reported(wallet: str) -> None:
    with listening(listeners.talking_plainly) as port:
        said = refusal(dsn=tcps(port), wallet_dir=wallet)
    assert said.startswith("DPY-6005 (SSLError WRONG_VERSION_NUMBER) at log-in: what listens there")


def test_a_listener_that_breaks_tls_off_is_reported_with_its_port(wallet: str) -> None:
    with listening(listeners.closing) as port:
        said = refusal(dsn=tcps(port), wallet_dir=wallet)
    assert "what listens there " in said
    assert "ORACLE_DSN" in said


# What must not change


def test_a_wrong_password_is_named_and_not_shown(world: World) -> None:
    address = {"host": world.server.host, "port": world.server.port, "service_name": SERVICE}
    with pytest.raises(OracleCredentialsError, match=r"ORA-01017.*ORACLE_PASSWORD") as refused:
        log_in(**address, password="Wrong-1")
    assert "Wrong-1" not in str(refused.value)
