"""Child processes that speak in lines: they say that they are ready, and answer lines in JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
END_SECONDS = 15.0


def share_cores() -> tuple[set[int], set[int]]:
    """Return the cores of the servers, and the one of what is measured.

    On the same cores they would disturb each other as they can't where Oracle and SQS run
    elsewhere, and threads of one interpreter would lose a quarter of their time by moving about.
    """
    cores = os.sched_getaffinity(0)
    measured = {max(cores)}
    return cores - measured or measured, measured


SERVER_CORES, MEASURED_CORES = share_cores()


class ChildFailed(Exception):
    """A child ended, or said something else than what was waited for."""


class Child:
    """One running process, bound to its cores, with a file of its own for its stderr."""

    def __init__(
        self,
        command: Sequence[str],
        errors: Path,
        cores: set[int],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command = command
        self.errors = errors
        with errors.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                cwd=ROOT,
                text=True,
                encoding="utf-8",
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "PYTHONUNBUFFERED": "1",
                    **(environment or {}),
                },
            )
        # It has one thread yet, whose cores those to come inherit.
        os.sched_setaffinity(self.process.pid, cores)

    def expect(self, beginning: str) -> str:
        """Return the rest of the next line. Raises ChildFailed when it does not begin so."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith(beginning):
            command = " ".join(self.command[:3])
            raise ChildFailed(f"{command}: {line!r} instead of {beginning!r}; see {self.errors}")
        return line.removeprefix(beginning).strip()

    def send_line(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, do: str, **arguments: object) -> dict[str, Any]:
        """Send one request in JSON, and return its answer."""
        self.send_line(json.dumps({"do": do, **arguments}))
        return self.read()

    def read(self) -> dict[str, Any]:
        """Return the next line, which must be JSON. Raises ChildFailed."""
        answer: dict[str, Any] = json.loads(self.expect(""))
        return answer

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.process.pid)

    def end(self) -> int:
        """End it, wait, and return its exit code."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.terminate()
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


def cpu_seconds(pid: int) -> float:
    """Return the user and system time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
