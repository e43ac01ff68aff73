"""The arguments of the commands that have many: history, what was set aside, watermarks ..."""

from __future__ import annotations

import argparse
import re
from datetime import datetime
from typing import Protocol

from oracle_cdc.instants import read_time


class Commands(Protocol):
    """What argparse's add_subparsers returns, which has no public name."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser: ...


def add_backfill(commands: Commands) -> None:
    backfill = commands.add_parser(
        "backfill",
        help="older calls, once, or events of a stretch once more, in the foreground",
    )
    backfill.add_argument(
        "--pipeline",
        choices=("conversations", "events"),
        help="of which pipeline (default: the only one of PIPELINES, or conversations)",
    )
    backfill.add_argument(
        "--from",
        type=moment,
        required=True,
        dest="start",
        metavar="D",
        help="YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS",
    )
    backfill.add_argument(
        "--to",
        type=moment,
        dest="end",
        metavar="D",
        help="not included; else the start of coverage, of events the watermark",
    )
    backfill.add_argument(
        "--rate",
        type=rate,
        metavar="N",
        help="calls or events a second at most; 0 = no limit",
    )
    backfill.add_argument(
        "--resend", action="store_true", help="send calls again that were sent before"
    )
    backfill.add_argument(
        "--replace", action="store_true", help="give up another job of calls that is unfinished"
    )


def add_init_tables(commands: Commands) -> None:
    tables = commands.add_parser(
        "init-tables",
        help="create the tables that are missing, in Oracle, for events in MariaDB, "
        "for the processor in DynamoDB",
    )
    tables.add_argument(
        "--print",
        nargs="?",
        choices=("oracle", "mariadb"),
        const="oracle",
        dest="print_only",
        help="only show the SQL, for the DBA (default oracle)",
    )


def add_demo(commands: Commands) -> None:
    demo = commands.add_parser(
        "demo", help="the whole system on this machine, on embedded stand-ins"
    )
    demo.add_argument(
        "subject",
        nargs="?",
        choices=("conversations", "events", "changes", "all"),
        default="conversations",
        help="to SQS and back (the default), rows to NATS, row changes to EventBridge, "
        "or all of them at once with the monitor",
    )
    demo.add_argument(
        "--calls", type=positive, metavar="N", help="conversations: how many sample calls arrive"
    )
    demo.add_argument(
        "--rows",
        type=positive,
        metavar="N",
        help="events: how many rows are written; changes: how many are changed",
    )
    demo.add_argument(
        "--minutes",
        type=float,
        metavar="N",
        help="all: a long run, in which nothing may grow (an hour: 60)",
    )
    demo.add_argument(
        "--keep-running", action="store_true", help="leave everything running until Ctrl+C"
    )
    demo.add_argument(
        "--transcripts",
        metavar="FILE",
        help="conversations: real ones, FILE.jsonl or FILE.jsonl.gz",
    )


def positive(text: str) -> int:
    """Read a number of calls or rows."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def add_failures(commands: Commands) -> None:
    failures = commands.add_parser(
        "failures", help="what was set aside: list, show, replay, discard"
    )
    actions = failures.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="all of it, without bodies")
    listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON array")
    show = actions.add_parser("show", help="one of them")
    show.add_argument("id", type=failure_id, metavar="ID", help="32 hex digits")
    show.add_argument("--body", action="store_true", help="with its body, which is private")
    show.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")
    add_choice(
        actions.add_parser(
            "replay",
            help="try again: calls and events from their tables, results from their bodies",
        )
    )
    add_choice(actions.add_parser("discard", help="delete for good"))


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add what says which failures are meant."""
    parser.add_argument("ids", nargs="*", type=failure_id, metavar="ID", help="32 hex digits")
    parser.add_argument("--call", metavar="CALL", help="of this call")
    parser.add_argument(
        "--older-than", type=days, metavar="DAYS", help="that failed longer ago than this"
    )
    parser.add_argument("--all", action="store_true", help="all of them")
    add_yes(parser)


def add_checkpoint(commands: Commands) -> None:
    checkpoint = commands.add_parser(
        "checkpoint",
        help="the watermarks: show, reset; of the processor's shards: status, reset --processor",
    )
    actions = checkpoint.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="of both modes of conversations")
    show.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")
    status = actions.add_parser("status", help="of each shard that the processor reads")
    status.add_argument("--processor", metavar="P", help="of this name (default PROCESSOR_ID)")
    status.add_argument("--json", action="store_true", dest="as_json", help="as one JSON object")
    reset = actions.add_parser("reset", help="read a stretch again, or give one up")
    reset.add_argument("mode", nargs="?", choices=("normal", "historical"), help="of conversations")
    reset.add_argument("--processor", metavar="P", help="of the processor with this name")
    reset.add_argument("--shard", metavar="S", help="of this shard alone")
    reset.add_argument(
        "--to",
        metavar="WHERE",
        help="of a mode: a TIMESTAMP in the time of TEXT_TIME; of a processor: trim-horizon (the "
        "default), latest, a sequence number, or a time with its zone",
    )
    add_yes(reset)


def add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def failure_id(text: str) -> str:
    """Read the id of a failure."""
    if not re.fullmatch("[0-9A-Fa-f]{32}", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no ID; 32 hex digits, as `failures list` shows them"
        )
    return text.upper()


def rate(text: str) -> float:
    """Read a number of calls or events a second."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number a second; 0 (no limit) to 1000000")
    return number


def days(text: str) -> float:
    """Read a number of days."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 36_500:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days; 0 to 36500")
    return number


def moment(text: str) -> datetime:
    """Read YYYY-MM-DD, with THH:MM:SS and a fraction if wanted.

    There is never an offset, because the source's times have none.
    """
    try:
        found = read_time(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, without an offset"
        )
    return found
