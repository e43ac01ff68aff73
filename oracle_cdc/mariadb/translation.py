"""What MariaDB reports, sorted by what to do. Its own texts stay out: they can quote values."""

from __future__ import annotations

import socket
import ssl

import pymysql

from oracle_cdc.errors import (
    CdcError,
    StoreAccountClosed,
    StoreConfigurationError,
    StoreCredentialsError,
    StoreUnavailable,
)

# The codes: https://mariadb.com/kb/en/mariadb-error-codes/

#: Refused log-ins: the password is wrong, expired, or of another way to log in.
CREDENTIALS = frozenset({1045, 1698, 1820, 1862})
#: The same with any password: no right to use the database, a locked account.
CLOSED = frozenset({1044, 3118, 4151})
#: Rights, tables, columns, databases, zones, hosts: what a person must see to.
CONFIGURATION = frozenset(
    {1049, 1054, 1064, 1129, 1130, 1142, 1143, 1146, 1227, 1251, 1267, 1298, 1364, 1370, 1406, 2026}
)
#: A replica, or a server that others take over from.
READ_ONLY = frozenset({1290, 1792, 1836})
#: What reading the authority's file, or a handshake, fails with unless the connection just ends.
TLS_FAILURES = (ssl.SSLError, FileNotFoundError, PermissionError)
HINTS = {
    1044: "the user may not use this database, or there is none; see MARIADB_DATABASE",
    1045: "the log-in was refused; see MARIADB_USER and MARIADB_PASSWORD",
    1049: "there is no such database; see MARIADB_DATABASE",
    1054: "a column is missing; compare the tables with init_mariadb_tables.sql",
    1130: "the server lets nobody in from this host",
    1142: (
        "a right is missing: SELECT, INSERT, UPDATE and DELETE are needed on the ETL_ tables, and "
        "CREATE where one is missing; `check` names each, init_mariadb_tables.sql makes them"
    ),
    1146: "a table is missing; run init_mariadb_tables.sql",
    1205: "another session holds the row or the table",
    1213: "a deadlock",
    2026: "TLS failed; see MARIADB_TLS_CA_FILE",
}


def translate_error(error: Exception, what: str) -> CdcError:
    """Make the error of ours for one of the driver's, or of the network's."""
    cause = getattr(error, "original_exception", None) or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return StoreConfigurationError(
            f"MariaDB at {what}: the server's certificate is not trusted "
            f"({cause.verify_message}); see MARIADB_TLS_CA_FILE and MARIADB_HOST"
        )
    if isinstance(cause, TLS_FAILURES) and not isinstance(cause, ssl.SSLEOFError):
        return StoreConfigurationError(
            f"MariaDB at {what}: TLS failed ({type(cause).__name__}); see MARIADB_TLS_CA_FILE"
        )
    if isinstance(cause, socket.gaierror):
        return StoreUnavailable(
            f"MariaDB at {what}: gaierror: the host's name can't be resolved; see MARIADB_HOST"
        )
    if isinstance(cause, OSError):
        return StoreUnavailable(f"MariaDB at {what}: {type(cause).__name__}")
    code = code_of(error)
    if isinstance(error, pymysql.InternalError) and not code:
        return StoreUnavailable(
            f"MariaDB at {what}: the answer is none of MariaDB's; see MARIADB_HOST and MARIADB_PORT"
        )
    text = f"MariaDB's error {code} at {what}"
    if code in HINTS:
        text += f": {HINTS[code]}"
    elif code in READ_ONLY:
        text += ": the server is read-only, a replica or one that another takes over from"
    return classify(error, code)(text)


def code_of(error: Exception) -> int:
    """Return the server's or the driver's number for an error, 0 where it has none."""
    if error.args and isinstance(error.args[0], int):
        return error.args[0]
    return 0


def classify(error: Exception, code: int) -> type[CdcError]:
    """Return the class that an error belongs to. What nobody foresaw is tried again too."""
    if code in CREDENTIALS:
        return StoreCredentialsError
    if code in CLOSED:
        return StoreAccountClosed
    if code in CONFIGURATION:
        return StoreConfigurationError
    if isinstance(error, (pymysql.OperationalError, pymysql.InterfaceError)):
        return StoreUnavailable
    if isinstance(error, (pymysql.ProgrammingError, pymysql.DataError, pymysql.NotSupportedError)):
        return StoreConfigurationError
    return StoreUnavailable
