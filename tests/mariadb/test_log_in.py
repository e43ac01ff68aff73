"""Logging in to MariaDB: whom we trust, what is refused, and whose password is used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from oracle_cdc.errors import (
    CdcError,
    StoreAccountClosed,
    StoreConfigurationError,
    StoreCredentialsError,
    StoreUnavailable,
)
from oracle_cdc.mariadb.database import Database
from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.running.secret_rotation import Secret
from oracle_cdc.settings.sources import Given
from standins.listeners import Certificate, certify
from standins.ports import free_port
from tests.mariadb.schema import PASSWORD, Schema

AUTHORITY = certify("Authority")
CIPHER = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"


def refusal(database: Database) -> CdcError:
    with pytest.raises(CdcError) as caught:
        database.query("take_lock", lock="any")
    assert PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"password": "wrong"}, StoreCredentialsError, "1045 at connecting to 127.0.0.1:"),
        ({"user": "nobody"}, StoreCredentialsError, "see MARIADB_USER and MARIADB_PASSWORD"),
        ({"database": "mysql"}, StoreAccountClosed, "1044 .* see MARIADB_DATABASE"),
        ({"port": free_port()}, StoreUnavailable, "ConnectionRefusedError"),
    ],
)
def test_a_refusal_says_what_to_look_at(
    schema: Schema, given: dict[str, object], kind: type[CdcError], words: str
) -> None:
    database = schema.database(**given)
    for _ in range(2):
        error = refusal(database)
        assert type(error) is kind
        assert re.search(words, str(error))


def test_a_database_that_is_not_there_is_said(schema: Schema) -> None:
    schema.administer(f"GRANT ALL ON *.* TO {schema.user}@'127.0.0.1'")
    error = refusal(schema.database(database="none"))
    assert "there is no such database; see MARIADB_DATABASE" in str(error)
    assert type(error) is StoreConfigurationError


def test_a_password_that_was_changed_is_taken_up_without_a_restart(schema: Schema) -> None:
    name = "MARIADB_PASSWORD"
    read: list[str] = []

    def read_again() -> Given:
        read.append(name)
        return Given(name, "new", "SSM", "SSM version 2")

    secret = Secret(name, Given(name, PASSWORD, "SSM", "SSM version 1", read_again))
    database = Database(schema.settings(), log_in=secret.log_in)
    schema.opened.callback(database.close)
    tracking = MariaDbTracking(database)
    tracking.begin(schema.program)
    schema.administer(f"SET PASSWORD FOR {schema.user}@'127.0.0.1' = PASSWORD('new')")
    tracking.begin(schema.program)
    assert read == []
    schema.kill_sessions()
    with pytest.raises(StoreUnavailable):
        tracking.begin(schema.program)
    tracking.begin(schema.program)
    assert read == [name]


def test_a_refused_password_is_not_tried_again_at_once(schema: Schema) -> None:
    name = "MARIADB_PASSWORD"
    secret = Secret(name, Given(name, "wrong", ".env", ".env line 1"), lambda: 0.0)
    tries: list[str] = []

    def log_in(connect: Callable[[str], None]) -> None:
        def counted(password: str) -> None:
            tries.append(password)
            connect(password)

        secret.log_in(counted)

    database = Database(schema.settings(), log_in=log_in)
    for _ in range(3):
        assert type(refusal(database)) is StoreCredentialsError
    assert tries == ["wrong"]


def write(directory: Path, name: str, certificate: Certificate) -> tuple[str, str]:
    """Write a certificate and its key, and return their files."""
    files = directory / f"{name}.pem", directory / f"{name}.key"
    files[0].write_bytes(certificate.pem)
    files[1].write_bytes(certificate.key_pem)
    return str(files[0]), str(files[1])


def serve_tls(schema: Schema, directory: Path, host: str) -> str:
    """Start the server anew with a certificate for a host, and return the authority's file."""
    authority, _ = write(directory, "authority", AUTHORITY)
    certificate, key = write(directory, "server", AUTHORITY.sign(host=host))
    schema.server.restart(f"--ssl-cert={certificate}", f"--ssl-key={key}", f"--ssl-ca={authority}")
    return authority


def test_a_certificate_of_the_authority_for_this_host_is_trusted(
    schema: Schema, tmp_path: Path
) -> None:
    database = schema.database(tls_ca_file=serve_tls(schema, tmp_path, "127.0.0.1"))
    MariaDbTracking(database).begin(schema.program)
    with database.lend().cursor() as cursor:
        cursor.execute(CIPHER)
        assert cursor.fetchall()[0][1]


def test_without_an_authority_a_server_that_can_encrypt_does_and_none_is_read(
    schema: Schema, tmp_path: Path
) -> None:
    serve_tls(schema, tmp_path, "127.0.0.1")
    connection = schema.database().lend()
    with connection.cursor() as cursor:
        cursor.execute(CIPHER)
        assert cursor.fetchall()[0][1]
    assert connection.ctx.get_ca_certs() == []


def test_another_hosts_certificate_is_not_trusted(schema: Schema, tmp_path: Path) -> None:
    database = schema.database(tls_ca_file=serve_tls(schema, tmp_path, "mariadb.example"))
    error = refusal(database)
    assert "certificate is not trusted" in str(error)
    assert type(error) is StoreConfigurationError


def test_another_authoritys_certificate_is_not_trusted(schema: Schema, tmp_path: Path) -> None:
    serve_tls(schema, tmp_path, "127.0.0.1")
    other, _ = write(tmp_path, "other", certify("Other"))
    assert "see MARIADB_TLS_CA_FILE" in str(refusal(schema.database(tls_ca_file=other)))


def test_with_an_authority_nothing_is_sent_to_a_server_without_tls(
    schema: Schema, tmp_path: Path
) -> None:
    authority, _ = write(tmp_path, "authority", AUTHORITY)
    error = refusal(schema.database(tls_ca_file=authority))
    assert "2026 at connecting to" in str(error)
    assert type(error) is StoreConfigurationError


def test_a_file_that_is_no_authority_is_said(schema: Schema, tmp_path: Path) -> None:
    file = tmp_path / "empty.pem"
    file.touch()
    error = refusal(schema.database(tls_ca_file=str(file)))
    assert "MARIADB_TLS_CA_FILE" in str(error)
    assert type(error) is StoreConfigurationError
