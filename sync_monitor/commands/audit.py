"""`monitor audit`: every look there was, and whether the chain over them is whole."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from functools import partial

from oracle_cdc.errors import ExitCode
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.as_json import look_as_json
from sync_monitor.commands.shared.history import reading_history
from sync_monitor.commands.shared.in_words import line_of
from sync_monitor.history import queries
from sync_monitor.history.chain import verify
from sync_monitor.history.reader import Reader
from sync_monitor.verdicts import Look
from sync_monitor.web.json_objects import moment

LOOKS_AT_ONCE = 1000


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Print a part of the audit trail, and return the exit code: 1 where the chain is broken."""
    with reading_history(settings) as reader:
        return show(reader, options)


def show(reader: Reader, options: Namespace) -> ExitCode:
    """Print the part that is asked for."""
    if options.part == "verify":
        return show_verification(reader)
    if options.part == "show":
        return show_one(reader, options.run)
    if options.part == "export":
        for look in oldest_first(reader, options.sync):
            sys.stdout.write(json.dumps(look_as_json(look), ensure_ascii=False) + "\n")
        return ExitCode.DONE
    found = reader.read(
        lambda connection: queries.looks(connection, options.sync, limit=max(1, options.limit))
    )
    for look in found:
        cost = look.cost
        sys.stdout.write(
            f"{look.run_id:>8} {moment(look.began)} {look.trigger.value:8} {line_of(look)}; "
            f"{cost.oracle_statements} + {cost.lake_statements} statements\n"
        )
    return ExitCode.DONE


def show_verification(reader: Reader) -> ExitCode:
    """Print whether the chain is whole."""
    found = reader.read(verify)
    if not found.is_whole:
        sys.stdout.write(f"the chain is broken: {found.fault}\n")
        return ExitCode.FAILED
    sys.stdout.write(f"the chain is whole: {found.looks:,} looks, {found.anchors:,} anchors\n")
    return ExitCode.DONE


def show_one(reader: Reader, run_id: int) -> ExitCode:
    """Print one look."""
    look = reader.read(lambda connection: queries.look(connection, run_id))
    if look is None:
        sys.stderr.write(f"there is no look {run_id}, or it is too old\n")
        return ExitCode.FAILED
    sys.stdout.write(json.dumps(look_as_json(look), indent=2, ensure_ascii=False) + "\n")
    return ExitCode.DONE


def oldest_first(reader: Reader, sync: str | None) -> Iterator[Look]:
    """Yield all looks, some at a time."""
    after = 0
    while True:
        ask = partial(queries.looks_after, run_id=after, sync=sync, limit=LOOKS_AT_ONCE)
        found = reader.read(ask)
        if not found:
            return
        yield from found
        after = found[-1].run_id or after
