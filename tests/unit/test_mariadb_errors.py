"""What MariaDB and its driver report, sorted by what to do."""

from __future__ import annotations

import socket

import pymysql
import pytest

from oracle_cdc.errors import (
    CdcError,
    StoreAccountClosed,
    StoreConfigurationError,
    StoreCredentialsError,
    StoreUnavailable,
)
from oracle_cdc.mariadb.translation import translate_error

SECRET = "Sec-ret-42"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (pymysql.OperationalError(2006, SECRET), StoreUnavailable),
        (pymysql.OperationalError(2013, SECRET), StoreUnavailable),
        (pymysql.InterfaceError(0, ""), StoreUnavailable),
        (pymysql.OperationalError(1205, SECRET), StoreUnavailable),
        (pymysql.OperationalError(1213, SECRET), StoreUnavailable),
        (pymysql.OperationalError(1040, SECRET), StoreUnavailable),
        (pymysql.OperationalError(1290, SECRET), StoreUnavailable),
        (pymysql.OperationalError(1927, SECRET), StoreUnavailable),
        (pymysql.InternalError("Packet sequence number wrong"), StoreUnavailable),
        (pymysql.OperationalError(1045, SECRET), StoreCredentialsError),
        (pymysql.OperationalError(1044, SECRET), StoreAccountClosed),
        (pymysql.OperationalError(1142, SECRET), StoreConfigurationError),
        (pymysql.ProgrammingError(1146, SECRET), StoreConfigurationError),
        (pymysql.OperationalError(1298, SECRET), StoreConfigurationError),
        (pymysql.OperationalError(1054, SECRET), StoreConfigurationError),
        (pymysql.DataError(1264, SECRET), StoreConfigurationError),
        (ConnectionResetError(SECRET), StoreUnavailable),
    ],
)
def test_an_error_is_sorted_by_what_to_do_and_its_text_stays_out(
    error: Exception, kind: type[CdcError]
) -> None:
    found = translate_error(error, "save")
    assert type(found) is kind
    assert "at save" in str(found)
    assert SECRET not in str(found)


def test_a_host_that_has_no_address_is_said_with_its_setting() -> None:
    error = pymysql.OperationalError(2003, SECRET)
    error.original_exception = socket.gaierror(-2, SECRET)
    found = str(translate_error(error, "connecting to nowhere:3306"))
    assert "the host's name can't be resolved; see MARIADB_HOST" in found


def test_what_is_no_mariadb_is_said_with_its_settings() -> None:
    error = pymysql.InternalError("Packet sequence number wrong")
    found = str(translate_error(error, "connecting to localhost:4222"))
    assert "the answer is none of MariaDB's; see MARIADB_HOST and MARIADB_PORT" in found
