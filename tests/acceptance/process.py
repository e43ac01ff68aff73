"""The service as its user starts it: a process of its own, watched through its log and the tables."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: How long a test waits for something that is bound to come; only a failure takes so long.
PATIENCE_SECONDS = 40.0


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    """Ask until it is so. Fails naming what did not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}"
        time.sleep(0.05)


def command(
    arguments: Sequence[str], environment: Mapping[str, str], **options: object
) -> subprocess.Popen[str]:
    """Start `python cdc_service.py ARGUMENTS` with nothing but this environment."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "cdc_service.py"), *arguments],
        env=dict(environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finished(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Run a command to its end: exit code, standard output, standard error."""
    process = command(arguments, environment)
    out, err = process.communicate(timeout=PATIENCE_SECONDS * 2)
    return process.returncode, out, err


@contextmanager
def running(environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The service, running; killed at the end if it still does."""
    process = command(arguments or ("run",), environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def log_text(directory: Path, name: str = "cdc_service.log") -> str:
    path = directory / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
