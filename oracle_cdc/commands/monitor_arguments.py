"""The arguments of `monitor`: what is looked at, shown, injected and silenced."""

from __future__ import annotations

import argparse
import re

from oracle_cdc.commands.arguments import Commands

#: What can be injected into the stand-in and the embedded lake.
INJECTED = (
    "missing_partition",
    "partial_partition",
    "doubles",
    "changed",
    "stale",
    "lake_ahead",
    "deleted",
    "column_added",
    "zone_shift",
    "unregistered",
    "no_rights",
    "oracle_down",
    "lake_down",
    "both_empty",
    "storm",
)


def add_monitor(commands: Commands) -> None:
    monitor = commands.add_parser(
        "monitor", help="is what Oracle holds also in the lake? Looks, and the page that shows them"
    )
    actions = monitor.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser(
        "run", help="look at each sync in its turn, until a signal ends it; the page"
    )
    actions.add_parser("serve", help="the page alone, of a history that another process writes")
    add_once(actions)
    check = actions.add_parser(
        "check", help="test Oracle, the lake and the history; writes nothing"
    )
    add_sync(check)
    settings = actions.add_parser(
        "settings", help="each variable, its value, and where it was written; no secrets"
    )
    add_json(settings)
    actions.add_parser("seed", help="sample rows in the stand-in of Oracle, and a lake beside it")
    inject = actions.add_parser("inject", help="damage what was seeded, for looks to find")
    inject.add_argument(
        "kind", nargs="?", choices=INJECTED, metavar="KIND", help=", ".join(INJECTED)
    )
    inject.add_argument(
        "--undo", action="store_true", help="all is as it was seeded, whatever was injected"
    )
    add_sync(inject)
    status = actions.add_parser("status", help="how each sync is, as the newest look found it")
    add_json(status)
    add_sync(status)
    drill = actions.add_parser("drill", help="compare the rows of one partition now")
    drill.add_argument("name", metavar="NAME", help="of a sync")
    drill.add_argument("partition", metavar="DAY", help="such as 2026-11-23, or 2026-11-23T05")
    add_json(drill)
    runbook = actions.add_parser("runbook", help="the SQL that heals an issue")
    runbook.add_argument("issue", type=number, metavar="ISSUE", help="its number")
    triage = actions.add_parser("triage", help="what is probably wrong with a sync")
    triage.add_argument("name", metavar="NAME", help="of a sync")
    triage.add_argument(
        "--show-payload", action="store_true", help="what a model would be sent, and no more"
    )
    triage.add_argument(
        "--ask", action="store_true", help="ask Claude now, within its budget; not beside `run`"
    )
    add_silence(actions)
    add_audit(actions)
    actions.add_parser("demo", help="each fault injected, found and healed, in a new directory")


def add_once(actions: Commands) -> None:
    once = actions.add_parser("once", help="one look at each sync, then exit")
    add_sync(once)
    once.add_argument(
        "--fail-on",
        choices=("warning", "critical"),
        help="exit with 6 where a look found that, or worse; UNKNOWN is worse than a warning",
    )


def add_silence(actions: Commands) -> None:
    silence = actions.add_parser("silence", help="no notices for a time, which always ends")
    silence.add_argument(
        "name", nargs="?", metavar="NAME", help="of a sync, or ALL (default: which last)"
    )
    length = silence.add_mutually_exclusive_group()
    length.add_argument("--hours", type=float, metavar="H", help="up to 720")
    length.add_argument("--end", action="store_true", help="end it now")
    silence.add_argument("--reason", metavar="TEXT", help="for those who look")


def add_audit(actions: Commands) -> None:
    audit = actions.add_parser("audit", help="every look there was, also those that failed")
    parts = audit.add_subparsers(dest="part", metavar="PART", required=True)
    listed = parts.add_parser("list", help="the newest looks")
    add_sync(listed)
    listed.add_argument("--limit", type=number, default=50, metavar="N", help="how many (50)")
    shown = parts.add_parser("show", help="one look")
    shown.add_argument("run", type=number, metavar="RUN", help="its number")
    parts.add_parser("verify", help="whether no look was changed or removed")
    export = parts.add_parser("export", help="all looks as NDJSON, the oldest first")
    add_sync(export)


def add_sync(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sync", metavar="NAME", help="this one (default: all)")


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", dest="as_json", help="as JSON")


def number(text: str) -> int:
    """Read a number that a history may have."""
    if not re.fullmatch("[0-9]{1,18}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of at most 18 digits")
    return int(text)
