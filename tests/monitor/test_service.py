"""The monitor as it runs: a look that hangs delays no other, and a kill leaves whole looks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.service import Service
from oracle_cdc.watching.notify import Notifier
from sync_monitor.commands.run import make_beat
from sync_monitor.history import queries
from sync_monitor.history.consultations import newest_consultation
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs, put
from sync_monitor.looks.looked import Looked
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.model import Severity, Sync
from sync_monitor.records import Retention
from sync_monitor.rounds import Rounds
from sync_monitor.rules.conclusion import Before, Taken, conclude_failure
from sync_monitor.service import Monitor, Plan
from sync_monitor.verdicts import Look, Trigger
from sync_monitor.web.app import make_app
from tests.acceptance.watching import manager
from tests.monitor.building import NOW
from tests.monitor.stories import make_site

SYNCS = tuple(Sync(f"s{number}", "A.T", "t", "D") for number in range(6))
PACE = Pace(timedelta(seconds=0.2), timedelta(0), 1000)
PATIENCE_SECONDS = 50.0


class HangingLooker(Looker):
    """Looks that fail at once, but for those at some syncs, which hang."""

    def __init__(self, hangs: Collection[str] = ("s0",)) -> None:
        self.pace = PACE
        self.lakes = {}
        self.clock = lambda: NOW
        self.hangs = hangs
        self.released = threading.Event()

    def look(self, sync: Sync, before: Before, asked: Asked) -> Looked:
        if sync.name in self.hangs:
            self.released.wait(PATIENCE_SECONDS)
        taken = Taken(NOW, timedelta(0), PACE.interval, asked.trigger, asked.by)
        return Looked(conclude_failure(sync, before, "ORA-01031", taken))


@contextmanager
def running(
    tmp_path: Path, looker: HangingLooker, clock: Callable[[], float] = monotonic
) -> Iterator[Monitor]:
    """Lend a monitor whose looks are said to hang after half a second, where some do."""
    statement = timedelta(seconds=0.1)
    if not looker.hangs:
        statement = timedelta(seconds=PATIENCE_SECONDS)
    with Store(tmp_path) as store:
        names = [sync.name for sync in SYNCS]
        store.write(lambda connection: declare_syncs(connection, names, NOW))
        plan = Plan(SYNCS, PACE, Retention(), 2, statement)
        monitor = Monitor(store, Rounds(store, looker, PACE), plan, Progress(clock))
        service = Service(monitor.loops(), monitor.stop, lambda: None)
        monitor.start()
        thread = threading.Thread(target=service.run)
        thread.start()
        try:
            yield monitor
        finally:
            looker.released.set()
            monitor.stop.set()
            thread.join()


def looks_of(monitor: Monitor, name: str) -> list[Look]:
    return monitor.store.read(lambda connection: queries.looks(connection, name))


def wait_for(monitor: Monitor, name: str, count: int) -> list[Look]:
    """Return the looks at a sync once there are that many."""
    deadline = monotonic() + PATIENCE_SECONDS
    while len(found := looks_of(monitor, name)) < count:
        assert monotonic() < deadline, f"{len(found)} looks at {name}"
        monitor.stop.wait(0.05)
    return found


def wait_until(monitor: Monitor, is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert monotonic() < deadline
        monitor.stop.wait(0.05)


def test_a_look_that_hangs_delays_no_other_and_is_written_as_such(tmp_path: Path) -> None:
    looker = HangingLooker()
    with running(tmp_path, looker) as monitor:
        for sync in SYNCS[1:]:
            wait_for(monitor, sync.name, 3)
        (hanging,) = wait_for(monitor, "s0", 1)
        assert hanging.error_code == "LOOK-HANGS"
        assert hanging.verdict.severity is Severity.UNKNOWN
        looker.released.set()
        assert wait_for(monitor, "s0", 2)[0].error_code == "ORA-01031"


class LateClock:
    """A clock that is put ahead, so that a deadline has passed."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return monotonic() + self.ahead


def wait_for_liveness(monitor: Monitor, status: int) -> str:
    """Return what /livez says once it has a status."""
    site = make_site(monitor.store, SYNCS, readiness=monitor.readiness())
    client = make_app(site).test_client()
    deadline = monotonic() + PATIENCE_SECONDS
    while (answer := client.get("/livez")).status_code != status:
        assert monotonic() < deadline, answer.text
        monitor.stop.wait(0.05)
    return answer.text


def test_a_monitor_whose_looks_all_hang_is_not_alive(tmp_path: Path) -> None:
    looker, clock = HangingLooker(hangs=[sync.name for sync in SYNCS]), LateClock()
    with running(tmp_path, looker, clock) as monitor:
        for sync in SYNCS:
            wait_for(monitor, sync.name, 1)
        assert monitor.is_stuck()
        clock.ahead = monitor.plan.progress_deadline.total_seconds()
        assert "monitor-looks: no progress for " in wait_for_liveness(monitor, 503)
        looker.released.set()
        assert wait_for_liveness(monitor, 200) == "alive\n"


