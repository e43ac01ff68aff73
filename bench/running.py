"""The service as `run` starts it, beside a stage: what it uses, and when it is at work."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.processes import ROOT
from bench.stage import Stage

START_SECONDS = 30.0
LOOK_SECONDS = 0.1
END_SECONDS = 15.0


@contextmanager
def running(stage: Stage, **variables: object) -> Iterator[int]:
    """Run the service until the block ends, and yield its process id after its first receive."""
    with (stage.directory / "service.stderr").open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "cdc_service.py", "run"],
            cwd=ROOT,
            env=stage.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        await_receive(stage)
        yield process.pid
    finally:
        process.terminate()
        process.wait(END_SECONDS)


def await_receive(stage: Stage) -> None:
    """Wait for the inbound leg to ask its queue: both legs have begun then."""
    deadline = time.monotonic() + START_SECONDS
    while not stage.queues.ask("counts")["requests"].get("ReceiveMessage"):
        if time.monotonic() > deadline:
            raise TimeoutError("the service did not start; see service.stderr")
        time.sleep(LOOK_SECONDS)
