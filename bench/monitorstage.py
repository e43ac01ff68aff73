"""python -m bench.monitorstage DIRECTORY: the monitor's stand-in of Oracle in a process of its own.

What a look computes is then that of the process that looks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

from bench.processes import SERVER_CORES, Child
from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import writing_history
from sync_monitor.commands.shared.measuring import Parts, measuring, seeded_stand_in
from sync_monitor.demo.samples import Sample
from sync_monitor.demo.seeding import make_samples, write_samples
from sync_monitor.demo.standin import StandIn, stand_in
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs
from sync_monitor.model import Sync
from sync_monitor.rounds import Rounds
from sync_monitor.wiring.edges import history_directory
from sync_monitor.wiring.syncs import make_syncs

STAND_IN = "standin"


class Stage:
    """A seeded sync, and what looks are taken with."""

    def __init__(self, place: StandIn, store: Store, parts: Parts, sample: Sample) -> None:
        self.place = place
        self.store = store
        self.parts = parts
        self.sample = sample
        self.rounds = Rounds(store, parts.looker, parts.pace)

    @property
    def sync(self) -> Sync:
        return self.sample.sync

    def declare(self, syncs: list[Sync]) -> None:
        """Have the history know syncs, and no others."""
        names = list(map(attrgetter("name"), syncs))
        self.store.write(lambda connection: declare_syncs(connection, names, utc_now()))


@contextmanager
def staged(directory: Path, rows: int, window_days: int) -> Iterator[Stage]:
    """Lend a stage whose table has that many rows within the window."""
    fresh = MonitorSettings(oracle_mock_count=rows)
    own = {"directory": directory, "window_days": window_days, "statement_seconds": 600.0}
    # What one look finds counts.
    own["confirm_minutes"] = 0.0
    settings = fresh.model_copy(update={"monitor": fresh.monitor.model_copy(update=own)})
    syncs = make_syncs(settings)
    (sample,) = make_samples(syncs, rows, utc_now())
    directory.mkdir(parents=True, exist_ok=True)
    place = history_directory(settings) / STAND_IN
    child = Child(
        ["-m", "bench.monitorstage", str(place)], directory / "standin.stderr", SERVER_CORES
    )
    try:
        child.expect("ready")
        with seeded_stand_in(settings) as served:
            write_samples(served, [sample])
        with writing_history(settings, syncs) as store, measuring(settings) as parts:
            yield Stage(served, store, parts, sample)
    finally:
        child.end()


def main() -> None:
    """Serve until the process is ended."""
    with stand_in(Path(sys.argv[1])):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
