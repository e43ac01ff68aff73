"""Arguments to commands to exit codes. Nothing heavy is imported before a command is chosen."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from oracle_cdc.commands.arguments import (
    add_backfill,
    add_checkpoint,
    add_demo,
    add_failures,
    add_init_tables,
)
from oracle_cdc.commands.capturing.arguments import add_changes
from oracle_cdc.commands.early_signals import begin_service, end_on_sigterm
from oracle_cdc.commands.events.arguments import add_init_stream
from oracle_cdc.commands.extract_arguments import add_extract
from oracle_cdc.commands.monitor_arguments import add_monitor
from oracle_cdc.commands.packages import explain_missing, require_packages
from oracle_cdc.commands.processor.arguments import add_dlq, add_health, add_invoke, add_logs
from oracle_cdc.errors import CdcError, ExitCode, SettingsError

if TYPE_CHECKING:
    from oracle_cdc.programs import Enabled
    from oracle_cdc.settings.layers import Origins

Page = Mapping[str, Mapping[str, object]]

#: The same words as `description` in pyproject.toml.
DESCRIPTION = (
    "Four pipelines out of Oracle and a monitor: conversations to SQS and back, events to NATS, "
    "row changes to Kinesis and on to EventBridge"
)
EPILOG = (
    "PIPELINES in .env says which of conversations (the default), events, changes and processor "
    "run; the table at the top of README.md, which of them is yours."
)


def no_page() -> Page:
    return {}


@dataclass(frozen=True)
class Origin:
    """How the program was started.

    name: what was typed, for texts of usage.
    directory: where .env and config/config.yaml are looked for. None is the working directory.
    read_page: gives the operator's page of defaults, which only a checkout has.
    page_file: where that page is written.
    """

    name: str = "oracle-cdc"
    directory: Path | None = None
    read_page: Callable[[], Page] = no_page
    page_file: Path | None = None


def main(arguments: Sequence[str] | None = None, origin: Origin | None = None) -> int:
    """Run one command and return its exit code.

    Without arguments the process's own are taken.
    """
    if arguments is None:
        arguments = sys.argv[1:]
    open_missing_streams()
    end_on_sigterm()
    try:
        try:
            return run_arguments(arguments, origin or Origin())
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Who read what was printed has had enough: `status | head -1`.
        drop(sys.stdout)
        return ExitCode.CLOSED_PIPE
    except OSError as error:
        if takes_output():
            raise
        drop(sys.stdout)
        complain(f"❌ standard output: {error.strerror or type(error).__name__}")
        return ExitCode.FAILED


def open_missing_streams() -> None:
    """Open what a daemon, or `>&-`, started the process without, so that it can be used."""
    # In this order: the lowest descriptor that is free is taken, which is the one that is missing.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8"))


def takes_output() -> bool:
    """Return whether standard output takes a line, as a full disk does not."""
    try:
        # What could not be written is not always kept to be tried again.
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True


def drop(stream: TextIO) -> None:
    """Have what is left of an output go nowhere, also at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(text: str) -> None:
    """Write to standard error what is wrong. Where that takes nothing, the exit code has to do."""
    try:
        sys.stderr.write(f"{text}\n")
    except OSError:
        drop(sys.stderr)


def run_arguments(arguments: Sequence[str], origin: Origin) -> int:
    """Read the arguments, run the command, and return its exit code."""
    options = make_parser(origin.name).parse_args(arguments)
    if options.command == "run" and not options.once:
        begin_service()
    try:
        return dispatch(options, origin)
    except SettingsError as error:
        complain(str(error))
        return ExitCode.SETTINGS
    except ModuleNotFoundError as error:
        words = explain_missing(error)
        if words is None:
            raise
        complain(words)
        return ExitCode.SETTINGS
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


