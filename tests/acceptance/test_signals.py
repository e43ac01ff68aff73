"""Signals that arrive in awkward ways."""

from __future__ import annotations

import subprocess
import sys

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
