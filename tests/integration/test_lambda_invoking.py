"""Functions that are called, at an endpoint that answers as AWS Lambda does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from oracle_cdc.aws.functions.invoking import invoke, open_function
from oracle_cdc.errors import (
    DestinationConfigurationError,
    DestinationMissing,
    DestinationUnavailable,
)
from standins.loopback import QuietHandler, serve
from tests.awsplaces import make_session


@contextmanager
def serve_function(
    body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Serve one answer, and yield the URL and what was asked."""
    asked: list[tuple[str, bytes]] = []

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serve(Handler) as url:
        yield url, asked


def test_a_function_gets_its_event_and_its_answer_comes_back() -> None:
    with serve_function(b'{"batchItemFailures": []}') as (url, asked):
        session = make_session(url)
        answer = invoke(open_function(session, "cdc-processor"), b'{"Records": []}')
        session.close()
    assert answer.error is None
    assert json.loads(answer.payload) == {"batchItemFailures": []}
    assert asked == [("/2015-03-31/functions/cdc-processor/invocations", b'{"Records": []}')]
    assert "batchItemFailures" not in repr(answer)


def test_a_function_that_fails_has_answered() -> None:
    headers = {"X-Amz-Function-Error": "Unhandled"}
    with serve_function(b'{"errorMessage": "x"}', headers=headers) as (url, _):
        session = make_session(url)
        answer = invoke(open_function(session, "cdc-processor"), b"{}")
        session.close()
    assert answer.error == "Unhandled"


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (404, "ResourceNotFoundException", DestinationMissing, "see --function and AWS_REGION"),
        (429, "TooManyRequestsException", DestinationUnavailable, "TooManyRequests"),
        (500, "ServiceException", DestinationUnavailable, "HTTP 500"),
        (403, "AccessDeniedException", DestinationConfigurationError, "lambda:InvokeFunction"),
        (413, "RequestTooLargeException", DestinationConfigurationError, "RequestTooLarge"),
    ],
)
def test_a_call_that_is_refused_says_what_to_do(
    status: int, code: str, kind: type[Exception], words: str
) -> None:
    body, headers = b'{"Message": "vendor"}', {"X-Amzn-ErrorType": code}
    with serve_function(body, status=status, headers=headers) as (url, _):
        session = make_session(url)
        with pytest.raises(kind, match=words) as raised:
            invoke(open_function(session, "cdc-processor"), b"{}")
        session.close()
    assert "vendor" not in str(raised.value)
