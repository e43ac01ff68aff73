"""The demo of everything at once: all pipelines and the monitor, on one Oracle."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from contextlib import closing
from functools import partial
from time import monotonic

from oracle_cdc.demo.all.incidents import Incidents
from oracle_cdc.demo.all.picture import WholePicture
from oracle_cdc.demo.all.plan import Plan, make_plan
from oracle_cdc.demo.all.report import (
    print_balances,
    print_connections,
    print_growth,
    print_places,
)
from oracle_cdc.demo.all.soak import Soak
from oracle_cdc.demo.all.stack import Stack
from oracle_cdc.demo.all.work import FAILURES, Standings, Work
from oracle_cdc.demo.changes.canaries import Canaries
from oracle_cdc.demo.events.play import require_servers
from oracle_cdc.demo.stage import STALLED_SECONDS, Play, Stage
from oracle_cdc.demo.view import View, open_view
from oracle_cdc.errors import ExitCode, SettingsError


def prepare_all(options: argparse.Namespace) -> Play:
    """Look for the servers.

    Raises DemoError when one is not installed, and SettingsError for what is not for this demo.
    """
    if options.transcripts:
        raise SettingsError("demo all: --transcripts is for conversations")
    plan = make_plan(options.calls, options.rows, options.minutes)
    require_servers()
    return Play(partial(run, plan=plan, keep_running=options.keep_running), FAILURES)


def run(stage: Stage, *, plan: Plan, keep_running: bool) -> int:
    """Start everything, show it until all is settled and well, and return the exit code."""
    console = stage.console
    console.print(
        "Starting an Oracle stand-in, one of AWS, an SQS server, a nats-server, a mariadbd, "
        "a simulated ML service, two consumers, a loader, the service as two processes, "
        "and the monitor ..."
    )
    # In which the monitor takes the plain times of the source to be.
    os.environ["TZ"] = "UTC"
    stack = Stack(stage)
    stack.start_servers()
    canaries = Canaries(plan.chance)
    stack.capture(canaries, plan.chance)
    console.print(f"{len(stack.changes.tables)} tables of CoreDB are captured")
    stack.start_service(plan.day_seconds)
    console.print(f"The monitor's page: {stack.monitor.url}")
    with closing(Work(stack, plan, canaries)) as work:
        is_balanced = play(stack, work, plan, canaries)
    if keep_running:
        print_connections(console, stack)
        stage.wait_for_signal()
    is_clean = True
    for program in stack.programs:
        is_clean &= stage.end_program(program)
    print_places(console, stack)
    stage.say_how_long()
    if is_balanced and is_clean:
        return ExitCode.DONE
    return ExitCode.FAILED


def play(stack: Stack, work: Work, plan: Plan, canaries: Canaries) -> bool:
    """Write, have everything happen, cure the dead letters, and return whether all is well."""
    incidents = Incidents(stack, work, plan)
    soak = Soak(plan.seconds, stack.programs, stack.stores, stack.say)
    with closing(open_view(stack.stage.console, plan.line_seconds)) as view:
        show = partial(watch, stack, work, view, plan.look_seconds)

        def is_settled(standings: Standings) -> bool:
            incidents.go_on()
            if plan.is_long:
                soak.note(standings)
            return incidents.is_over and work.is_settled(standings)

        work.start()
        show(is_settled)
        incidents.of_changes.end()
        incidents.cure()
        show(work.is_over)
    is_well = print_balances(stack, work, incidents, canaries)
    grown: list[str] = []
    if plan.is_long:
        grown = [*soak.find_growth()]
        print_growth(stack.stage.console, grown)
    return is_well and not grown


def watch(
    stack: Stack,
    work: Work,
    view: View,
    look_seconds: float,
    is_done: Callable[[Standings], bool],
) -> None:
    """Show how things stand until it is done, or nothing moves any more."""
    last, moved_at = work.last, monotonic()
    while monotonic() - moved_at < STALLED_SECONDS:
        stack.stage.children.check()
        standings = work.look()
        view.show(WholePicture(standings, len(work.calls), stack.monitor.url))
        if is_done(standings):
            return
        if standings != last:
            last, moved_at = standings, monotonic()
        stack.stage.signals.pause(look_seconds)
