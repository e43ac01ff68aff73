"""The end of a demo of row changes: the balance, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from oracle_cdc.demo.changes.balance import Balance
from oracle_cdc.demo.changes.cloud import BUS, STREAM
from oracle_cdc.demo.changes.coredb import CoreDb
from oracle_cdc.demo.changes.stack import Stack
from oracle_cdc.demo.report import (
    ask_line,
    oracle_lines,
    print_lines,
    print_mistakes,
    query_line,
    verdict_of,
)
from oracle_cdc.running.amounts import counted


def print_balance(console: Console, balance: Balance, canary_count: int) -> None:
    """Print the changes by where they are, and name what does not balance."""
    console.print("Changes")
    for line in count_lines(balance):
        console.print(line)
    console.print()
    for line in sum_lines(balance, canary_count):
        console.print(line)
    print_mistakes(console, balance.mistakes)


def count_lines(balance: Balance) -> Iterator[str]:
    """Yield the counts, a place a line, each with what there is to say of it."""
    yield count_line("committed", balance.committed)
    yield count_line("published", balance.published, f"{balance.repeats} times again")
    codes = ", ".join(f"{count} {code}" for code, count in sorted(balance.dead.items()))
    dead = sum(balance.dead.values())
    cured = f"{codes}; {balance.cured} published by `dlq process`"
    yield count_line("dead letters", dead, cured)
    yield count_line("of the snapshot", balance.snapshots)
    old = f"{balance.old_deliveries} of them late or again: nothing new"
    yield count_line("deliveries", balance.deliveries, old)


def count_line(place: str, count: int, remark: str = "") -> str:
    return f"  {place:<18}{count:>7}  {remark}".rstrip()


def sum_lines(balance: Balance, canary_count: int) -> Iterator[str]:
    """Yield what the counts come to."""
    yield (
        f"{balance.same_rows} of {counted(balance.rows, 'row')} in Oracle, "
        "column for column as the consumer has them"
    )
    yield f"{balance.disordered} events came after a newer one of their row"
    yield (
        f"{counted(canary_count, 'personal value')} written, "
        f"{balance.canaries_outside} seen outside Oracle"
    )
    yield (
        f"Balance: {balance.committed} committed = {balance.published} published "
        f"+ {sum(balance.dead.values())} dead letters: {verdict_of(balance.mistakes)}"
    )


def print_places(console: Console, stack: Stack) -> None:
    """Print where logs, databases and files are."""
    stage = stack.stage
    print_lines(
        console,
        "",
        f"Logs:     {stage.logs}",
        f"Received: {stack.received}",
        f"Rows:     {stack.rows}",
        f"Models:   {stack.models}",
        f"Oracle:   {stage.database.file}",
        f"All else: {stage.directory}",
    )


def print_connections(console: Console, stack: Stack) -> None:
    """Print how to look at what keeps running."""
    pages = []
    for name, port in stack.ports.items():
        pages.append(f"http://127.0.0.1:{port}/readyz and /metrics ({name})")
    print_lines(
        console,
        *oracle_lines(stack.database),
        f"AWS:      {stack.url}, stream {STREAM}, bus {BUS}",
        f"          {stack.url}/events?bus={BUS}",
        f"Dead:     {stack.letters.url}",
        f"Pages:    {pages[0]}",
        f"          {pages[1]}",
        f"Logs:     {stack.stage.logs}",
        "Query:",
        query_line(stack.database, CoreDb.statements["newest_changes"]),
        "Ask the service:",
        *map(ask_line, (stack.shipper, stack.processor)),
    )
