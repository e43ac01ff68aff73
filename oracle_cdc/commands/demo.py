"""`demo`: the whole system on this machine, from calls that arrive to summaries that balance."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import oracledb
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from oracle_cdc.demo.balance import balance, read_found
from oracle_cdc.demo.calls import DEFAULT_CALLS, Call, make_calls
from oracle_cdc.demo.children import DemoError, Interrupted, Signals
from oracle_cdc.demo.endpoint import connect_sqs, isolate
from oracle_cdc.demo.recorder import Recorded, Recorder
from oracle_cdc.demo.report import print_balance, print_connections, print_places
from oracle_cdc.demo.stack import Stack
from oracle_cdc.demo.view import make_console, open_view
from oracle_cdc.demo.watch import Standing, is_settled, look
from oracle_cdc.errors import ExitCode

LOOK_SECONDS = 0.5
#: When nothing has moved for this time, what is missing will not come.
STALLED_SECONDS = 40.0


def demo(*, calls: int | None, keep_running: bool, transcripts: str | None) -> int:
    """Run the demo, and return the exit code: 0 if everything balances.

    Raises SettingsError when the transcripts can't be used.
    """
    file = None
    if transcripts:
        file = Path(transcripts)
    put_in = make_calls(calls or DEFAULT_CALLS, file, random.Random())
    console, signals = make_console(), Signals()
    signals.install()
    isolate()
    directory = Path(tempfile.mkdtemp(prefix="oracle-cdc-demo-"))
    stack = Stack(directory, signals)
    try:
        return run(stack, console, signals, put_in, keep_running=keep_running)
    except Interrupted as interrupted:
        console.print(f"Ended by signal {interrupted.number}; files are in {directory}")
        return 128 + interrupted.number
    except BrokenPipeError:
        raise
    except (DemoError, oracledb.Error, BotoCoreError, ClientError, OSError) as error:
        sys.stderr.write(f"❌ demo: {error}\nIts files are in {directory}\n")
        return ExitCode.FAILED
    finally:
        stack.close()


def run(
    stack: Stack, console: Console, signals: Signals, put_in: Sequence[Call], *, keep_running: bool
) -> int:
    """Start everything, show it until all is settled, and return the exit code."""
    started_at = monotonic()
    console.print(
        "Starting an Oracle stand-in, an SQS server, a simulated ML service "
        "and the service itself ..."
    )
    stack.start_stand_ins()
    stack.start_service()
    recorder = Recorder(stack.connect, put_in)
    try:
        recorder.start()
        watch(stack, console, signals, recorder.recorded, len(put_in))
    finally:
        recorder.close()
    is_balanced = take_stock(stack, console, recorder.recorded)
    if keep_running:
        print_connections(console, stack)
        wait_for_signal(stack, signals)
    is_clean = end_service(stack, console)
    print_places(console, stack)
    console.print(f"Took {monotonic() - started_at:.0f} s")
    if is_balanced and is_clean:
        return ExitCode.DONE
    return ExitCode.FAILED


def watch(
    stack: Stack, console: Console, signals: Signals, recorded: Recorded, call_count: int
) -> None:
    """Show how things stand until all is settled, or nothing moves any more."""
    sqs, dba = connect_sqs(stack.endpoint), stack.connect()
    view = open_view(console, call_count)
    try:
        last, moved_at = Standing(), monotonic()
        while monotonic() - moved_at < STALLED_SECONDS:
            stack.children.check()
            if recorded.error is not None:
                raise DemoError(f"the recorder failed: {recorded.error}")
            standing = look(dba, recorded, sqs, stack.outbound, stack.results)
            view.show(standing, recorded)
            if is_settled(standing, recorded):
                return
            if standing != last:
                last, moved_at = standing, monotonic()
            signals.pause(LOOK_SECONDS)
    finally:
        view.close()
        dba.close()
        sqs.close()


def take_stock(stack: Stack, console: Console, recorded: Recorded) -> bool:
    """Print what came back, and return whether it balances."""
    dba = stack.connect()
    try:
        found = balance(recorded.segments, read_found(dba, stack.received))
    finally:
        dba.close()
    print_balance(console, found)
    if not recorded.is_finished:
        console.print(
            "does not balance: not every segment could be put in, "
            "because a call never had its answer"
        )
    return recorded.is_finished and not found.mistakes


def wait_for_signal(stack: Stack, signals: Signals) -> None:
    while not signals.stop.wait(LOOK_SECONDS):
        stack.children.check()


def end_service(stack: Stack, console: Console) -> bool:
    """End the service by SIGTERM, and return whether it ended well."""
    started_at = monotonic()
    code = stack.end_service()
    seconds = monotonic() - started_at
    console.print(f"The service ended on SIGTERM within {seconds:.1f} s with exit code {code}")
    return code == ExitCode.DONE
