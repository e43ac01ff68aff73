"""The codes of JetStream, each as what its caller does about it."""

from __future__ import annotations

import asyncio
import socket

import pytest
from nats.errors import Error, NoServersError
from nats.js.errors import BadRequestError, NotFoundError, ServerError, ServiceUnavailableError

from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationMissing,
    DestinationUnavailable,
    EventRefused,
)
from oracle_cdc.nats.translation import (
    SILENCE,
    UNHEARD,
    Accepted,
    Refused,
    read_answer,
    sort_connect_error,
    sort_refusal,
    sort_request_error,
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"stream": "S", "seq": 7}', Accepted(7, False)),
        (b'{"stream": "S", "seq": 7, "duplicate": true}', Accepted(7, True)),
        (b'{"error": {"code": 503, "err_code": 10077}}', Refused(503, 10077)),
        (b'{"error": {"code": 500}}', Refused(500, 0)),
        (b'{"stream": "S", "seq": 0, "duplicate": true}', Refused(409, 10158)),
        (b"hello", SILENCE),
        (b"[]", SILENCE),
        (b"7", SILENCE),
        (b"{}", SILENCE),
        (b'{"error": "no"}', SILENCE),
        (b"\xff\xfe", SILENCE),
        (b"", SILENCE),
    ],
)
def test_only_an_answer_of_jetstreams_says_what_became_of_a_message(
    data: bytes, expected: object
) -> None:
    assert read_answer(data, None) == expected


def test_a_status_without_a_body_says_that_nobody_listens() -> None:
    assert read_answer(b"", b"NATS/1.0 503\r\n\r\n") == UNHEARD
    assert read_answer(b"", b"NATS/1.0 408\r\n\r\n") == SILENCE


@pytest.mark.parametrize(
    ("code", "error_code", "kind"),
    [
        (503, 10077, DestinationUnavailable),
        (503, 10023, DestinationUnavailable),
        (400, 10002, DestinationUnavailable),
        (500, 10047, DestinationUnavailable),
        (500, 10028, DestinationUnavailable),
        (503, 10008, DestinationUnavailable),
        (409, 10158, DestinationUnavailable),
        (429, 10167, DestinationUnavailable),
        (500, 10009, DestinationUnavailable),
        (400, 10054, EventRefused),
        (400, 10060, DestinationConfigurationError),
        (400, 10109, DestinationConfigurationError),
        (503, 10039, DestinationConfigurationError),
        (503, 10076, DestinationConfigurationError),
        (400, 19999, DestinationConfigurationError),
        (503, 19999, DestinationUnavailable),
        (0, 0, DestinationUnavailable),
    ],
)
def test_each_code_says_who_has_to_do_something(
    code: int, error_code: int, kind: type[CdcError]
) -> None:
    error = sort_refusal(Refused(code, error_code), "S")
    assert type(error) is kind
    assert f"stream S: JetStream's error {error_code}" in str(error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotFoundError(code=404, err_code=10059), DestinationMissing),
        (ServiceUnavailableError(), DestinationConfigurationError),
        (ServiceUnavailableError(code=503, err_code=10039), DestinationConfigurationError),
        (ServiceUnavailableError(code=503, err_code=10008), DestinationUnavailable),
        (BadRequestError(code=400, err_code=10058), DestinationConfigurationError),
        (ServerError(code=500, err_code=10074), DestinationConfigurationError),
        (ServerError(code=500, err_code=10047), DestinationUnavailable),
        (asyncio.TimeoutError(), DestinationUnavailable),
        (Error("nats: no idea"), DestinationUnavailable),
    ],
)
def test_a_request_about_a_stream_that_fails_is_sorted(
    error: Exception, kind: type[CdcError]
) -> None:
    assert type(sort_request_error(error, "S")) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Error("nats: 'Authorization Violation'"), DestinationCredentialsError),
        (Error("nats: 'User Authentication Revoked'"), DestinationCredentialsError),
        (Error("nats: 'Account Authentication Expired'"), DestinationCredentialsError),
        (Error("nats: 'maximum connections exceeded'"), DestinationUnavailable),
        (NoServersError(), DestinationUnavailable),
        (ConnectionRefusedError(), DestinationUnavailable),
        (asyncio.TimeoutError(), DestinationUnavailable),
        (ModuleNotFoundError("nkeys"), DestinationConfigurationError),
        (ValueError("a seed that is secret"), DestinationConfigurationError),
    ],
)
def test_a_log_in_that_fails_is_sorted_and_quotes_nothing(
    error: Exception, kind: type[CdcError]
) -> None:
    found = sort_connect_error(error, "nats://one:4222")
    assert type(found) is kind
    assert str(found).startswith("connecting to nats://one:4222")
    assert "secret" not in str(found)


def test_a_host_that_has_no_address_is_said_with_its_setting() -> None:
    found = sort_connect_error(socket.gaierror(-2, "Name or service not known"), "nats://one:4222")
    assert "the host's name can't be resolved; see NATS_SERVERS" in str(found)
