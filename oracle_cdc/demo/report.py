"""The end of a demo: what came back, whether it balances, and where everything is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from oracle_cdc.conversations.log_files import FILES
from oracle_cdc.demo.balance import FAILED, MISSING_CHANNEL, SUMMARIZED, TOO_SHORT, Balance, Outcome
from oracle_cdc.demo.dba import DBA_USER, SERVICE_USER, statement
from oracle_cdc.demo.stack import Stack

SHOWN_ROWS = 15
#: Columns of the table and their widths; the summary takes what is left, between its two.
COLUMNS = {"call id": 20, "turns": 5, "sentiment": 9, "classification": 14, "revision": 8}
NUMBERS = ("turns", "revision")
SUMMARY_WIDTHS = (12, 72)
GAP = 2
SHOWN_MISTAKES = 20
SHOWN_IDS = 10


def tell_balance(console: Console, balance: Balance) -> None:
    """The table and the counts; what does not balance is named."""
    console.print(draw_table(balance.outcomes[:SHOWN_ROWS], console.width))
    if len(balance.outcomes) > SHOWN_ROWS:
        console.print(f"... and {len(balance.outcomes) - SHOWN_ROWS} more")
    console.print()
    for line in count_lines(balance):
        console.print(line)
    for mistake in balance.mistakes[:SHOWN_MISTAKES]:
        console.print(f"does not balance: {mistake}")
    if len(balance.mistakes) > SHOWN_MISTAKES:
        console.print(f"does not balance: ... and {len(balance.mistakes) - SHOWN_MISTAKES} more")


def draw_table(outcomes: Sequence[Outcome], width: int) -> Table:
    """The table, its summaries cut to what `width` characters leave them."""
    table = Table(title="What came back", title_justify="left", box=None, padding=(0, GAP, 0, 0))
    for name, column_width in COLUMNS.items():
        table.add_column(
            name, width=column_width, no_wrap=True, justify="right" if name in NUMBERS else "left"
        )
    left = width - sum(COLUMNS.values()) - GAP * (len(COLUMNS) + 1)
    table.add_column(
        "summary", width=max(SUMMARY_WIDTHS[0], min(left, SUMMARY_WIDTHS[1])), no_wrap=True
    )
    for outcome in outcomes:
        table.add_row(*map(Text, cells(outcome)))
    return table


def cells(outcome: Outcome) -> tuple[str, ...]:
    first = (outcome.call_id, str(outcome.turns))
    if outcome.summary is None:
        return (
            *first,
            "",
            "",
            "",
            f"{word_for(outcome.state)}: {outcome.reason}" if outcome.reason else outcome.state,
        )
    summary = outcome.summary
    return (
        *first,
        summary.sentiment,
        summary.classification,
        str(summary.revision),
        " ".join(summary.text.split()),
    )


def count_lines(balance: Balance) -> Iterator[str]:
    """The counts; each call that was rejected or failed by its id."""
    total, summarized = len(balance.outcomes), balance.count(SUMMARIZED)
    rejected, failed = balance.count(TOO_SHORT, MISSING_CHANNEL), balance.count(FAILED)
    segments = sum(outcome.turns for outcome in balance.outcomes)
    revised = sum(o.summary is not None and o.summary.revision > 1 for o in balance.outcomes)
    yield f"Put in: {segments} segments in {count('call', total)}"
    yield f"{summarized} summarized at their newest revision, {revised} of them once more after a late segment"
    yield f"{count('conversation', balance.intact)} reached the ML service character for character as put in"
    for state in (TOO_SHORT, MISSING_CHANNEL, FAILED):
        yield from name_calls(state, balance)
    yield f"{count('result', balance.set_aside)} that was not JSON set aside in SQS_PERMANENT_FAILURES"
    unaccounted = total - summarized - rejected - failed
    verdict = (
        f"{count('mistake', len(balance.mistakes))}, {unaccounted} unaccounted"
        if balance.mistakes
        else "it balances"
    )
    yield f"Balance: {total} put in = {summarized} summarized + {rejected} rejected + {failed} failed: {verdict}"


def count(noun: str, number: int) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def name_calls(state: str, balance: Balance) -> Iterator[str]:
    """The calls in a state, by their reasons."""
    calls: dict[str, list[str]] = {}
    for outcome in balance.outcomes:
        if outcome.state == state:
            calls.setdefault(outcome.reason, []).append(outcome.call_id)
    for reason, ids in calls.items():
        more = f" and {len(ids) - SHOWN_IDS} more" if len(ids) > SHOWN_IDS else ""
        yield f"{len(ids)} {word_for(state)}, {reason}: {', '.join(ids[:SHOWN_IDS])}{more}"


def word_for(state: str) -> str:
    return "failed" if state == FAILED else "rejected"


def tell_places(console: Console, stack: Stack) -> None:
    lines = (
        "",
        f"Logs:     {stack.logs} ({', '.join(FILES)})",
        f"Database: {stack.database}",
        f"All else: {stack.directory}",
    )
    # Lines that are copied are not broken.
    console.print("\n".join(lines), soft_wrap=True)


def tell_connections(console: Console, stack: Stack) -> None:
    """How to look at what keeps running."""
    connect = (
        f"oracledb.connect(user='{DBA_USER}', password='{stack.dba_password}', dsn='{stack.dsn}')"
    )
    rows = f"{connect}.cursor().execute('{statement('read_summaries')}', fetch_lobs=False)".replace(
        "\n", " "
    )
    status = " ".join(stack.service_command("status"))
    lines = (
        "",
        "Everything keeps running until Ctrl+C.",
        f"Oracle:   {stack.dsn}",
        f"          {DBA_USER} / {stack.dba_password} (DBA), {SERVICE_USER} / {stack.service_password} (the service)",
        f"Queues:   {stack.outbound}",
        f"          {stack.results}",
        "Query:",
        f'  {sys.executable} -c "import oracledb; print(*{rows}, sep=chr(10))"',
        "Ask the service:",
        f'  cd {stack.program} && env -i PATH="$PATH" {sys.executable} {status}',
    )
    console.print("\n".join(lines), soft_wrap=True)
