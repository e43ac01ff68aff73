"""`monitor status`: how each sync is, as the history has it. Neither side is asked."""

from __future__ import annotations

import sqlite3
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oracle_cdc.errors import ExitCode
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.terminal import readiness_lines, say, show_json
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.as_json import figures_as_json
from sync_monitor.commands.shared.history import reading_history
from sync_monitor.commands.shared.in_words import GLYPHS, figures_in_words, issue_in_words
from sync_monitor.history import queries
from sync_monitor.model import Severity, Sync
from sync_monitor.records import Known
from sync_monitor.rules.severity import is_stale, shown
from sync_monitor.verdicts import Issue, Look, Outcome
from sync_monitor.web.json_objects import issue_as_json, moment
from sync_monitor.wiring.edges import pace_of
from sync_monitor.wiring.syncs import choose, make_syncs


@dataclass(frozen=True)
class State:
    """What is known of a sync.

    Parameters:
        look: the newest. None: nobody has looked yet.
        is_stale: the newest look is too old to say anything of now.
    """

    name: str
    known: Known | None
    look: Look | None
    issues: tuple[Issue, ...]
    is_stale: bool

    @property
    def severity(self) -> Severity:
        """Return the state that is shown: never OK without a look that measured both sides."""
        if self.known is None:
            return Severity.UNKNOWN
        return shown(self.known.standing, self.look, is_old=self.is_stale)

    @property
    def since(self) -> datetime | None:
        """Return since when it is so."""
        if self.known is None or self.known.standing is None:
            return None
        if self.is_stale:
            return self.known.standing.looked_at
        if self.look is not None and self.severity is not self.known.standing.severity:
            return self.look.began
        return self.known.standing.since

    @property
    def reason(self) -> str:
        """Return why nothing of now is known of it, empty where somebody looked in time."""
        if self.look is None:
            return f"{self.name}: nobody has looked yet"
        if self.is_stale:
            return f"{self.name}: nobody has looked since {moment(self.look.began)}"
        return ""

    def as_json(self) -> dict[str, Any]:
        """Return it as one object."""
        return {
            "severity": self.severity.value,
            "since": moment(self.since),
            "looked_at": moment(self.look.began if self.look else None),
            "verdict": self.look.verdict.severity.value if self.look else None,
            "error_code": (self.look.error_code or None) if self.look else None,
            "figures": figures_as_json(self.look.figures) if self.look else None,
            "issues": [issue_as_json(issue) for issue in self.issues],
        }

    def lines(self) -> list[str]:
        """Return it in words."""
        head = f"{GLYPHS[self.severity]} {self.severity.value:8} {self.name}"
        if self.look is None:
            return [f"{head}  nobody has looked yet"]
        said = figures_in_words(self.look.figures)
        if self.look.outcome is Outcome.FAILED:
            said = f"not measured: {self.look.error_code}"
        lines = [f"{head}  {said}; looked at {moment(self.look.began)}"]
        for issue in self.issues:
            lines.append(f"    {issue_in_words(issue)}")
        return lines


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Print the state of each sync, and return the exit code."""
    every = make_syncs(settings)
    interval = pace_of(settings, every).interval
    now = utc_now()

    def states(connection: sqlite3.Connection) -> list[State]:
        found = []
        for sync in choose(every, options.sync):
            found.append(state_of(connection, sync, lambda at: is_stale(at, now, interval)))
        return found

    with reading_history(settings) as reader:
        shown = reader.read(states)
    report = put_together(shown)
    if options.as_json:
        show_json(report)
        return ExitCode.DONE
    for name, value in readiness_lines(report):
        say(f"{name:<7}{value}")
    for state in shown:
        say("\n".join(state.lines()))
    return ExitCode.DONE


def put_together(states: Sequence[State]) -> dict[str, Any]:
    """Return the JSON of all states, with the keys that `status` of the service has at its top."""
    reasons = [state.reason for state in states if state.reason]
    syncs = {state.name: state.as_json() for state in states}
    return {"ready": not reasons, "reasons": reasons, "syncs": syncs}


def state_of(connection: sqlite3.Connection, sync: Sync, is_old: Any) -> State:
    """Return what is known of a sync."""
    newest = queries.looks(connection, sync.name, limit=1)
    look = newest[0] if newest else None
    return State(
        sync.name,
        queries.known_sync(connection, sync.name),
        look,
        tuple(queries.open_issues(connection, sync.name)),
        look is None or bool(is_old(look.began)),
    )
