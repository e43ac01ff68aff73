"""A seeded stand-in of Oracle and its lake, with looks through the real drivers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from oracle_cdc.running.clock import utc_now
from oracle_cdc.settings.monitor import MonitorSettings
from sync_monitor.commands.shared.history import writing_history
from sync_monitor.commands.shared.measuring import Parts, measuring, seeded_stand_in
from sync_monitor.demo.play import Play
from sync_monitor.demo.samples import Sample
from sync_monitor.demo.seeding import make_samples, write_samples
from sync_monitor.demo.standin import StandIn
from sync_monitor.history.store import Store
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.pace import Asked
from sync_monitor.model import Sync
from sync_monitor.rounds import Rounds
from sync_monitor.rules.periods import window
from sync_monitor.rules.rechecks import due_partitions
from sync_monitor.verdicts import Trigger
from sync_monitor.wiring.edges import pace_of
from sync_monitor.wiring.syncs import make_syncs


@dataclass
class Stage:
    """What looks are taken with, and what they look at."""

    place: StandIn
    samples: list[Sample]
    store: Store
    parts: Parts
    rounds: Rounds

    @property
    def sync(self) -> Sync:
        return self.samples[0].sync

    @property
    def target(self) -> Path:
        return Path(self.sync.target)

    @property
    def play(self) -> Play:
        return Play(self.place, self.samples, self.rounds)

    def reset(self) -> None:
        """Write everything as it was seeded, and look at it."""
        write_samples(self.place, self.samples)
        self.look()

    def look(self, trigger: Trigger = Trigger.ONCE) -> Looked:
        """Look at the first sync, and write it."""
        looked = self.rounds.look(self.sync, Asked(trigger))
        self.rounds.record([self.sync])
        return looked


def count_judged(settings: MonitorSettings) -> int:
    """Return how many days a first look of the timer measures: those whose promise has passed."""
    sync, now = make_syncs(settings)[0], utc_now()
    return len(due_partitions(window(now, sync), {}, now, sync))


def settings_in(directory: Path, rows: int = 107, **changes: object) -> MonitorSettings:
    """Return settings of a monitor in a directory."""
    fresh = MonitorSettings(oracle_mock_count=rows)
    own = {"directory": directory, "window_days": 16, **changes}
    monitor = fresh.monitor.model_copy(update=own)
    return fresh.model_copy(update={"monitor": monitor})


@contextmanager
def staged(settings: MonitorSettings, confirm: timedelta = timedelta(0)) -> Iterator[Stage]:
    """Lend a stage that is seeded."""
    syncs = make_syncs(settings)
    pace = replace(pace_of(settings, syncs), confirm=confirm)
    samples = make_samples(syncs, settings.oracle_mock_count, utc_now())
    with seeded_stand_in(settings) as place:
        write_samples(place, samples)
        with writing_history(settings, syncs) as store, measuring(settings, pace) as parts:
            yield Stage(place, samples, store, parts, Rounds(store, parts.looker, pace))
