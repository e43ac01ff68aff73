"""`logs tail`: the newest lines of a Lambda function, or of this service's own log."""

from __future__ import annotations

import os
import threading
from argparse import Namespace
from collections import deque
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TextIO

from oracle_cdc.aws.cloudwatch.client import open_function_logs
from oracle_cdc.aws.cloudwatch.logs import LogLine, LogTail
from oracle_cdc.errors import (
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationMissing,
    ExitCode,
    SettingsError,
)
from oracle_cdc.processor.edges import make_session
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import say, warn

SERVICE_LOG = "cdc_service.log"
#: A signal ends the program, and nothing else ends its waits.
NEVER = threading.Event()
#: How far back lines of a function are looked for.
BACK = timedelta(hours=1)
#: Between two looks. CloudWatch Logs takes five a second, all who ask together.
LOOK_SECONDS = 2.0
#: Of this service's own file, which costs nothing to look at.
LOCAL_SECONDS = 0.25


def tail(settings: ProcessorSettings, options: Namespace) -> int:
    """Print the newest lines, and those that come, until Ctrl+C."""
    configure_console("ERROR")
    if options.function is None:
        follow_file(settings, options)
        return ExitCode.DONE
    try:
        follow_function(settings, options)
    except DestinationMissing:
        raise
    except (DestinationCredentialsError, DestinationConfigurationError) as error:
        # Where there is no AWS the functions run in this service.
        warn(f"{error}; here is {SERVICE_LOG} instead")
        follow_file(settings, options)
    return ExitCode.DONE


def follow_function(settings: ProcessorSettings, options: Namespace) -> None:
    """Print the lines of a function from CloudWatch Logs.

    Raises what keeps it from being asked.
    """
    with closing(make_session(settings)) as session:
        client = open_function_logs(session, options.function)
        log = LogTail(client, datetime.now(timezone.utc) - BACK)
        show(deque(log.read(), maxlen=options.lines))
        while not options.once:
            NEVER.wait(LOOK_SECONDS)
            show(log.read())


def show(lines: Iterable[LogLine]) -> None:
    for line in lines:
        say(f"{line.at:%Y-%m-%dT%H:%M:%S.%fZ} {line.text}")


def follow_file(settings: ProcessorSettings, options: Namespace) -> None:
    """Print the lines of this service's log file, and go on with what takes its place.

    Raises SettingsError where there is none.
    """
    if settings.logging.directory is None:
        raise SettingsError("LOG_DIR is none: there is no log file; see where standard error goes")
    path = settings.logging.directory / SERVICE_LOG
    if not path.is_file():
        raise SettingsError(f"{path} is not there: `run` has not begun one in LOG_DIR")
    with open_log(path) as file:
        for line in deque(file, maxlen=options.lines):
            say(line.rstrip("\n"))
        if options.once:
            return
        print_added(file, path)
    while True:
        with open_log(path) as file:
            print_added(file, path)


def open_log(path: Path) -> TextIO:
    return path.open(encoding="utf-8", errors="replace")


def print_added(file: TextIO, path: Path) -> None:
    """Print what is added to a file until its path is that of another one."""
    while True:
        is_over = is_another(file, path)
        for line in file:
            say(line.rstrip("\n"))
        if is_over:
            return
        NEVER.wait(LOCAL_SECONDS)


def is_another(file: TextIO, path: Path) -> bool:
    """Return whether another file is at the path by now, because this one was rotated away."""
    try:
        return not os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
