"""The demo of conversations: from calls that arrive to summaries that balance."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from time import monotonic

import oracledb
from botocore.exceptions import BotoCoreError, ClientError

from oracle_cdc.demo.children import DemoError
from oracle_cdc.demo.conversations.balance import Balance, balance, read_found
from oracle_cdc.demo.conversations.calls import DEFAULT_CALLS, Call, make_calls
from oracle_cdc.demo.conversations.picture import CallsPicture
from oracle_cdc.demo.conversations.recorder import Recorded, Recorder
from oracle_cdc.demo.conversations.report import print_balance, print_connections, print_places
from oracle_cdc.demo.conversations.stack import Stack
from oracle_cdc.demo.conversations.watch import Standing, is_settled, look
from oracle_cdc.demo.endpoint import connect_sqs
from oracle_cdc.demo.stage import LOOK_SECONDS, STALLED_SECONDS, Play, Stage
from oracle_cdc.demo.view import open_view
from oracle_cdc.errors import ExitCode, SettingsError


def prepare_conversations(options: argparse.Namespace) -> Play:
    """Make the calls that will arrive.

    Raises SettingsError when the transcripts can't be used.
    """
    if options.rows is not None:
        raise SettingsError(
            "demo: --rows is for `demo events` and `demo changes`; here it is --calls"
        )
    file = None
    if options.transcripts:
        file = Path(options.transcripts)
    put_in = make_calls(options.calls or DEFAULT_CALLS, file, random.Random())
    run_it = partial(run, put_in=put_in, keep_running=options.keep_running)
    return Play(run_it, (oracledb.Error, BotoCoreError, ClientError))


def run(stage: Stage, put_in: Sequence[Call], *, keep_running: bool) -> int:
    """Start everything, show it until all is settled, and return the exit code."""
    console = stage.console
    console.print(
        "Starting an Oracle stand-in, an SQS server, a simulated ML service "
        "and the service itself ..."
    )
    stack = Stack(stage)
    stack.start_stand_ins()
    stack.start_service()
    recorder = Recorder(stack.connect, put_in)
    try:
        recorder.start()
        watch(stack, recorder.recorded, len(put_in))
    finally:
        recorder.close()
    is_balanced = take_stock(stack, recorder.recorded)
    if keep_running:
        print_connections(console, stack)
        stage.wait_for_signal()
    is_clean = stage.end_service()
    print_places(console, stack)
    stage.say_how_long()
    if is_balanced and is_clean:
        return ExitCode.DONE
    return ExitCode.FAILED


def watch(stack: Stack, recorded: Recorded, call_count: int) -> None:
    """Show how things stand until all is settled, or nothing moves any more."""
    sqs, source = connect_sqs(stack.queues.endpoint), stack.connect()
    view = open_view(stack.stage.console)
    try:
        last, moved_at = Standing(), monotonic()
        while monotonic() - moved_at < STALLED_SECONDS:
            stack.children.check()
            if recorded.error is not None:
                raise DemoError(f"the recorder failed: {recorded.error}")
            standing = look(source, recorded, sqs, stack.outbound, stack.results)
            view.show(CallsPicture(standing, list(recorded.latest), call_count))
            if is_settled(standing, recorded):
                return
            if standing != last:
                last, moved_at = standing, monotonic()
            stack.stage.signals.pause(LOOK_SECONDS)
    finally:
        view.close()
        source.close()
        sqs.close()


def take_stock(stack: Stack, recorded: Recorded) -> bool:
    """Print what came back, and return whether it balances."""
    found = judge(stack, recorded)
    console = stack.stage.console
    print_balance(console, found)
    if not recorded.is_finished:
        console.print(
            "does not balance: not every segment could be put in, "
            "because a call never had its answer"
        )
    return recorded.is_finished and not found.mistakes


def judge(stack: Stack, recorded: Recorded) -> Balance:
    """Hold everything that came back against what was put in."""
    with closing(stack.connect()) as source:
        return balance(recorded.segments, read_found(source, stack.received))
