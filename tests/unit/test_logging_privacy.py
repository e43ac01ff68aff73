"""What a log line shows of errors and values, whoever made them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable

import oracledb
import pytest
from botocore.exceptions import ClientError
from pydantic import TypeAdapter

from oracle_cdc.errors import CdcError, MessageRefused, OracleUnavailable
from oracle_cdc.running.json_lines import json_formatter
from oracle_cdc.running.privacy import describe, text_formatter

SECRET = "054-1234567"


def record_of(
    message: object, *args: object, error: BaseException | None = None
) -> logging.LogRecord:
    trace = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord(
        "oracle_cdc.conversations.outbound.cycle",
        logging.ERROR,
        __file__,
        1,
        message,
        args,
        trace,
    )


def raised(action: Callable[[], object]) -> BaseException:
    try:
        action()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def refused_by_sqs() -> None:
    answer = {"Error": {"Code": "InvalidMessageContents", "Message": f"not allowed: {SECRET}"}}
    raise ClientError(answer, "SendMessageBatch")  # type: ignore[arg-type]


def refused_row() -> None:
    # The driver's own error object, as it comes from the server, is args[0] of the exception.
    error = oracledb.DatabaseError(f"ORA-12899: value too large: {SECRET}")
    error.args = (type("Detail", (), {"full_code": "ORA-12899", "__str__": lambda _: SECRET})(),)
    raise error


@pytest.mark.parametrize(
    "action",
    [
        lambda: {}[SECRET],
        lambda: int(SECRET),
        lambda: json.loads(SECRET + "{"),
        lambda: TypeAdapter(int).validate_python(SECRET),
        lambda: SECRET.encode("ascii").decode("utf-16"),
        refused_by_sqs,
        refused_row,
    ],
)
@pytest.mark.parametrize("make", [text_formatter, json_formatter])
def test_a_foreign_error_shows_its_place_and_not_what_it_quotes(
    action: Callable[[], object], make: Callable[[], logging.Formatter]
) -> None:
    error = raised(action)
    text = make().format(record_of("failed: %s", error, error=error))
    assert SECRET not in text
    assert type(error).__name__ in text
    assert "in raised" in text


def test_the_code_of_a_driver_error_is_shown() -> None:
    assert describe(raised(refused_row)) == "DatabaseError (ORA-12899)"
    assert (
        describe(raised(refused_by_sqs))
        == "ClientError (InvalidMessageContents on SendMessageBatch)"
    )
    assert describe(FileNotFoundError(2, "text", "a.sql")) == "FileNotFoundError (ENOENT 'a.sql')"
    assert describe(OSError("text")) == "OSError"


def test_the_code_of_the_real_driver_is_found() -> None:
    # Nothing listens on port 1 of this machine.
    error = raised(
        lambda: oracledb.connect(
            user="u", password=SECRET, dsn="127.0.0.1:1/x", tcp_connect_timeout=5
        )
    )
    assert describe(error) == "OperationalError (DPY-6005)"


def test_our_own_errors_are_shown_in_full() -> None:
    assert (
        describe(MessageRefused("call 7: 300000 bytes")) == "MessageRefused: call 7: 300000 bytes"
    )


def test_causes_are_reported_first_and_without_what_they_quote() -> None:
    def fail() -> None:
        try:
            int(SECRET)
        except ValueError as error:
            raise OracleUnavailable("claiming 50 calls") from error

    error = raised(fail)
    lines = text_formatter().format(record_of("cycle failed", error=error)).splitlines()
    assert lines[-1] == "OracleUnavailable: claiming 50 calls"
    assert lines.index("ValueError") < lines.index("OracleUnavailable: claiming 50 calls")
    assert "The above exception was the direct cause of the following exception:" in lines


def test_an_error_that_causes_itself_is_reported_once() -> None:
    first, second = CdcError("first"), CdcError("second")
    first.__cause__, second.__cause__ = second, first
    assert text_formatter().format(record_of("x", error=first)).count("CdcError: first") == 1


@pytest.mark.skipif(sys.version_info < (3, 11), reason="notes came with Python 3.11")
def test_notes_on_a_foreign_error_are_left_out() -> None:
    error = ValueError()
    error.add_note(SECRET)  # type: ignore[attr-defined,unused-ignore]
    assert SECRET not in text_formatter().format(record_of("x", error=error))


def test_what_another_formatter_left_on_the_record_is_not_taken() -> None:
    record = record_of("x", error=raised(lambda: int(SECRET)))
    assert SECRET in logging.Formatter().format(record)
    assert SECRET not in text_formatter().format(record)
    assert SECRET not in json_formatter().format(record)


def test_an_error_logged_as_the_message_is_described() -> None:
    assert text_formatter().format(record_of(ValueError(SECRET))).endswith(": ValueError")


def test_a_value_cannot_begin_a_line_of_its_own() -> None:
    text = text_formatter().format(
        record_of("call %s failed", "1\n2026-01-01 INFO all is well\u2028\x1b[2J")
    )
    assert len(text.splitlines()) == 1
    assert "\x1b" not in text


def test_a_format_string_may_have_several_lines() -> None:
    assert (
        text_formatter()
        .format(record_of("Uptime: %s\nCycles: %s", "1 d", 7))
        .endswith("Uptime: 1 d\nCycles: 7")
    )


def test_values_by_name_are_described_too() -> None:
    text = text_formatter().format(
        record_of("%(call)s: %(error)s", {"call": "1\n2", "error": KeyError(SECRET)})
    )
    assert text.endswith("1\\n2: KeyError")


def test_hebrew_and_emoji_stay_as_they_are() -> None:
    assert text_formatter().format(record_of("%s", "שלום 📊")).endswith("שלום 📊")
