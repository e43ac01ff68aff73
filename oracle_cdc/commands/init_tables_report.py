"""What `init-tables` says of the tables of a database, whichever that is."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Protocol

from oracle_cdc.errors import ExitCode
from oracle_cdc.running.terminal import complain, say


class Problem(Protocol):
    """One thing wrong with a table."""

    @property
    def table(self) -> str: ...

    @property
    def what(self) -> str: ...


def say_tables(
    tables: Iterable[str], created: Container[str], problems: Iterable[Problem]
) -> ExitCode:
    """Say which tables were created, and return the exit code: 1 when one is not as it must be."""
    for table in tables:
        if table in created:
            say(f"created {table}")
        else:
            say(f"present {table}")
    code = ExitCode.DONE
    for problem in problems:
        complain(problem.table, problem.what)
        code = ExitCode.FAILED
    return code
