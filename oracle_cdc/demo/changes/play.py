"""The demo of row changes: from transactions that are written to a consumer with the same rows."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from time import monotonic

import oracledb
from botocore.exceptions import BotoCoreError, ClientError

from oracle_cdc.demo.changes.balance import Balance, Found, balance
from oracle_cdc.demo.changes.canaries import Canaries, find_canaries
from oracle_cdc.demo.changes.dead_letters import Letter
from oracle_cdc.demo.changes.incidents import Incidents
from oracle_cdc.demo.changes.picture import ChangesPicture
from oracle_cdc.demo.changes.report import print_balance, print_connections, print_places
from oracle_cdc.demo.changes.stack import Stack
from oracle_cdc.demo.changes.tables import cure
from oracle_cdc.demo.changes.transactions import (
    DEFAULT_CHANGES,
    FEWEST_CHANGES,
    make_transactions,
)
from oracle_cdc.demo.changes.watch import Observer, Standing, read_received
from oracle_cdc.demo.changes.writers import Writers
from oracle_cdc.demo.children import DemoError
from oracle_cdc.demo.program import Program
from oracle_cdc.demo.report import print_mistakes
from oracle_cdc.demo.stage import LOOK_SECONDS, STALLED_SECONDS, Play, Stage
from oracle_cdc.demo.view import View, open_view
from oracle_cdc.errors import ExitCode, SettingsError


def prepare_changes(options: argparse.Namespace) -> Play:
    """Look at the options. Raises SettingsError for what is not for row changes."""
    if options.calls is not None or options.transcripts:
        raise SettingsError("demo changes: --calls and --transcripts are for conversations")
    count = options.rows or DEFAULT_CHANGES
    if count < FEWEST_CHANGES:
        raise SettingsError(f"demo changes: --rows is {count}, of at least {FEWEST_CHANGES}")
    run_it = partial(run, count=count, keep_running=options.keep_running)
    return Play(run_it, (oracledb.Error, BotoCoreError, ClientError))


def run(stage: Stage, *, count: int, keep_running: bool) -> int:
    """Start everything, show it until all is settled, and return the exit code."""
    console = stage.console
    console.print(
        "Starting an Oracle stand-in, one of AWS, an SQS server, a consumer "
        "and the service itself, twice ..."
    )
    stack = Stack(stage, Program(stage.directory / "shipper", stage.children, "shipper"))
    stack.start_stand_ins()
    chance = random.Random()
    canaries = Canaries(chance)
    stack.capture(canaries, chance)
    console.print(f"{len(stack.tables)} tables are captured")
    work = make_transactions(stack.tables, count, canaries, chance)
    stack.start_service()
    with (
        closing(Writers(stack.connect, work)) as writers,
        closing(Observer(stack, writers)) as observer,
    ):
        is_balanced = play(stack, observer, canaries)
    if keep_running:
        print_connections(console, stack)
        stage.wait_for_signal()
    is_clean = stage.end_program(stack.shipper)
    is_clean &= stage.end_program(stack.processor)
    print_places(console, stack)
    stage.say_how_long()
    if is_balanced and is_clean:
        return ExitCode.DONE
    return ExitCode.FAILED


def play(stack: Stack, observer: Observer, canaries: Canaries) -> bool:
    """Write, cure the dead letters, and return whether it balances."""
    incidents = Incidents(stack, observer)
    view = open_view(stack.stage.console)
    with closing(view):
        incidents.begin()
        observer.writers.start()
        show(stack, observer, view, incidents.happen, observer.is_settled)
        incidents.end()
        letters = [*stack.letters.read_all().values()]
        cure_letters(stack)
        show(stack, observer, view, lambda standing: None, observer.is_cured)
    return take_stock(stack, observer, incidents, letters, canaries)


def show(
    stack: Stack,
    observer: Observer,
    view: View,
    happen: Callable[[Standing], None],
    is_done: Callable[[Standing], bool],
) -> None:
    """Show how things stand until it is done, or nothing moves any more."""
    last, moved_at = Standing(0), monotonic()
    while monotonic() - moved_at < STALLED_SECONDS:
        stack.children.check()
        error = observer.writers.written.error
        if error is not None:
            raise DemoError(f"a writer failed: {error}")
        standing = observer.look()
        view.show(ChangesPicture(standing))
        if is_done(standing):
            return
        happen(standing)
        if standing != last:
            last, moved_at = standing, monotonic()
        stack.stage.signals.pause(LOOK_SECONDS)


def cure_letters(stack: Stack) -> None:
    """Set right what made dead letters, and have them processed once more."""
    stack.processor.end()
    settings = stack.processor_settings(cure(stack.transformers, stack.tables))
    stack.processor.configure(settings)
    stack.processor.start()
    said = stack.processor.call("dlq", "process")
    stack.stage.console.print(
        f"         TABLE_TRANSFORMERS is put right, dlq process: {said.strip()}"
    )


def take_stock(
    stack: Stack,
    observer: Observer,
    incidents: Incidents,
    letters: list[Letter],
    canaries: Canaries,
) -> bool:
    """Print where the changes are, and return whether it balances."""
    result = judge(stack, observer, letters)
    console = stack.stage.console
    print_balance(console, result, canaries.count)
    missed = [*incidents.find_missed()]
    if not observer.writers.is_finished:
        missed.append("not every change could be written")
    if not letters:
        missed.append("there were no dead letters")
    print_mistakes(console, missed)
    return not missed and not result.mistakes


def judge(stack: Stack, observer: Observer, letters: list[Letter]) -> Balance:
    """Hold everything that came out against Oracle."""
    rows = {table.name: observer.database.read_table(table) for table in stack.tables}
    images = []
    for key, image in json.loads(stack.rows.read_text(encoding="utf-8")).items():
        images.append((json.loads(key)[0], image))
    outside = 0
    for text in read_outside(stack, letters):
        outside += len([*find_canaries(text)])
    found = Found(
        tables=stack.tables,
        committed=observer.writers.written.changes,
        snapshot_count=observer.snapshot_count,
        rows=rows,
        details=observer.details,
        deliveries=read_received(stack.received),
        letters=letters,
        left=stack.letters.count(),
        images=images,
        canaries_outside=outside,
    )
    return balance(found)


def read_outside(stack: Stack, letters: list[Letter]) -> Iterator[str]:
    """Yield everything that is outside Oracle: in AWS, in the queue, in files."""
    yield from stack.pages.read_all()
    for letter in letters:
        yield letter.document
    files = [*stack.stage.logs.rglob("*.log"), stack.received, stack.rows]
    for child in stack.children.running:
        files += [child.output, child.errors]
    for file in files:
        yield file.read_text(encoding="utf-8", errors="replace")
