"""Child processes that end with the demo, however it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from oracle_cdc.errors import CdcError

ROOT = Path(__file__).parents[2]

READY_SECONDS = 60.0
#: The service may take 10 s to end (docs/operate.md).
END_SECONDS = 15.0
SHOWN_LINES = 15
_LOOK_SECONDS = 0.05


class DemoError(CdcError):
    """The demo can't go on."""


class Interrupted(BaseException):
    """A signal asked the demo to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Signals:
    """Notes SIGINT, SIGTERM and SIGHUP for whoever waits.

    A second one ends this process at once, and the guard ends the others.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.number = 0

    def install(self) -> None:
        """Take the signals from now on."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self.note)

    def note(self, number: int, _frame: object) -> None:
        """Wake whoever waits, or end the process when this is the second signal."""
        if self.number:
            os._exit(128 + number)
        self.number = number
        self.stop.set()

    def pause(self, seconds: float) -> None:
        """Wait. Raises Interrupted when a signal came."""
        if self.stop.wait(seconds):
            raise Interrupted(self.number)


def python(*arguments: str) -> list[str]:
    """Return a command that this Python runs, from whatever directory.

    Found by a PATH with `.venv/bin` in it, its own path is relative.
    """
    return [str(Path(sys.executable).absolute()), *arguments]


@dataclass(frozen=True)
class Child:
    """A running process and the files that it writes to.

    begins: where in each file its own words begin, behind those of one that ran before.
    """

    name: str
    process: subprocess.Popen[bytes]
    output: Path
    errors: Path
    begins: Mapping[Path, int]


class Children:
    """Starts processes, notices when one dies, ends them in the reverse order."""

    def __init__(self, directory: Path, signals: Signals) -> None:
        self.directory = directory
        self.signals = signals
        self.running: list[Child] = []
        # In a session of its own, so that Ctrl+C reaches the demo alone.
        self.guard = subprocess.Popen(
            python("-m", "oracle_cdc.demo.guard"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )

    def start(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        directory: Path = ROOT,
    ) -> Child:
        """Start a process, whose files have its name, and return it."""
        output, errors = self.directory / f"{name}.stdout", self.directory / f"{name}.stderr"
        with output.open("ab") as out, errors.open("ab") as err:
            begins = {output: out.tell(), errors: err.tell()}
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=directory,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        child = Child(name, process, output, errors, begins)
        self.running.append(child)
        self.notify_guard("watch", child)
        return child

    def await_line(self, child: Child, beginning: str) -> str:
        """Wait for a line that begins so, and return its rest.

        Raises DemoError when the child dies or says nothing.
        """
        return self.await_match(child, child.output, rf"^{re.escape(beginning)}(.*)\n")

    def await_match(self, child: Child, file: Path, pattern: str) -> str:
        """Wait until a file that a child writes matches, and return the first group.

        Raises DemoError when the child dies or says nothing.
        """
        deadline = monotonic() + READY_SECONDS
        while monotonic() < deadline:
            text = file.read_bytes()[child.begins[file] :].decode(errors="replace")
            found = re.search(pattern, text, re.MULTILINE)
            if found:
                return found.group(1).strip()
            self.check()
            self.signals.pause(_LOOK_SECONDS)
        raise DemoError(
            f"{child.name} was not ready within {READY_SECONDS:.0f} s{self.last_words(child)}"
        )

    def check(self) -> None:
        """Raise DemoError, with its last words, when a child has ended by itself."""
        for child in self.running:
            code = child.process.poll()
            if code is not None:
                raise DemoError(
                    f"{child.name} ended by itself with exit code {code}{self.last_words(child)}"
                )

    def end(self, child: Child) -> int:
        """Ask a child to end, kill it after a while, and return its exit code.

        The code is negative when a signal ended it.
        """
        child.process.terminate()
        try:
            return child.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            child.process.kill()
            return child.process.wait()
        finally:
            self.forget(child)

    def kill(self, child: Child) -> None:
        """End a child at once, with what it was doing."""
        child.process.kill()
        child.process.wait()
        self.forget(child)

    def forget(self, child: Child) -> None:
        """Watch a child that has ended no longer."""
        self.running.remove(child)
        self.notify_guard("forget", child)

    def close(self) -> None:
        """End whatever runs, and the guard. Idempotent."""
        while self.running:
            self.end(self.running[-1])
        if self.guard.stdin is not None and not self.guard.stdin.closed:
            self.guard.stdin.close()
            self.guard.wait()

    def notify_guard(self, word: str, child: Child) -> None:
        """Send the guard a word, `watch` or `forget`, about a child."""
        assert self.guard.stdin is not None
        self.guard.stdin.write(f"{word} {child.process.pid}\n".encode())
        self.guard.stdin.flush()

    def last_words(self, child: Child) -> str:
        """Return the end of what a child wrote to standard error."""
        lines = child.errors.read_text(encoding="utf-8", errors="replace").splitlines()
        if not lines:
            return f"; {child.errors} is empty"
        text = ""
        for line in lines[-SHOWN_LINES:]:
            text += f"\n  {line}"
        return text
