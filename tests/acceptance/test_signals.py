"""Signals that arrive in awkward ways."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oracle_cdc.running.signals import signals
from tests.acceptance.process import PATIENCE_SECONDS, ROOT, asking_for_settings

#: Which thread receives a process's signal is the kernel's choice, after SIGCONT for one; here it
#: is another than the
#: main one, once that waits.
SCRIPT = """
import signal, sys, threading, time
from oracle_cdc.running.signals import signals
from oracle_cdc.running.service import Service

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


@pytest.fixture
def not_under_nohup() -> Iterator[None]:
    """Have SIGHUP end what is started here, also where nohup runs the tests: it is inherited."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("not_under_nohup")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_a_service_that_is_starting_with_0_and_sighup_does_not(
    tmp_path: Path, number: signal.Signals
) -> None:
    with starting(tmp_path, "run") as service:
        # When
        service.send_signal(signal.SIGHUP)
        service.send_signal(number)
        # Then
        assert service.wait(PATIENCE_SECONDS) == 0
        assert service.stderr is not None
        assert service.stderr.read() == b"stopped while it was starting: nothing was in flight\n"


def test_a_cycle_that_was_not_begun_is_not_done(tmp_path: Path) -> None:
    with starting(tmp_path, "run", "--once") as service:
        service.send_signal(signal.SIGTERM)
        assert service.wait(PATIENCE_SECONDS) == -signal.SIGTERM


@contextmanager
def starting(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a service that has asked AWS for its settings, and waits for the answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE_SECONDS)
        environment = asking_for_settings(silent)
        command = [sys.executable, str(ROOT / "cdc_service.py"), *arguments]
        with subprocess.Popen(
            command, cwd=folder, env=environment, stderr=subprocess.PIPE
        ) as service:
            connection, _ = silent.accept()
            with connection:
                yield service


#: A signal that comes while the packages of pipelines are imported.
IMPORTING = """
import signal, sys
from oracle_cdc import cli
from oracle_cdc.commands import run

def make_pipelines(enabled, stop):
    signal.raise_signal(signal.SIGTERM)
    return []

run.make_pipelines = make_pipelines
"""
#: One more that comes while they are closed.
CLOSING = "run.close_all = lambda pipelines: signal.raise_signal(signal.SIGTERM)\n"
#: The service.
RUN = 'sys.exit(cli.main(["run"]))\n'


def run_script(tmp_path: Path, script: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script that runs the service, whose log is in tmp_path."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LOG_DIR": str(tmp_path),
        "ORACLE_USER": "cdc",
        "ORACLE_PASSWORD": "secret",
        "ORACLE_DSN": "127.0.0.1:1/none",
        "SQS_QUEUE_URL": "http://127.0.0.1:1/queue",
        "AWS_REGION": "eu-west-1",
    }
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment,
        timeout=PATIENCE_SECONDS,
        capture_output=True,
    )


def test_a_second_stop_while_the_service_is_closed_ends_it_at_once(tmp_path: Path) -> None:
    # It was taken for one that comes while it starts: exit code 0, whatever was left in flight.
    ended = run_script(tmp_path, IMPORTING + CLOSING + RUN)

    assert b"while it was starting" not in ended.stderr
    assert ended.returncode == 128 + signal.SIGTERM


def test_a_stop_that_comes_while_packages_are_imported_is_logged_and_ends_with_0(
    tmp_path: Path,
) -> None:
    ended = run_script(tmp_path, IMPORTING + RUN)

    assert ended.returncode == 0, ended.stderr
    logged = (tmp_path / "cdc_service.log").read_text(encoding="utf-8")
    assert "stopping: what is in flight is finished" in logged
    assert "ended with exit code 0" in logged


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
