"""What the end of each demo prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console

from oracle_cdc.demo.database import Database
from oracle_cdc.demo.dba import DBA_USER, SERVICE_USER
from oracle_cdc.demo.program import Program
from oracle_cdc.running.amounts import counted

SHOWN_MISTAKES = 20
SHOWN_IDS = 10


def print_mistakes(console: Console, mistakes: Sequence[str]) -> None:
    """Name what does not balance."""
    for mistake in mistakes[:SHOWN_MISTAKES]:
        console.print(f"does not balance: {mistake}")
    if len(mistakes) > SHOWN_MISTAKES:
        console.print(f"does not balance: ... and {len(mistakes) - SHOWN_MISTAKES} more")


def print_lines(console: Console, *lines: str) -> None:
    """Print lines that may be copied, so that none is broken."""
    console.print("\n".join(lines), soft_wrap=True)


def verdict_of(mistakes: Sequence[str], remark: str = "") -> str:
    """Return in words whether it balances.

    Parameters:
        remark: said behind the number of mistakes.
    """
    if not mistakes:
        return "it balances"
    return f"{counted(len(mistakes), 'mistake')}{remark}"


def oracle_lines(database: Database) -> Iterator[str]:
    """Yield where Oracle is while everything keeps running, and who may log in."""
    yield ""
    yield "Everything keeps running until Ctrl+C."
    yield f"Oracle:   {database.dsn}"
    yield (
        f"          {DBA_USER} / {database.dba_password} (DBA), "
        f"{SERVICE_USER} / {database.service_password} (the service)"
    )


def query_line(database: Database, statement: str, options: str = "") -> str:
    """Return how to ask Oracle with a statement.

    Parameters:
        options: further arguments of `execute`, each behind a comma.
    """
    password = database.dba_password
    connect = f"oracledb.connect(user='{DBA_USER}', password='{password}', dsn='{database.dsn}')"
    query = statement.replace("\n", " ")
    rows = f"{connect}.cursor().execute('{query}'{options})"
    return f'  {sys.executable} -c "import oracledb; print(*{rows}, sep=chr(10))"'


def ask_line(program: Program) -> str:
    """Return how to ask a copy of the service how it is."""
    command = " ".join(program.command("status"))
    return f'  cd {program.directory} && env -i PATH="$PATH" {command}'
