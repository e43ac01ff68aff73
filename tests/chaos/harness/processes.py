"""The round's side of the launcher: starts, signals and watches the processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

READY_SECONDS = 60.0


class Processes:
    """The children of one launcher. `listen` is called for each event, in a thread of its own."""

    def __init__(self, tree: Path, listen: Callable[[dict[str, Any]], None]) -> None:
        self.listen = listen
        self.pids: dict[str, int] = {}
        self.ended = threading.Condition()
        self.ready = threading.Event()
        self.launcher = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.harness.launcher"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=tree,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(tree)},
        )
        self.thread = threading.Thread(target=self.read, name="launcher", daemon=True)
        self.thread.start()
        if not self.ready.wait(READY_SECONDS) or self.launcher.poll() is not None:
            raise RuntimeError("the launcher did not start")

    def read(self) -> None:
        assert self.launcher.stdout is not None
        for line in self.launcher.stdout:
            event = json.loads(line)
            with self.ended:
                if event["event"] == "started":
                    self.pids[event["name"]] = event["pid"]
                elif event["event"] == "ended":
                    self.pids.pop(event["name"], None)
                self.ended.notify_all()
            if event["event"] == "ready":
                self.ready.set()
            self.listen(event)
        self.ready.set()

    def send(self, **command: object) -> None:
        assert self.launcher.stdin is not None
        self.launcher.stdin.write((json.dumps(command) + "\n").encode())
        self.launcher.stdin.flush()

    def start(self, do: str, name: str, **command: object) -> None:
        """Start a process and wait until it is there."""
        self.send(do=do, name=name, **command)
        self.await_state(name, is_running=True)

    def await_state(self, name: str, *, is_running: bool, seconds: float = 15.0) -> bool:
        """Wait until a process runs, or has ended, and return whether it came to that."""
        with self.ended:
            return self.ended.wait_for(lambda: (name in self.pids) is is_running, seconds)

    def kill(self, name: str) -> None:
        self.send(do="signal", name=name, number=int(signal.SIGKILL))

    def stop(self, name: str) -> None:
        self.send(do="signal", name=name, number=int(signal.SIGTERM))

    def freeze(self, name: str, seconds: float) -> None:
        self.send(do="signal", name=name, number=int(signal.SIGSTOP), seconds=seconds)

    def dump_stacks(self) -> None:
        """Have every process write the stacks of its threads into its output."""
        for name in list(self.pids):
            self.send(do="signal", name=name, number=int(signal.SIGUSR1))

    def close(self) -> None:
        """End the launcher, and all children with it."""
        if self.launcher.stdin is not None:
            self.launcher.stdin.close()
        try:
            self.launcher.wait(10)
        except subprocess.TimeoutExpired:
            self.launcher.kill()
            self.launcher.wait()
        self.thread.join(5)
        if self.launcher.stdout is not None:
            self.launcher.stdout.close()


def await_file(path: Path, beginning: str, seconds: float = READY_SECONDS) -> str:
    """Return the rest of the first line that begins so, once it is there.

    Raises RuntimeError when it does not come.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for line in whole_lines(path):
            if line.startswith(beginning):
                return line.removeprefix(beginning).strip()
        time.sleep(0.02)
    raise RuntimeError(f"{path} never said {beginning!r}")


def whole_lines(path: Path) -> list[str]:
    """Return the lines of a file that are written to their ends, none where there is no file."""
    if not path.exists():
        return []
    *lines, _ = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return lines
