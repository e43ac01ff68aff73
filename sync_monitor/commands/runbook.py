"""`monitor runbook`: the SQL that heals an issue, as the newest look wrote it."""

from __future__ import annotations

import sys
from argparse import Namespace

from oracle_cdc.errors import ExitCode
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import reading_history
from sync_monitor.history import queries, runbooks


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Print a runbook, and return the exit code: 1 where there is none."""
    with reading_history(settings) as reader:
        issue = reader.read(lambda connection: queries.issue(connection, options.issue))
        kept = reader.read(lambda connection: runbooks.runbook(connection, options.issue))
    if issue is None:
        sys.stderr.write(f"there is no issue {options.issue}\n")
        return ExitCode.FAILED
    if issue.closed_at is not None:
        sys.stderr.write(
            f"issue {options.issue} is over: a look found it healed, or its day left the window\n"
        )
        return ExitCode.FAILED
    if kept is None:
        reason = "no statement about a partition, and no command, heals it"
        if issue.confirmed_at is None:
            reason = "no second look has confirmed it yet"
        sys.stderr.write(f"issue {options.issue} has no runbook: {reason}\n")
        return ExitCode.FAILED
    sys.stdout.write(kept.text)
    return ExitCode.DONE
