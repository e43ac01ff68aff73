"""What a log line may show: our own words, and of foreign errors their type, their code and where they arose."""

from __future__ import annotations

import copy
import errno
import logging
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from oracle_cdc.errors import CdcError

TEXT_LAYOUT = "%(asctime)s %(levelname)-8s [%(threadName)s] %(name)s: %(message)s"
JSON_FIELDS = {
    "asctime": "timestamp",
    "levelname": "level",
    "threadName": "thread",
    "name": "logger",
}


def describe(error: BaseException) -> str:
    """Tell an error without what it may quote: drivers and parsers put rows, bodies and binds into their texts.

    Our own errors' texts hold none of that by their making.
    """
    name = type(error).__name__
    if isinstance(error, CdcError):
        return f"{name}: {error}"
    code = _code(error)
    return f"{name} ({code})" if code else name


def _code(error: BaseException) -> str | None:
    """The code that a driver, SQS or the operating system gave, such as ORA-00001; None where there is none."""
    if isinstance(error, OSError):
        place = f" {error.filename!r}" if isinstance(error.filename, str) else ""
        return errno.errorcode.get(error.errno or 0, "") + place
    response = getattr(error, "response", None)
    if isinstance(response, dict) and isinstance(response.get("Error"), dict):
        return f"{response['Error'].get('Code')} on {getattr(error, 'operation_name', None)}"
    full_code = getattr(error.args[0], "full_code", None) if error.args else None
    return full_code if isinstance(full_code, str) else None


def format_error(error: BaseException) -> str:
    """A traceback as Python prints it, causes first, each error told by `describe`."""
    return "\n".join(_tell(each, link) for each, link in reversed(list(_chain(error))))


def _tell(error: BaseException, link: str) -> str:
    frames = "".join(traceback.extract_tb(error.__traceback__).format())
    head = f"Traceback (most recent call last):\n{frames}" if frames else ""
    return head + describe(error) + link


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """The error and what led to it, each with the sentence that joins it to the one before."""
    seen: set[int] = set()
    link = ""
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following, link
        if following.__cause__ is not None:
            link = "\n\nThe above exception was the direct cause of the following exception:\n"
            following = following.__cause__
        else:
            link = "\n\nDuring handling of the above exception, another exception occurred:\n"
            following = None if following.__suppress_context__ else following.__context__


def _printable(value: object) -> object:
    """An argument as it may be logged: errors described, and text unable to begin a line of its own."""
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, str) and not value.isprintable():
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    return value


class SafeFormatter(logging.Formatter):
    """A line of text per record; more only where the format string itself has line breaks, and for tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        safe = copy.copy(record)
        # Another formatter may have left the traceback here as Python prints it.
        safe.exc_text = None
        if isinstance(record.msg, BaseException):
            safe.msg = describe(record.msg)
        if isinstance(record.args, Mapping):
            safe.args = {key: _printable(value) for key, value in record.args.items()}
        elif record.args:
            safe.args = tuple(_printable(value) for value in record.args)
        return super().format(safe)

    def formatException(self, ei: Any) -> str:
        return format_error(ei[1]) if ei[1] is not None else ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return (
            datetime.fromtimestamp(record.created)
            .astimezone()
            .isoformat(sep=" ", timespec="milliseconds")
        )


class SafeJsonFormatter(SafeFormatter, JsonFormatter):
    """A JSON object per line."""


def text_formatter() -> SafeFormatter:
    return SafeFormatter(TEXT_LAYOUT)


def json_formatter() -> SafeJsonFormatter:
    return SafeJsonFormatter(
        [*JSON_FIELDS, "message"], rename_fields=JSON_FIELDS, json_ensure_ascii=False
    )
