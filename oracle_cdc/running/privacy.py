"""What a log line may show: our own words, and of foreign errors type, code and place."""

from __future__ import annotations

import copy
import errno
import logging
import traceback
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from oracle_cdc.errors import CdcError

TEXT_LAYOUT = "%(asctime)s %(levelname)-8s [%(threadName)s] %(name)s: %(message)s"


def describe(error: BaseException) -> str:
    """Describe an error without what it may quote.

    Drivers and parsers put rows, bodies and binds into their texts. Our own errors' texts have none
    of that by their making.
    """
    name = type(error).__name__
    if isinstance(error, CdcError):
        return f"{name}: {error}"
    code = _code(error)
    if not code:
        return name
    return f"{name} ({code})"


def _code(error: BaseException) -> str:
    """Return the code that a driver, SQS or the operating system gave, such as ORA-00001.

    It is empty where there is none.
    """
    if isinstance(error, OSError):
        return _system_code(error)
    response = getattr(error, "response", None)
    if isinstance(response, dict) and isinstance(response.get("Error"), dict):
        return f"{response['Error'].get('Code')} on {getattr(error, 'operation_name', None)}"
    if not error.args:
        return ""
    full_code = getattr(error.args[0], "full_code", None)
    if not isinstance(full_code, str):
        return ""
    return full_code


def _system_code(error: OSError) -> str:
    name = errno.errorcode.get(error.errno or 0, "")
    if not isinstance(error.filename, str):
        return name
    return f"{name} {error.filename!r}"


def format_error(error: BaseException) -> str:
    """Return a traceback as Python prints it, causes first, each error as `describe` has it."""
    texts: list[str] = []
    for each, link in _chain(error):
        texts.append(_format_one(each, link))
    texts.reverse()
    return "\n".join(texts)


def _format_one(error: BaseException, link: str) -> str:
    frames = "".join(traceback.extract_tb(error.__traceback__).format())
    if not frames:
        return describe(error) + link
    return f"Traceback (most recent call last):\n{frames}{describe(error)}{link}"


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """Yield the error and what led to it, each with the sentence that joins it to the last."""
    seen: set[int] = set()
    link = ""
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following, link
        if following.__cause__ is not None:
            link = "\n\nThe above exception was the direct cause of the following exception:\n"
            following = following.__cause__
        elif following.__suppress_context__:
            following = None
        else:
            link = "\n\nDuring handling of the above exception, another exception occurred:\n"
            following = following.__context__


def _printable(value: object) -> object:
    """Return an argument as it may be logged: errors described, and text on its own line."""
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, str) and not value.isprintable():
        return escape(value)
    return value


def escape(text: str) -> str:
    """Escape what can't be printed, so that a text can't begin a line of its own."""
    characters: list[str] = []
    for character in text:
        if not character.isprintable():
            character = character.encode("unicode_escape").decode()
        characters.append(character)
    return "".join(characters)


class SafeFormatter(logging.Formatter):
    """Writes a record as a line of text.

    It is more than one only where the format string itself has line breaks, and for tracebacks.
    """

    def format(self, record: logging.LogRecord) -> str:
        safe = copy.copy(record)
        # Another formatter may have left the traceback here as Python prints it.
        safe.exc_text = None
        if isinstance(record.msg, BaseException):
            safe.msg = describe(record.msg)
        if isinstance(record.args, Mapping):
            named: dict[str, object] = {}
            for key, value in record.args.items():
                named[key] = _printable(value)
            safe.args = named
        elif record.args:
            safe.args = tuple(_printable(value) for value in record.args)
        return super().format(safe)

    def formatException(self, ei: Any) -> str:
        if ei[1] is None:
            return ""
        return format_error(ei[1])

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone()
        return moment.isoformat(sep=" ", timespec="milliseconds")


def text_formatter() -> SafeFormatter:
    return SafeFormatter(TEXT_LAYOUT)
