"""What demos stand on: a terminal, signals, processes, an Oracle, an SQS, and the service."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from rich.console import Console

from oracle_cdc.demo.children import Children, Signals
from oracle_cdc.demo.database import Database
from oracle_cdc.demo.program import Program
from oracle_cdc.demo.queueserver import QueueServer
from oracle_cdc.errors import ExitCode

LOOK_SECONDS = 0.5
#: When nothing has moved for this time, what is missing will not come.
STALLED_SECONDS = 40.0


class Stage:
    """A directory with all files, and what runs.

    close() ends all processes. The files stay.
    at_end: what else is closed, after them.
    """

    def __init__(self, directory: Path, console: Console, signals: Signals) -> None:
        self.directory = directory
        self.console = console
        self.signals = signals
        self.started_at = monotonic()
        self.at_end = ExitStack()
        self.logs = directory / "logs"
        self.children = Children(directory, signals)
        self.program = Program(directory / "service", self.children)
        self.database = Database(directory / "oracle.db", self.children)
        self.queues = QueueServer(self.children)

    def wait_for_signal(self) -> None:
        """Leave everything running until somebody ends it."""
        while not self.signals.stop.wait(LOOK_SECONDS):
            self.children.check()

    def end_service(self) -> bool:
        """End the service by SIGTERM, and return whether it ended well."""
        return self.end_program(self.program)

    def end_program(self, program: Program) -> bool:
        """End a copy of the service by SIGTERM, and return whether it ended well."""
        started_at = monotonic()
        code = program.end()
        seconds = monotonic() - started_at
        self.console.print(
            f"The {program.name} ended on SIGTERM within {seconds:.1f} s with exit code {code}"
        )
        return code == ExitCode.DONE

    def say_how_long(self) -> None:
        self.console.print(f"Took {monotonic() - self.started_at:.0f} s")

    def close(self) -> None:
        self.children.close()
        self.at_end.close()


@dataclass(frozen=True)
class Play:
    """One demo, ready to begin.

    Parameters:
        run: does all of it, and returns the exit code.
        failures: what its drivers raise.
    """

    run: Callable[[Stage], int]
    failures: tuple[type[Exception], ...]
