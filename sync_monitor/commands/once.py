"""`monitor once`: one look at each sync, and an exit code that says what it found."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from oracle_cdc.errors import ExitCode, worst
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import writing_history
from sync_monitor.commands.shared.in_words import line_of
from sync_monitor.commands.shared.measuring import measuring
from sync_monitor.commands.shared.who import user_name
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.pace import Asked
from sync_monitor.model import Severity
from sync_monitor.rounds import Rounds
from sync_monitor.verdicts import Trigger
from sync_monitor.wiring.edges import pace_of
from sync_monitor.wiring.syncs import choose, make_syncs

#: What --fail-on takes, and the state from which on it fails.
FAILS_FROM = {"warning": Severity.WARNING, "critical": Severity.CRITICAL}


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Look once, print a line for each sync, and return the exit code.

    There is no second look that could confirm the first, so that what this one finds counts.
    """
    syncs = make_syncs(settings)
    chosen = choose(syncs, options.sync)
    pace = replace(pace_of(settings, syncs), confirm=timedelta(0))
    asked = Asked(Trigger.ONCE, user_name())
    with writing_history(settings, syncs) as store, measuring(settings, pace) as parts:
        rounds = Rounds(store, parts.looker, pace, streams=parts.streams)
        looked = [rounds.look(sync, asked) for sync in chosen]
        rounds.record(chosen)
        lost = rounds.recorder.finish()
    for each in looked:
        sys.stdout.write(f"{line_of(each.entry.look)}\n")
    found = exit_code(looked, options.fail_on)
    if lost and found is ExitCode.DONE:
        return ExitCode.STORE
    return found


def exit_code(looked: Sequence[Looked], fail_on: str | None) -> ExitCode:
    """Return what the command exits with: by what looks found, not by the state that is shown.

    A side that can't be used is no success, whatever is asked for.
    """
    if fail_on is not None:
        for each in looked:
            if each.entry.look.verdict.severity.rank >= FAILS_FROM[fail_on].rank:
                return ExitCode.FOUND
    return worst(each.failure.exit_code for each in looked if each.failure)
