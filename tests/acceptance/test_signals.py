"""Signals that arrive in awkward ways."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from oracle_cdc.running.service import signals
from tests.acceptance.process import PATIENCE_SECONDS, ROOT

#: Which thread receives a process's signal is the kernel's choice, after SIGCONT for one; here it
#: is another than the
#: main one, once that waits.
SCRIPT = """
import signal, sys, threading, time
from oracle_cdc.running.service import Service, signals

def strike():
    seen = []
    while len(seen) < 5 or not seen[0] or len(set(seen)) > 1:
        frame = sys._current_frames()[threading.main_thread().ident]
        seen = [*seen, (frame.f_code.co_name == "wait" and frame.f_lasti)][-5:]
        time.sleep(0.01)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    threading.Event().wait()

stop = threading.Event()
with signals(stop, lambda: None):
    threading.Thread(target=strike, daemon=True).start()
    sys.exit(Service([], stop, lambda: None).run())
"""


def test_sigterm_ends_the_service_also_when_another_thread_receives_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, timeout=PATIENCE_SECONDS, capture_output=True
    )

    assert ended.returncode == 0, ended.stderr


def test_sighup_ends_no_service_that_has_no_log_files_yet(tmp_path: Path) -> None:
    # Given: it has asked AWS for its settings, and waits for the answer
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE_SECONDS)
        environment = {
            "PATH": os.environ["PATH"],
            "SSM_PATH": "/app/prod",
            "SSM_TIMEOUT_SECONDS": "20",
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }
        command = [sys.executable, str(ROOT / "cdc_service.py"), "run"]
        with subprocess.Popen(command, cwd=tmp_path, env=environment) as service:
            connection, _ = silent.accept()
            with connection:
                # When
                service.send_signal(signal.SIGHUP)
                service.send_signal(signal.SIGTERM)
                # Then
                assert service.wait(PATIENCE_SECONDS) == -signal.SIGTERM


def test_a_signal_sets_the_stop_in_another_thread_than_the_one_that_it_interrupts() -> None:
    class Stop(threading.Event):
        """An event that knows who set it."""

        by: int | None = None

        def set(self) -> None:
            self.by = threading.get_ident()
            super().set()

    stop = Stop()
    with signals(stop, lambda: None):
        signal.raise_signal(signal.SIGTERM)
        assert stop.wait(PATIENCE_SECONDS)
    assert stop.by != threading.get_ident()