@pytest.mark.skipif(sys.platform != "linux", reason="no abstract sockets")
def test_systemd_hears_that_the_looks_get_on_and_no_more_once_all_of_them_hang(
    tmp_path: Path,
) -> None:
    looker, clock = HangingLooker(hangs=[sync.name for sync in SYNCS]), LateClock()
    with manager("monitor") as systemd, running(tmp_path, looker, clock) as monitor:
        beat = make_beat(monitor, Notifier(systemd.address, 60.0))
        wait_for_liveness(monitor, 200)
        beat.notify()
        wait_until(monitor, lambda: systemd.beats == 1)
        assert systemd.lines() == ["READY=1", "STATUS=looks at syncs: 6", "WATCHDOG=1"]
        for sync in SYNCS:
            wait_for(monitor, sync.name, 1)
        clock.ahead = monitor.plan.progress_deadline.total_seconds()
        wait_for_liveness(monitor, 503)
        beat.notify()
        wait_until(monitor, lambda: systemd.status.startswith("monitor-looks: no progress for "))
        assert systemd.beats == 1


def test_a_monitor_is_alive_while_one_sync_alone_hangs(tmp_path: Path) -> None:
    clock = LateClock()
    with running(tmp_path, HangingLooker(), clock) as monitor:
        wait_for(monitor, "s0", 1)
        clock.ahead = monitor.plan.progress_deadline.total_seconds()
        assert wait_for_liveness(monitor, 200) == "alive\n"
        assert monitor.hanging == {"s0"}


def test_a_person_is_served_between_the_looks_of_the_timer(tmp_path: Path) -> None:
    looker = HangingLooker(hangs=())
    with running(tmp_path, looker) as monitor:
        wait_for(monitor, "s5", 1)
        assert monitor.ask("s5", "dana")
        assert not monitor.ask("other", "dana")
        deadline = monotonic() + PATIENCE_SECONDS
        while "dana" not in {look.by for look in looks_of(monitor, "s5")}:
            assert monotonic() < deadline
            monitor.stop.wait(0.05)
        by_person = [look for look in looks_of(monitor, "s5") if look.by]
        assert {look.trigger for look in by_person} == {Trigger.PERSON}


def test_a_bug_ends_no_worker_and_its_sync_is_looked_at_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path, HangingLooker(hangs=())) as monitor:
        wait_for(monitor, "s0", 1)
        at = (NOW - timedelta(days=1)).isoformat(timespec="microseconds")
        # Of no severity that there is, so that what is known of the sync can't be read.
        columns = {"sync": "s0", "begins": at, "ends": at, "severity": "?"}
        monitor.store.write(lambda connection: put(connection, "span", columns))
        said = "s0: no look: a bug: ValueError"
        wait_until(monitor, lambda: said in caplog.text or not all_work(monitor))
        assert said in caplog.text
        count = len(looks_of(monitor, "s0"))
        monitor.store.write(lambda connection: connection.execute("DELETE FROM span"))
        wait_for(monitor, "s0", count + 1)
        assert all_work(monitor)


def all_work(monitor: Monitor) -> bool:
    return all(worker.is_alive() for worker in monitor.workers)


def test_what_fails_of_one_sync_is_written_of_that_one_alone(tmp_path: Path) -> None:
    def refuse() -> None:
        raise OracleUnavailable("down")

    looker = Looker(refuse, {}, PACE)  # type: ignore[arg-type]
    looked = looker.look(replace(SYNCS[0]), Before(), Asked())
    assert looked.entry.look.error_code == "CdcError"
    assert looked.entry.look.verdict.severity is Severity.UNKNOWN


def test_what_can_not_be_explained_of_one_sync_hides_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(tmp_path) as store:
        rounds = Rounds(store, HangingLooker(hangs=()), PACE)

        def look_at_two() -> None:
            for sync in SYNCS[:2]:
                rounds.look(sync, Asked())
            rounds.record(SYNCS[:2])

        look_at_two()
        # Figures of no form that there is, in a look that found it well.
        store.write(lambda each: each.execute("DELETE FROM triage"))
        spoil = "UPDATE look SET severity = 'OK', figures = '{}' WHERE sync = 's0'"
        store.write(lambda each: each.execute(spoil))
        look_at_two()
        assert store.read(lambda each: newest_consultation(each, "s0", "rules")) is None
        assert store.read(lambda each: newest_consultation(each, "s1", "rules")) is not None
    assert "s0: not explained: a bug: ValidationError" in caplog.text
