"""The end of a demo: what came back, whether it balances, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from oracle_cdc.demo.conversations.balance import (
    FAILED,
    MISSING_CHANNEL,
    SUMMARIZED,
    TOO_SHORT,
    Balance,
    Outcome,
)
from oracle_cdc.demo.conversations.source import Source
from oracle_cdc.demo.conversations.stack import Stack
from oracle_cdc.demo.report import (
    SHOWN_IDS,
    ask_line,
    oracle_lines,
    print_lines,
    print_mistakes,
    query_line,
    verdict_of,
)
from oracle_cdc.log_files import FILES
from oracle_cdc.running.amounts import counted

SHOWN_ROWS = 15
#: Columns of the table and their widths. The summary takes what is left, between its two.
COLUMNS = {"call id": 20, "turns": 5, "sentiment": 9, "classification": 14, "revision": 8}
NUMBERS = ("turns", "revision")
SUMMARY_WIDTHS = (12, 72)
GAP = 2


def print_balance(console: Console, balance: Balance) -> None:
    """Print the table and the counts, and name what does not balance."""
    print_table(console, balance)
    console.print()
    print_counts(console, balance)


def print_table(console: Console, balance: Balance) -> None:
    """Print what came back."""
    console.print(draw_table(balance.outcomes[:SHOWN_ROWS], console.width))
    if len(balance.outcomes) > SHOWN_ROWS:
        console.print(f"... and {len(balance.outcomes) - SHOWN_ROWS} more")


def print_counts(console: Console, balance: Balance) -> None:
    """Print the counts, and name what does not balance."""
    for line in count_lines(balance):
        console.print(line)
    print_mistakes(console, balance.mistakes)


def draw_table(outcomes: Sequence[Outcome], width: int) -> Table:
    """Return the table, its summaries cut to what `width` characters leave them."""
    table = Table(title="What came back", title_justify="left", box=None, padding=(0, GAP, 0, 0))
    for name, column_width in COLUMNS.items():
        table.add_column(name, width=column_width, no_wrap=True, justify=justify(name))
    left = width - sum(COLUMNS.values()) - GAP * (len(COLUMNS) + 1)
    narrowest, widest = SUMMARY_WIDTHS
    table.add_column("summary", width=max(narrowest, min(left, widest)), no_wrap=True)
    for outcome in outcomes:
        table.add_row(*[Text(cell) for cell in cells(outcome)])
    return table


def justify(column: str) -> Literal["left", "right"]:
    if column in NUMBERS:
        return "right"
    return "left"


def cells(outcome: Outcome) -> tuple[str, ...]:
    """Return a row of the table: a call with its summary, or with why it has none."""
    first = (outcome.call_id, str(outcome.turns))
    summary = outcome.summary
    if summary is not None:
        text = " ".join(summary.text.split())
        return (*first, summary.sentiment, summary.classification, str(summary.revision), text)
    if not outcome.reason:
        return (*first, "", "", "", outcome.state)
    return (*first, "", "", "", f"{word_for(outcome.state)}: {outcome.reason}")


def count_lines(balance: Balance) -> Iterator[str]:
    """Yield the counts, with the ids of the calls that were rejected or failed."""
    total, summarized = len(balance.outcomes), balance.count(SUMMARIZED)
    rejected, failed = balance.count(TOO_SHORT, MISSING_CHANNEL), balance.count(FAILED)
    segments = sum(outcome.turns for outcome in balance.outcomes)
    revised = sum(is_revised(outcome) for outcome in balance.outcomes)
    yield f"Put in: {segments} segments in {counted(total, 'call')}"
    yield (
        f"{summarized} summarized at their newest revision, "
        f"{revised} of them once more after a late segment"
    )
    yield (
        f"{counted(balance.intact, 'conversation')} reached the ML service "
        "character for character as put in"
    )
    for state in (TOO_SHORT, MISSING_CHANNEL, FAILED):
        yield from name_calls(state, balance)
    yield (
        f"{counted(balance.set_aside, 'result')} that was not JSON "
        "set aside in SQS_PERMANENT_FAILURES"
    )
    unaccounted = total - summarized - rejected - failed
    verdict = verdict_of(balance.mistakes, f", {unaccounted} unaccounted")
    yield (
        f"Balance: {total} put in = {summarized} summarized + {rejected} rejected "
        f"+ {failed} failed: {verdict}"
    )


def is_revised(outcome: Outcome) -> bool:
    return outcome.summary is not None and outcome.summary.revision > 1


def name_calls(state: str, balance: Balance) -> Iterator[str]:
    """Yield the calls in a state, by their reasons."""
    calls: dict[str, list[str]] = {}
    for outcome in balance.outcomes:
        if outcome.state == state:
            calls.setdefault(outcome.reason, []).append(outcome.call_id)
    for reason, ids in calls.items():
        more = ""
        if len(ids) > SHOWN_IDS:
            more = f" and {len(ids) - SHOWN_IDS} more"
        yield f"{len(ids)} {word_for(state)}, {reason}: {', '.join(ids[:SHOWN_IDS])}{more}"


def word_for(state: str) -> str:
    if state == FAILED:
        return "failed"
    return "rejected"


def print_places(console: Console, stack: Stack) -> None:
    """Print where logs, database and files are."""
    print_lines(
        console,
        "",
        f"Logs:     {stack.stage.logs} ({', '.join(FILES)})",
        f"Database: {stack.database.file}",
        f"All else: {stack.stage.directory}",
    )


def print_connections(console: Console, stack: Stack) -> None:
    """Print how to look at what keeps running."""
    summaries = Source.statements["read_summaries"]
    print_lines(
        console,
        *oracle_lines(stack.database),
        f"Queues:   {stack.outbound}",
        f"          {stack.results}",
        "Query:",
        query_line(stack.database, summaries, ", fetch_lobs=False"),
        "Ask the service:",
        ask_line(stack.program),
    )
