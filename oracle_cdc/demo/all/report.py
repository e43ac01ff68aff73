"""The end of the demo of all: a balance for each pipeline, the page, and where everything is."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from oracle_cdc.demo.all.incidents import Incidents
from oracle_cdc.demo.all.stack import Stack
from oracle_cdc.demo.all.work import Work
from oracle_cdc.demo.changes import play as changes
from oracle_cdc.demo.changes import report as changes_report
from oracle_cdc.demo.changes.canaries import Canaries
from oracle_cdc.demo.conversations import play as conversations
from oracle_cdc.demo.conversations import report as conversations_report
from oracle_cdc.demo.events import play as events
from oracle_cdc.demo.events import report as events_report
from oracle_cdc.demo.report import ask_line, oracle_lines, print_lines, print_mistakes


def print_balances(stack: Stack, work: Work, incidents: Incidents, canaries: Canaries) -> bool:
    """Print a balance for each pipeline and the page, and return whether all is well."""
    console = stack.stage.console
    recorded = work.recorder.recorded
    calls = conversations.judge(stack.conversations, recorded)
    console.print("\nConversations")
    conversations_report.print_counts(console, calls)
    rows = events.judge(stack.events, work.row_writers, work.streams)
    console.print("\nEvents")
    events_report.print_balance(console, rows, [*work.row_writers.written.late.values()])
    moved = changes.judge(stack.changes, work.observer, incidents.letters)
    console.print()
    changes_report.print_balance(console, moved, canaries.count)
    console.print("\nMonitor")
    states = work.last.pages
    for name, severity in states.items():
        console.print(f"  {name:<18}{severity}")
    missed = [*incidents.find_missed()]
    if not work.last.is_well:
        missed.append("the page is not green")
    if not work.is_written:
        missed.append("not everything could be written")
    print_mistakes(console, missed)
    if not missed:
        console.print(f"The page is green: {len(states)} syncs, each measured and well")
    return not any((missed, calls.mistakes, rows.mistakes, moved.mistakes))


def print_growth(console: Console, grown: Sequence[str]) -> None:
    """Print what grew in a long run, or that nothing did."""
    for line in grown:
        console.print(f"grew: {line}")
    if not grown:
        console.print("Nothing grew: memory, threads, open files, stores for as much, delay")


def print_places(console: Console, stack: Stack) -> None:
    """Print where logs, databases and files are."""
    stage = stack.stage
    print_lines(
        console,
        "",
        f"Logs:     {stage.logs}",
        f"Oracle:   {stage.database.file}",
        f"NATS:     {stack.events.nats.directory}",
        f"MariaDB:  {stack.events.mariadb.directory}",
        f"Monitor:  {stack.monitor.program.directory / 'monitor'}",
        f"All else: {stage.directory}",
    )


def print_connections(console: Console, stack: Stack) -> None:
    """Print how to look at what keeps running."""
    pages: list[str] = []
    for name, port in stack.changes.ports.items():
        pages.append(f"          http://127.0.0.1:{port}/readyz and /metrics ({name})")
    print_lines(
        console,
        *oracle_lines(stack.stage.database),
        f"Monitor:  {stack.monitor.url}",
        "Pages:",
        *pages,
        f"AWS:      {stack.changes.url}",
        f"Logs:     {stack.stage.logs}",
        "Ask the service:",
        *map(ask_line, (stack.program, stack.changes.processor)),
    )
