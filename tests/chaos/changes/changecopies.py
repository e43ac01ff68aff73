"""The copies of the service in a round of row changes, each with pipelines of its own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.chaos.changes.plan import ChangesPlan
from tests.chaos.harness.copies import Copies
from tests.chaos.harness.database import free_port

HEALTHY_END = 0
START_SECONDS = 20.0
LOOK_SECONDS = 0.05
PAGES = ("metrics", "readyz", "livez")
PAGE_SECONDS = 2.0


class ChangeCopies(Copies):
    """Copies by name, and what the commands of persons ended with."""

    def __init__(self, plan: ChangesPlan, directory: Path, *, program: str = "changes") -> None:
        super().__init__(
            directory,
            plan.orders,
            freeze_seconds=plan.freeze_seconds,
            restart_seconds=plan.restart_seconds,
            program=program,
        )
        self.plan = plan
        self.codes: dict[str, int] = {}
        self.ports: dict[str, int] = {}

    def listen(self, event: dict[str, Any]) -> None:
        """Note what the launcher reports of copies, not of what persons run."""
        if event["name"].rstrip("0123456789") in self.plan.copies:
            super().listen(event)
        elif event["event"] == "ended":
            self.codes[event["name"]] = event["code"]

    def environment_of(self, copy: str, name: str) -> dict[str, str]:
        environment = super().environment_of(copy, name)
        port = self.ports[name] = free_port()
        return {
            **environment,
            "PIPELINES": self.plan.copies[copy],
            "HEALTH_PORT": str(port),
        }

    def start_again(self, copy: str) -> None:
        """Stop a copy, and wait until its next process runs."""
        assert self.processes is not None
        former = self.process_of(copy)
        self.stop(copy)
        deadline = time.monotonic() + START_SECONDS
        while self.process_of(copy) == former and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        if not self.processes.await_state(self.process_of(copy), is_running=True):
            raise RuntimeError(f"{copy} did not start again")

    def read_shown(self) -> dict[str, str]:
        """Return what others see of each running copy: its pages, and what /proc says of it."""
        assert self.processes is not None
        shown = {}
        for name, pid in list(self.processes.pids.items()):
            if name not in self.ports:
                continue
            for page in PAGES:
                shown[f"{page} of {name}"] = read_page(self.ports[name], page)
            for entry in ("environ", "cmdline", "comm"):
                shown[f"{entry} of {name}"] = read_entry(Path(f"/proc/{pid}/{entry}"))
            for task in Path(f"/proc/{pid}/task").glob("*/comm"):
                shown[f"{task.parent.name} of {name}"] = read_entry(task)
        return shown

    def expected_codes(self, name: str) -> tuple[int, ...]:
        if self.plan.is_sound and self.stops[name] == 1:
            return (HEALTHY_END,)
        return super().expected_codes(name)


def read_page(port: int, page: str) -> str:
    """Return a page of a copy, "" where it shows none at the moment."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/{page}", timeout=PAGE_SECONDS) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        return error.read().decode()
    except OSError:
        return ""


def read_entry(path: Path) -> str:
    """Return what /proc says, "" of a process or thread that is gone."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