@cache
def make_parser(program: str = "oracle-cdc") -> argparse.ArgumentParser:
    """Return what reads the arguments of a program of this name."""
    parser = argparse.ArgumentParser(prog=program, description=f"{DESCRIPTION}.", epilog=EPILOG)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    # After the commands are added, which would take the default from it.
    parser.set_defaults(command="run", once=False)
    run = commands.add_parser("run", help="the service, until SIGTERM or SIGINT (the default)")
    run.add_argument("--once", action="store_true", help="one cycle of each direction, then exit")
    commands.add_parser(
        "check",
        help="test Oracle, what the pipelines need and one dry cycle of each; "
        "sends and writes nothing",
    )
    add_init_tables(commands)
    add_init_stream(commands)
    status = commands.add_parser(
        "status",
        help="ready or not, and of each pipeline how far it is, what waits and what is overdue",
    )
    status.add_argument(
        "--overdue", action="store_true", help="list the calls whose answer is overdue"
    )
    status.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")
    shown = commands.add_parser(
        "settings", help="each variable, its value, and where it was written; no secrets"
    )
    shown.add_argument("--json", action="store_true", dest="as_json", help="as one JSON list")
    add_backfill(commands)
    add_failures(commands)
    add_checkpoint(commands)
    add_dlq(commands)
    add_health(commands)
    add_invoke(commands)
    add_logs(commands)
    add_changes(commands)
    add_extract(commands)
    add_monitor(commands)
    add_demo(commands)
    return parser


def dispatch(options: argparse.Namespace, origin: Origin) -> int:
    """Import and run the chosen command."""
    if options.command == "demo":
        require_packages("demo", "requirements.txt", "moto", "apsw")
        from oracle_cdc.commands.demo import demo

        return demo(options)
    if options.command == "init-tables" and options.print_only:
        from oracle_cdc.commands.init_tables import print_tables

        return print_tables(options.print_only)
    try:
        if options.command == "extract":
            return run_extract(options, origin)
        if options.command == "changes":
            return run_changes(options, origin)
        if options.command == "monitor":
            return run_monitor(options, origin)
        from oracle_cdc.commands.dispatching import is_of_processor, run_command

        if is_of_processor(options):
            options.directory = origin.directory or Path.cwd()
            return run_command(options, read_processor_settings(origin))
        return run_command(options, read_settings(origin))
    except SettingsError:
        raise
    except CdcError as error:
        complain(f"❌ {error}")
        return error.exit_code


def run_extract(options: argparse.Namespace, origin: Origin) -> int:
    """Run the command that needs Oracle's settings only."""
    from oracle_cdc.commands.extract import extract
    from oracle_cdc.programs import load_extraction

    return extract(load_extraction(read_origins(origin)), options)


def run_changes(options: argparse.Namespace, origin: Origin) -> int:
    """Run the command that needs the settings of capturing only."""
    from oracle_cdc.commands.capturing.dispatching import changes

    return changes(read_origins(origin), options)


def run_monitor(options: argparse.Namespace, origin: Origin) -> int:
    """Run the command that needs the settings of the monitor only."""
    from oracle_cdc.commands.monitor import monitor

    return monitor(read_origins(origin), options)


def read_settings(origin: Origin) -> Enabled:
    """Read the layers of settings, for the pipelines that they enable."""
    from oracle_cdc.programs import load_enabled

    return load_enabled(read_origins(origin))


def read_processor_settings(origin: Origin) -> Enabled:
    """Read the layers of settings, for the processor."""
    from oracle_cdc.programs import load_processor

    return load_processor(read_origins(origin))


def read_origins(origin: Origin) -> Origins:
    """Return where the layers of settings are."""
    # It takes longer to import than `--help` may take.
    from oracle_cdc.conversations.settings import ask_store
    from oracle_cdc.settings.layers import Origins
    from oracle_cdc.settings.page import read_page

    env_file = (origin.directory or Path.cwd()) / ".env"
    page = read_page(read_page_of(origin), origin.page_file)
    return Origins(os.environ, env_file, page, ask_store)


def read_page_of(origin: Origin) -> Page:
    """Read the page of defaults, which is edited by hand.

    Raises SettingsError when it is gone, or no Python any more.
    """
    from oracle_cdc.settings.page import PAGE

    # The folder config/ would be imported in its place.
    if origin.page_file is not None and not origin.page_file.is_file():
        raise SettingsError(f"{PAGE} is not there: it belongs beside {origin.name}")
    try:
        return origin.read_page()
    except ImportError:
        raise
    except Exception as error:
        place = PAGE
        if isinstance(error, SyntaxError):
            place = f"{PAGE}, line {error.lineno}"
        raise SettingsError(f"{place} can't be read: {type(error).__name__}: {error}") from error
