"""Each code that whoever is on call can read comes with what to do."""

from __future__ import annotations

import ssl
from importlib import import_module

from oracle_cdc.oracle.causes import hint_network_error
from oracle_cdc.oracle.hints import DPY_HINTS, ORA_HINTS
from oracle_cdc.oracle.translation import CONFIGURATION, CREDENTIALS, LOCKED, PASSING, VALUES


def test_every_code_that_is_sorted_has_its_hint() -> None:
    sorted_codes = CREDENTIALS | CONFIGURATION | LOCKED | PASSING | VALUES
    assert sorted_codes - ORA_HINTS.keys() == set()


def test_every_code_that_a_log_in_or_a_call_can_give_has_its_hint() -> None:
    assert set(SEEN_AT_WORK) - ORA_HINTS.keys() == set()


def test_every_error_of_the_driver_that_connecting_can_raise_has_its_hint() -> None:
    errors = vars(import_module("oracledb.errors"))
    lacking = []
    for name in CONNECTING:
        # Versions of the driver differ.
        if name in errors and f"DPY-{errors[name]:04}" not in DPY_HINTS:
            lacking.append(name)
    assert lacking == []


def test_a_certificate_against_rfc_5280_is_not_said_to_be_distrusted() -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 85, "Missing Authority Key Identifier"
    said = hint_network_error(error)
    assert "Missing Authority Key Identifier" in said
    assert "Python 3.12" in said


#: Of the database, in what its users report: nothing depends on their being known but the words.
SEEN_AT_WORK = (
    *(40, 56, 376, 600, 603, 604, 609, 1000, 1110, 1157, 1410, 1466, 1502, 1591, 2049, 2393, 2395),
    *(4020, 4036, 4045, 4061, 4065, 4068, 4088, 4091, 4098, 6508, 6550, 8102, 12151, 12504, 12515),
    *(12523, 12525, 12529, 12533, 12546, 12592, 12606, 12639, 14400, 16456, 20000, 20001, 20999),
    *(25402, 25408, 27101, 27102, 28040, 28112, 28365, 28547, 28862, 29003),
)

#: As the driver calls them.
CONNECTING = (
    "ERR_ANO_STATUS_FAILURE",
    "ERR_BUFFER_LENGTH_INSUFFICIENT",
    "ERR_CALL_TIMEOUT_EXCEEDED",
    "ERR_CANNOT_PARSE_CONNECT_STRING",
    "ERR_CONNECTION_CLOSED",
    "ERR_CONNECTION_FAILED",
    "ERR_DB_CS_NOT_SUPPORTED",
    "ERR_DB_TYPE_NOT_SUPPORTED",
    "ERR_EXCEEDED_IDLE_TIME",
    "ERR_FEATURE_NOT_SUPPORTED",
    "ERR_HTTPS_PROXY_REQUIRES_TCPS",
    "ERR_IFILE_CYCLE_DETECTED",
    "ERR_INTEGER_TOO_LARGE",
    "ERR_INVALID_CONNECT_DESCRIPTOR",
    "ERR_INVALID_ENUM_VALUE",
    "ERR_INVALID_NETWORK_NAME",
    "ERR_INVALID_PROTOCOL",
    "ERR_INVALID_REDIRECT_DATA",
    "ERR_INVALID_SERVER_CERT_DN",
    "ERR_INVALID_SERVER_NAME",
    "ERR_INVALID_SERVER_RESPONSE",
    "ERR_INVALID_SERVER_TYPE",
    "ERR_INVALID_SERVICE_NAME",
    "ERR_INVALID_SID",
    "ERR_INVALID_SSL_VERSION",
    "ERR_LISTENER_REFUSED_CONNECTION",
    "ERR_MESSAGE_TYPE_UNKNOWN",
    "ERR_MISSING_ADDRESS",
    "ERR_MISSING_CONNECT_DESCRIPTOR",
    "ERR_MISSING_FILE",
    "ERR_NAMED_TIMEZONE_NOT_SUPPORTED",
    "ERR_NCHAR_CS_NOT_SUPPORTED",
    "ERR_NOT_CONNECTED",
    "ERR_NO_CREDENTIALS",
    "ERR_NO_CONFIG_DIR",
    "ERR_NO_CRYPTOGRAPHY_PACKAGE",
    "ERR_ORACLE_TYPE_NAME_NOT_SUPPORTED",
    "ERR_ORACLE_TYPE_NOT_SUPPORTED",
    "ERR_POOL_NOT_OPEN",
    "ERR_PROTOCOL_HANDLER_FAILED",
    "ERR_PROXY_FAILURE",
    "ERR_SERVER_REFUSED_EZTLS",
    "ERR_SERVER_VERIFY_FAILED",
    "ERR_SERVER_VERSION_NOT_SUPPORTED",
    "ERR_TDS_TYPE_NOT_SUPPORTED",
    "ERR_TNS_ENTRY_NOT_FOUND",
    "ERR_UNEXPECTED_DATA",
    "ERR_UNEXPECTED_END_OF_DATA",
    "ERR_UNEXPECTED_NEGATIVE_INTEGER",
    "ERR_UNEXPECTED_REFUSE",
    "ERR_UNSUPPORTED_INBAND_NOTIFICATION",
    "ERR_UNSUPPORTED_VERIFIER_TYPE",
    "ERR_WALLET_FILE_MISSING",
)
