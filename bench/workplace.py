"""A database, and measured processes that work on it, whatever stands beside them."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import oracledb

from bench.processes import MEASURED_CORES, Child
from standins.oracle import DBA, DBA_PASSWORD, PASSWORD, SERVICE, USER

ORALITE_READY = "oralite listening on "


@dataclass(frozen=True)
class Run:
    """What one measured process did. count: conversations, results or rows.

    idle_bytes: of memory, before it began.
    """

    seconds: float
    cpu_seconds: float
    idle_bytes: int
    peak_bytes: int
    count: int
    at_end: float


@dataclass
class Workplace(ABC):
    """A database with its DBA, and files in `directory`.

    Parameters:
        numbers: of the folders of logs.
    """

    directory: Path
    oralite: Child
    dsn: str
    dba: oracledb.Connection
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), kw_only=True)

    @abstractmethod
    def places(self) -> Mapping[str, str]:
        """Return the settings of what is measured, but for Oracle and its logs."""

    def environment(self, **variables: object) -> dict[str, str]:
        """Return the settings of what is measured as a process's environment."""
        settings = {
            "ORACLE_USER": USER,
            "ORACLE_PASSWORD": PASSWORD,
            "ORACLE_DSN": self.dsn,
            **self.places(),
            "LOG_DIR": str(self.directory / f"logs-{next(self.numbers)}"),
        }
        for name, value in variables.items():
            settings[name] = str(value)
        return settings

    def worker(self, way: str, *arguments: str, **variables: object) -> Child:
        """Start a process that is ready to do a job in one way (see bench.worker)."""
        errors = self.directory / "worker.stderr"
        command = ["-m", "bench.worker", way, *arguments]
        child = Child(command, errors, MEASURED_CORES, self.environment(**variables))
        child.expect("ready")
        return child

    def run(self, way: str, *arguments: str, **variables: object) -> Run:
        """Measure one job from its start to its end, without its preparation."""
        return self.run_together([self.worker(way, *arguments, **variables)])[0]

    def run_together(self, workers: Sequence[Child]) -> list[Run]:
        """Measure the jobs of several workers, which start at once and end with them."""
        try:
            for worker in workers:
                worker.send_line("go")
            return [Run(**worker.read()) for worker in workers]
        finally:
            for worker in workers:
                worker.end()

    # The database, as its DBA sees it

    def execute(self, sql: str, **binds: object) -> list[tuple[Any, ...]]:
        """Execute a statement, commit, and return its rows."""
        rows: list[tuple[Any, ...]] = []
        with self.dba.cursor() as cursor:
            cursor.execute(sql, binds, fetch_lobs=False)
            if cursor.description:
                rows = cursor.fetchall()
        self.dba.commit()
        return rows

    def statistics(self) -> dict[str, int]:
        """Return what Oracle counted until now. This question costs some itself."""
        counts: dict[str, int] = {}
        for name, value in self.execute("SELECT NAME, VALUE FROM V$ORALITE_STATS"):
            counts[name] = int(value)
        return counts

    def trips(self) -> int:
        """Count Oracle's round trips until now, without pings.

        This question costs some itself, always the same.
        """
        counts = self.statistics()
        return counts["round_trips"] - counts["pings"] - counts["logoffs"]


def oralite_command(database: Path, latency_ms: float) -> list[str]:
    command = ["-m", "oralite", "--port", "0"]
    command += ["--user", DBA, "--password", DBA_PASSWORD]
    command += ["--service", SERVICE, "--database", str(database)]
    command += ["--latency-ms", str(latency_ms)]
    return command


def delete_database(database: Path) -> None:
    """Delete a database's file, and those that SQLite keeps beside it."""
    for path in database.parent.glob(database.name + "*"):
        path.unlink()
