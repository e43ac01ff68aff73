"""The end of a demo of events: the balance of ids, and where everything is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console

from oracle_cdc.demo.events.balance import Balance
from oracle_cdc.demo.events.stack import STREAM, SUBJECT, Stack
from oracle_cdc.demo.events.store import DATABASE, PROGRESS, USER, Progress
from oracle_cdc.demo.events.table import EventTable
from oracle_cdc.demo.report import (
    SHOWN_IDS,
    ask_line,
    oracle_lines,
    print_lines,
    print_mistakes,
    query_line,
    verdict_of,
)
from oracle_cdc.running.amounts import counted


def print_balance(console: Console, balance: Balance, late: Sequence[float]) -> None:
    """Print the ids by where they are, and name what does not balance."""
    console.print("Ids")
    for line in id_lines(balance, late):
        console.print(line)
    console.print()
    for line in count_lines(balance):
        console.print(line)
    print_mistakes(console, balance.mistakes)


def id_lines(balance: Balance, late: Sequence[float]) -> Iterator[str]:
    """Yield the counts, a place a line, each with what there is to say of it."""
    yield count_line("in the table", balance.in_table, describe_late(late))
    repeats = f"{len(balance.twice)} of them stored twice"
    yield count_line("in the stream", len(balance.in_stream), repeats)
    yield count_line("received by the consumer", balance.received)
    yield count_line("set aside", len(balance.set_aside))
    for id, reason in [*balance.set_aside.items()][:SHOWN_IDS]:
        yield f"    {id}: {reason}"
    yield count_line("missing", len(balance.missing), ", ".join(balance.missing[:SHOWN_IDS]))


def count_line(place: str, count: int, remark: str = "") -> str:
    return f"  {place:<26}{count:>7}  {remark}".rstrip()


def describe_late(late: Sequence[float]) -> str:
    if not late:
        return ""
    return f"{len(late)} of them committed {min(late):.1f} to {max(late):.1f} s late"


def count_lines(balance: Balance) -> Iterator[str]:
    """Yield what the counts come to."""
    yield (
        f"{counted(balance.intact, 'message')} in the stream, field for field as the table has them"
    )
    yield (
        f"Balance: {balance.in_table} in the table = {len(balance.in_stream)} in the stream "
        f"+ {len(balance.set_aside)} set aside + {len(balance.missing)} missing: "
        f"{verdict_of(balance.mistakes)}"
    )


def print_progress(console: Console, progress: Progress | None) -> None:
    """Print what people read in ETL_PRMREC."""
    if progress is not None:
        console.print(
            f"ETL_PRMREC: {progress.status}, LAST_SUCCESSFUL_TIME {progress.last_time}, "
            f"RECORDS_PROCESSED {progress.records}"
        )


def print_places(console: Console, stack: Stack) -> None:
    """Print where logs, databases and files are."""
    stage = stack.stage
    print_lines(
        console,
        "",
        f"Logs:     {stage.logs}",
        f"Received: {stack.received}",
        f"Oracle:   {stage.database.file}",
        f"NATS:     {stack.nats.directory}",
        f"MariaDB:  {stack.mariadb.directory}",
        f"All else: {stage.directory}",
    )


def print_connections(console: Console, stack: Stack) -> None:
    """Print how to look at what keeps running."""
    store = stack.store
    log_in = f"port={stack.mariadb.port}, user='{USER}', password='{store.password}'"
    cursor = f"pymysql.connect(host='127.0.0.1', {log_in}, database='{DATABASE}').cursor()"
    print_lines(
        console,
        *oracle_lines(stack.database),
        f"NATS:     {stack.url}, stream {STREAM}, subjects {SUBJECT}.*",
        f"MariaDB:  127.0.0.1:{stack.mariadb.port}, database {DATABASE}",
        f"          {USER} / {store.password}",
        f"Pages:    http://127.0.0.1:{stack.health_port}/readyz and /metrics",
        f"Logs:     {stack.stage.logs}",
        "Query:",
        query_line(stack.database, EventTable.statements["newest_rows"]),
        f"  {sys.executable} -c "
        f"\"import pymysql; c = {cursor}; c.execute('{PROGRESS}'); print(*c, sep=chr(10))\"",
        "Ask the service:",
        ask_line(stack.program),
    )
