"""Arguments to commands to exit codes. Nothing heavy is imported before a command is chosen."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from oracle_cdc.arguments import add_backfill, add_checkpoint, add_failures
from oracle_cdc.errors import CdcError, SettingsError

if TYPE_CHECKING:
    from oracle_cdc.settings import Settings

USAGE = 2
#: As a shell tells of a program that SIGPIPE ended.
CLOSED_PIPE = 141

DESCRIPTION = "Sends whole conversations from an Oracle table to AWS SQS and writes the ML service's answers back."


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        try:
            return run_arguments(arguments)
        finally:
            # A daemon can be started without one.
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        # Who read what was printed has had enough: `status | head -1`. What is left must not be written at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE


def run_arguments(arguments: Sequence[str]) -> int:
    options = make_parser().parse_args(arguments)
    try:
        return dispatch(options)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cdc_service.py", description=DESCRIPTION)
    parser.set_defaults(command="run", once=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    run = commands.add_parser("run", help="the service, until SIGTERM or SIGINT (the default)")
    run.add_argument("--once", action="store_true", help="one cycle of each direction, then exit")
    commands.add_parser(
        "check", help="test Oracle, SQS, tables and one dry cycle; sends and writes nothing"
    )
    tables = commands.add_parser(
        "init-tables", help="create what is missing, by init_oracle_tables.sql"
    )
    tables.add_argument(
        "--print", action="store_true", dest="print_only", help="only show the SQL, for the DBA"
    )
    status = commands.add_parser(
        "status", help="watermark, states, queues, overdue answers, leases"
    )
    status.add_argument(
        "--overdue", action="store_true", help="list the calls whose answer is overdue"
    )
    status.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")
    add_backfill(commands)
    add_failures(commands)
    add_checkpoint(commands)
    demo = commands.add_parser(
        "demo", help="the whole system on this machine, on embedded stand-ins"
    )
    demo.add_argument("--calls", type=positive, metavar="N", help="how many sample calls arrive")
    demo.add_argument(
        "--keep-running", action="store_true", help="leave everything running until Ctrl+C"
    )
    demo.add_argument(
        "--transcripts", metavar="FILE", help="real conversations: FILE.jsonl or FILE.jsonl.gz"
    )
    return parser


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of calls; 1 or more")
    return number


def require_packages(*names: str) -> None:
    """Raises SettingsError when only the production requirements are installed."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise SettingsError(f"demo needs {', '.join(missing)}: pip install -r requirements.txt")


def dispatch(options: argparse.Namespace) -> int:
    """Import and run the chosen command."""
    if options.command == "demo":
        require_packages("moto", "apsw")
        from oracle_cdc.commands.demo import demo

        return demo(
            calls=options.calls, keep_running=options.keep_running, transcripts=options.transcripts
        )
    if options.command == "init-tables" and options.print_only:
        from oracle_cdc.commands.tables import print_tables

        return print_tables()
    settings = read_settings()
    try:
        return run_command(options, settings)
    except SettingsError:
        raise
    except CdcError as error:
        sys.stderr.write(f"❌ {error}\n")
        return error.exit_code


def read_settings() -> Settings:
    """Raises SettingsError, also when config.py, which is edited by hand, is no Python any more."""
    try:
        from config import load_settings
    except ImportError:
        raise
    except Exception as error:
        place = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise SettingsError(
            f"config.py{place} can't be read: {type(error).__name__}: {error}"
        ) from error
    return load_settings()


def run_command(options: argparse.Namespace, settings: Settings) -> int:
    """A command that needs settings."""
    if options.command == "check":
        from oracle_cdc.commands.check import check

        return check(settings)
    if options.command == "init-tables":
        from oracle_cdc.commands.tables import init_tables

        return init_tables(settings)
    if options.command == "status":
        from oracle_cdc.commands.status import status

        return status(settings, overdue=options.overdue, as_json=options.as_json)
    if options.command == "backfill":
        from oracle_cdc.commands.backfill import backfill

        return backfill(settings, options)
    if options.command == "failures":
        from oracle_cdc.commands.failures import failures

        return failures(settings, options)
    if options.command == "checkpoint":
        from oracle_cdc.commands.checkpoint import checkpoint

        return checkpoint(settings, options)
    from oracle_cdc.commands.run import run

    return run(settings, once=options.once)
