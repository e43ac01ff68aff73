"""The monitor killed in the midst of its looks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest

from oracle_cdc.running.clock import utc_now
from sync_monitor.commands.shared.measuring import seeded_stand_in
from sync_monitor.demo.seeding import make_samples, write_samples
from sync_monitor.history import queries
from sync_monitor.history.chain import verify
from sync_monitor.history.reader import Reader
from sync_monitor.history.store import Store
from sync_monitor.model import Severity
from sync_monitor.wiring.syncs import make_syncs
from tests.acceptance.process import PATIENCE_SECONDS
from tests.documents import ROOT
from tests.monitor.edges import count_judged, settings_in, staged


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_process_that_is_killed_leaves_whole_looks(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "monitor")
    samples = make_samples(make_syncs(settings), settings.oracle_mock_count, utc_now())
    with seeded_stand_in(settings) as place:
        write_samples(place, samples)
    own = {"MONITOR_INTERVAL_SECONDS": "1", "MONITOR_WINDOW_DAYS": "16", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "oracle_cdc", "monitor", "run"],
        cwd=tmp_path,
        env={**os.environ, **own},
        stderr=subprocess.DEVNULL,
    )
    history = tmp_path / "monitor" / "history.db"
    try:
        deadline = monotonic() + PATIENCE_SECONDS
        while count_looks(history) < 2:
            assert monotonic() < deadline
            threading.Event().wait(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with Store(history.parent) as store:
        assert store.read(verify).is_whole
        for look in store.read(lambda connection: queries.looks(connection)):
            assert look.figures is not None
        cells = store.read(lambda connection: queries.cells(connection, "HR.EMPLOYEES"))
    assert len([cell for cell in cells.values() if cell.checked_at]) == count_judged(settings)
    with staged(settings) as stage:
        assert stage.look().entry.look.verdict.severity is Severity.OK


def count_looks(history: Path) -> int:
    if not history.exists():
        return 0
    try:
        with closing(Reader(history)) as reader:
            return len(reader.read(lambda connection: queries.looks(connection)))
    except Exception:
        # It is being made.
        return 0
