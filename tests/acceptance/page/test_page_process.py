"""The page of a monitor that runs as a process of its own, with what its settings let it do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic

from oracle_cdc.running.clock import utc_now
from sync_monitor.commands.shared.measuring import seeded_stand_in
from sync_monitor.demo.injecting import inject
from sync_monitor.demo.seeding import make_samples, write_samples
from sync_monitor.wiring.syncs import make_syncs
from tests.acceptance.watching import free_port, manager
from tests.documents import ROOT
from tests.monitor.edges import settings_in
from tests.monitor.loopback import Loopback
from tests.monitor.test_page_asking import sent_as_shown

PATIENCE_SECONDS = 90.0


def page(url: str) -> str:
    """Return a page once it is there."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            # Nobody has looked yet.
            error.close()
        except urllib.error.URLError:
            pass
        assert monotonic() < deadline
        threading.Event().wait(0.1)


def test_a_monitor_that_runs_shows_what_it_would_send_to_claude(
    tmp_path: Path, api: Loopback
) -> None:
    settings = settings_in(tmp_path / "monitor")
    samples = make_samples(make_syncs(settings), settings.oracle_mock_count, utc_now())
    with seeded_stand_in(settings) as place:
        write_samples(place, samples)
        inject("missing_partition", place, samples)
    port = free_port()
    own = {
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "MONITOR_WINDOW_DAYS": "16",
        "USE_CLAUDE_API": "true",
        "CLAUDE_API_KEY": "key",
        "CLAUDE_BASE_URL": api.url,
    }
    with manager("page") as systemd:
        process = subprocess.Popen(
            [sys.executable, "-m", "oracle_cdc", "monitor", "run"],
            cwd=tmp_path,
            env={**os.environ, **own, "NOTIFY_SOCKET": systemd.address},
            stderr=subprocess.DEVNULL,
        )
        try:
            text = page(f"http://127.0.0.1:{port}/ask/HR.EMPLOYEES")
        finally:
            process.terminate()
            process.wait()
    assert "READY=1" in systemd.lines()
    assert "Send it to Claude" in text
    assert sent_as_shown(text)["rules"]["cause"] == "PARTITION_DROPPED"
    assert "EMPLOYEES" not in json.dumps(sent_as_shown(text))
