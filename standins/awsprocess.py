"""awslite as a process of its own, whose work takes nothing from who measures or is measured."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STOP_SECONDS = 10


@contextmanager
def serve_awslite(*, latency_ms: float = 0.0, seed: int = 0) -> Iterator[str]:
    """Serve on a free port of the loopback until the block ends, and give the URL.

    Raises RuntimeError if it does not start.
    """
    command = [sys.executable, "-m", "awslite", "--seed", str(seed)]
    command += ["--latency-ms", f"{latency_ms:g}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("awslite did not start: its error stands above")
        try:
            yield line.split()[-1]
        finally:
            process.terminate()
            if process.wait(STOP_SECONDS):
                raise RuntimeError(f"awslite ended with {process.returncode}")
