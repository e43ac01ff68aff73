"""`monitor demo`: each fault injected, found and healed, in a directory of its own."""

from __future__ import annotations

import sys
import tempfile
from argparse import Namespace
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from oracle_cdc.errors import ExitCode
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import writing_history
from sync_monitor.commands.shared.measuring import measuring, seeded_stand_in
from sync_monitor.demo.play import Act, Play
from sync_monitor.demo.seeding import make_samples, write_samples
from sync_monitor.rounds import Rounds
from sync_monitor.wiring.edges import pace_of
from sync_monitor.wiring.syncs import table_syncs


def command(settings: MonitorSettings, options: Namespace) -> int:
    """Play all injections, and return the exit code: 0 if each was found and healed."""
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as directory:
        return play(in_directory(settings, Path(directory)))


def in_directory(settings: MonitorSettings, directory: Path) -> MonitorSettings:
    """Return the settings of a demo: the stand-in and its lake in a directory of their own."""
    own = {"directory": directory, "lake_directory": None}
    monitor = settings.monitor.model_copy(update=own)
    return MonitorSettings(
        oracle_table=settings.oracle_table,
        oracle_mock_count=settings.oracle_mock_count,
        monitor=monitor,
    )


def play(settings: MonitorSettings) -> ExitCode:
    """Play all injections."""
    syncs = table_syncs(settings)
    pace = replace(pace_of(settings, syncs), confirm=timedelta(0))
    samples = make_samples(syncs, settings.oracle_mock_count, utc_now())
    with seeded_stand_in(settings) as place:
        write_samples(place, samples)
        with writing_history(settings, syncs) as store, measuring(settings, pace) as parts:
            rounds = Rounds(store, parts.looker, pace)
            is_right = Play(place, samples, rounds).run(say)
    return ExitCode.DONE if is_right else ExitCode.FAILED


def say(act: Act) -> None:
    """Print how one injection went."""
    sign = "✅" if act.is_right else "❌"
    found = f"found by look {act.looks}" if act.looks else "not found"
    cause = act.cause.value if act.cause else "no cause"
    healed = f"healed by {act.healed_by}" if act.is_well else f"not healed by {act.healed_by}"
    sys.stdout.write(f"{sign} {act.kind}: {act.severity.value}, {cause}, {found}, {healed}\n")
    sys.stdout.flush()
