"""Where log lines go: a service's rotating files, stderr for everything else."""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from oracle_cdc.errors import SettingsError
from oracle_cdc.running.json_lines import json_formatter
from oracle_cdc.running.log_rotation import LogDirectory, LogFile
from oracle_cdc.running.privacy import describe, text_formatter
from oracle_cdc.settings.owners import describe_owner

if TYPE_CHECKING:
    from oracle_cdc.settings.sections import LoggingSettings

logger = logging.getLogger(__name__)

#: At DEBUG these log what they carry: bodies, rows, credentials.
FOREIGN_LOGGERS = ("boto3", "botocore", "s3transfer", "urllib3", "oracledb", "moto", "werkzeug")


@dataclass(frozen=True)
class Lines:
    """Name the lines that a file takes: those of some loggers and their children, from a level on.

    loggers: "" is the root of all.
    """

    loggers: tuple[str, ...] = ("",)
    level: str = "NOTSET"


def configure_logging(settings: LoggingSettings, files: Mapping[str, Lines]) -> None:
    """Send this process's log lines to the files, and INFO and up to stderr as well.

    Without a directory stderr has them all, and nothing is written or locked. Raises SettingsError
    when LOG_DIR can't be made or written, another process logs there, or a file is a link or none.
    """
    close_logs()
    if settings.directory is None:
        handlers = {"console": _console(settings.level, settings.format)}
        logging.config.dictConfig(_dictionary(settings.level, handlers, {"": ["console"]}))
    else:
        _open_files(settings, settings.directory, files)
    _log_uncaught()


def _open_files(settings: LoggingSettings, path: Path, files: Mapping[str, Lines]) -> None:
    """Open the files in their directory, and lock that."""
    directory = _take_directory(path)
    opened: list[LogFile] = []
    try:
        logging.config.dictConfig(_files_dictionary(settings, directory, files, opened))
    except ValueError as error:
        for file in opened:
            file.close()
        directory.close()
        raise _as_settings_error(path, error) from error


def configure_console(level: str) -> None:
    """Send this process's log lines to stderr alone."""
    close_logs()
    handlers = {"console": _console(_at_least_info(level), "text")}
    logging.config.dictConfig(_dictionary(level, handlers, {"": ["console"]}))
    _log_uncaught()


def reopen() -> None:
    """Have each file opened by its name again just before its next line.

    It may be called from a signal handler.
    """
    for _, file in _log_files():
        file.is_stale = True


def close_logs() -> None:
    """Close the files and let the directory go. Does nothing when they are not open."""
    for owner, file in list(_log_files()):
        owner.removeHandler(file)
        file.close()


def _log_files() -> Iterator[tuple[logging.Logger, LogFile]]:
    owners = [logging.getLogger(), *logging.getLogger().manager.loggerDict.values()]
    for owner in owners:
        # Where only a child of a logger was ever asked for, something else stands in its place.
        if not isinstance(owner, logging.Logger):
            continue
        for handler in owner.handlers:
            if isinstance(handler, LogFile):
                yield owner, handler


def _take_directory(path: Path) -> LogDirectory:
    try:
        return LogDirectory(path.absolute())
    except OSError as error:
        raise _unusable(path, error) from error


def _as_settings_error(directory: Path, error: ValueError) -> Exception:
    """Return what dictConfig's error hides: a file that may not be opened, or else a bug."""
    cause = error.__cause__
    if isinstance(cause, SettingsError):
        return cause
    if isinstance(cause, OSError):
        return _unusable(directory, cause)
    return error


def _unusable(directory: Path, error: BaseException) -> SettingsError:
    path = Path(getattr(error, "filename", None) or directory)
    return SettingsError(
        f"LOG_DIR: given {str(directory)!r}; "
        "allowed: a directory that this user may write, with all its files; "
        f"{path.name}: {describe(error)}{describe_owner(path, error)}"
    )


def _files_dictionary(
    settings: LoggingSettings,
    directory: LogDirectory,
    files: Mapping[str, Lines],
    opened: list[LogFile],
) -> dict[str, Any]:
    def open_file(name: str) -> LogFile:
        file = LogFile(
            directory,
            name,
            max_bytes=settings.max_bytes,
            backup_count=settings.backup_count,
        )
        opened.append(file)
        return file

    handlers: dict[str, dict[str, Any]] = {}
    owners: dict[str, list[str]] = {"": ["console"]}
    for name, lines in files.items():
        handlers[name] = {
            "()": partial(open_file, name),
            "formatter": settings.format,
            "level": lines.level,
        }
        for logger_name in lines.loggers:
            owners.setdefault(logger_name, []).append(name)
    handlers["console"] = _console(_at_least_info(settings.level), settings.format)
    return _dictionary(settings.level, handlers, owners)


def _dictionary(
    level: str, handlers: dict[str, dict[str, Any]], owners: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Build dictConfig's dictionary: https://docs.python.org/3/library/logging.config.html

    owners: logger -> the names of its handlers.
    """
    tree: dict[str, dict[str, Any]] = {}
    for logger_name, names in owners.items():
        tree[logger_name] = {"handlers": names}
    root = {"level": level, **tree.pop("")}
    quiet = logging.getLevelName(max(logging.WARNING, logging.getLevelName(level)))
    for foreign in FOREIGN_LOGGERS:
        tree[foreign] = {"level": quiet}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"text": {"()": text_formatter}, "json": {"()": json_formatter}},
        "handlers": handlers,
        "root": root,
        "loggers": tree,
    }


def _console(level: str, form: str) -> dict[str, Any]:
    return {
        "class": "logging.StreamHandler",
        "stream": "ext://sys.stderr",
        "level": level,
        "formatter": form,
    }


def _at_least_info(level: str) -> str:
    return str(logging.getLevelName(max(logging.INFO, logging.getLevelName(level))))


def _log_uncaught() -> None:
    """Have what ends the process or a thread logged.

    Python itself would print it with the values that it quotes.
    """
    # A handler's own failure would be printed with the record's arguments, each time.
    logging.raiseExceptions = False
    sys.excepthook = _log_end_of_process
    threading.excepthook = _log_end_of_thread


def _log_end_of_process(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logger.critical("the process ends by an error", exc_info=(kind, error, trace))


def _log_end_of_thread(end: threading.ExceptHookArgs) -> None:
    if end.exc_value is None or isinstance(end.exc_value, SystemExit):
        return
    name: str | None = None
    if end.thread is not None:
        name = end.thread.name
    logger.critical("thread %s ends by an error", name, exc_info=end.exc_value)
