"""The demo of events: from rows that are written to a balance of their ids."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from time import monotonic

import nats.errors
import oracledb
import pymysql

from oracle_cdc.demo.children import DemoError
from oracle_cdc.demo.events import mariadbserver, natsserver
from oracle_cdc.demo.events.balance import Balance, Found, balance, read_received
from oracle_cdc.demo.events.incidents import Incidents
from oracle_cdc.demo.events.picture import RowsPicture
from oracle_cdc.demo.events.report import (
    print_balance,
    print_connections,
    print_places,
    print_progress,
)
from oracle_cdc.demo.events.rows import DEFAULT_ROWS, FEWEST_ROWS, Transaction, make_transactions
from oracle_cdc.demo.events.stack import PROGRAM, STREAM, SUBJECT, Stack
from oracle_cdc.demo.events.streams import Streams
from oracle_cdc.demo.events.watch import Standing, look
from oracle_cdc.demo.events.writers import Writers
from oracle_cdc.demo.report import print_mistakes
from oracle_cdc.demo.stage import LOOK_SECONDS, STALLED_SECONDS, Play, Stage
from oracle_cdc.demo.view import open_view
from oracle_cdc.errors import ExitCode, SettingsError

#: The pipeline, as `failures list` names it.
EVENTS = "events"
#: The stream is full when it has a part of the rows, in the middle of the writing.
FULL_PART = 3
MARIADB_MISSING = (
    "mariadbd is not installed, and the progress of events is kept there. On Debian and Ubuntu, as "
    "root: apt-get install --no-install-recommends mariadb-server-core"
)
NATS_MISSING = (
    "nats-server is not installed, which takes the events: pip install -r requirements.txt, or "
    "pip install 'oracle-cdc-sqs[demo]' outside a checkout"
)


def prepare_events(options: argparse.Namespace) -> Play:
    """Look for the servers, and make the rows that will be written.

    Raises DemoError when a server is not installed, and SettingsError for what is not for events.
    """
    if options.calls is not None or options.transcripts:
        raise SettingsError("demo events: --calls and --transcripts are for conversations")
    row_count = options.rows or DEFAULT_ROWS
    if row_count < FEWEST_ROWS:
        raise SettingsError(f"demo events: --rows is {row_count}, of at least {FEWEST_ROWS}")
    require_servers()
    transactions = make_transactions(row_count, random.Random())
    run_it = partial(run, transactions=transactions, keep_running=options.keep_running)
    return Play(run_it, (oracledb.Error, pymysql.Error, nats.errors.Error))


def require_servers() -> None:
    """Raise DemoError for servers that are not installed."""
    missing = []
    if mariadbserver.PROGRAM is None:
        missing.append(MARIADB_MISSING)
    if natsserver.PROGRAM is None:
        missing.append(NATS_MISSING)
    if missing:
        raise DemoError("\n".join(missing))


def run(stage: Stage, transactions: Sequence[Transaction], *, keep_running: bool) -> int:
    """Start everything, show it until all is settled, and return the exit code."""
    console = stage.console
    console.print(
        "Starting an Oracle stand-in, a nats-server, a mariadbd, a consumer "
        "and the service itself ..."
    )
    stack = Stack(stage)
    writers = Writers(stack.connect, transactions)
    bound = writers.row_count // FULL_PART
    stack.start_servers(bound)
    stack.start_service()
    with closing(stack.administer()) as streams:
        incidents = Incidents(stack, streams, writers, bound)
        with closing(writers):
            writers.start()
            watch(stack, writers, streams, incidents)
        is_balanced = take_stock(stack, writers, streams, incidents)
    if keep_running:
        print_connections(console, stack)
        stage.wait_for_signal()
    is_clean = stage.end_service()
    print_places(console, stack)
    stage.say_how_long()
    if is_balanced and is_clean:
        return ExitCode.DONE
    return ExitCode.FAILED


def watch(stack: Stack, writers: Writers, streams: Streams, incidents: Incidents) -> None:
    """Show how things stand until all is settled, or nothing moves any more."""
    view = open_view(stack.stage.console)
    with closing(view):
        last, moved_at = Standing(0), monotonic()
        while monotonic() - moved_at < STALLED_SECONDS:
            stack.children.check()
            if writers.written.error is not None:
                raise DemoError(f"a writer failed: {writers.written.error}")
            standing = look(stack, writers, streams)
            view.show(RowsPicture(standing))
            if standing.is_settled and incidents.happened.is_killed:
                return
            incidents.happen(standing)
            if standing != last:
                last, moved_at = standing, monotonic()
            stack.stage.signals.pause(LOOK_SECONDS)


def take_stock(stack: Stack, writers: Writers, streams: Streams, incidents: Incidents) -> bool:
    """Print where the rows are, and return whether it balances."""
    result = judge(stack, writers, streams)
    console = stack.stage.console
    print_balance(console, result, [*writers.written.late.values()])
    print_progress(console, stack.store.read_progress())
    missed = [*incidents.happened.find_missed()]
    if not writers.is_finished:
        missed.append("not every row could be written")
    print_mistakes(console, missed)
    return not missed and not result.mistakes


def cure_rows(stack: Stack) -> None:
    """Have the server take larger messages, and what was set aside published."""
    if not stack.is_widened:
        stack.widen()
    program = stack.program
    ids: list[str] = []
    for failure in json.loads(program.call("failures", "list", "--json")):
        if failure["pipeline"] == EVENTS:
            ids.append(failure["id"])
    if not ids:
        return
    said = program.call("failures", "replay", *ids, "--yes").splitlines()[-1]
    stack.stage.console.print(f"         NATS takes larger messages, failures replay: {said}")


def judge(stack: Stack, writers: Writers, streams: Streams) -> Balance:
    """Hold everything that came out against the table."""
    written = writers.written.rows
    if stack.is_widened:
        written = {id: replace(row, is_too_large=False) for id, row in written.items()}
    with closing(stack.connect()) as table:
        rows = table.read()
    found = Found(
        program=PROGRAM,
        subject=SUBJECT,
        written=written,
        table=rows,
        stored=streams.messages(STREAM),
        received=read_received(stack.received),
        set_aside=stack.store.read_set_aside(),
    )
    return balance(found)
