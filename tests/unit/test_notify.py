"""What a service manager is notified of, over its real kind of socket."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from oracle_cdc.watching.joint_readiness import JointReadiness
from oracle_cdc.watching.notify import Beat, Notifier, make_notifier
from oracle_cdc.watching.supervision import supervised
from tests.acceptance.process import wait_for
from tests.acceptance.watching import Manager, manager

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX"), reason="no such sockets on this system"
)


class Notices:
    """A beat whose service the test plays."""

    def __init__(self, systemd: Manager, watchdog_seconds: float = 0.02) -> None:
        self.has_begun = self.is_alive = True
        self.status = "ready"
        self.stop = threading.Event()
        self.beat = Beat(
            Notifier(systemd.address, watchdog_seconds),
            has_begun=lambda: self.has_begun,
            is_alive=lambda: self.is_alive,
            summary=lambda: self.status,
            stop=self.stop,
        )

    def end(self) -> None:
        self.stop.set()
        self.beat.thread.join()


def test_ready_is_reported_once_the_loops_run() -> None:
    with manager("ready") as systemd:
        notices = Notices(systemd)
        notices.has_begun = False
        notices.beat.notify()
        notices.has_begun = True
        notices.beat.notify()
        notices.beat.notify()
        wait_for("the messages", lambda: systemd.beats == 3)

        assert systemd.messages == ["STATUS=ready\nWATCHDOG=1", "READY=1\nWATCHDOG=1", "WATCHDOG=1"]


def test_the_status_is_reported_when_it_changes() -> None:
    with manager("status") as systemd:
        notices = Notices(systemd)
        notices.beat.notify()
        notices.status = "oracle: no answer for 9 s"
        notices.beat.notify()
        wait_for("the message", lambda: systemd.status == "oracle: no answer for 9 s")


def test_the_watchdog_is_fed_only_while_the_loops_get_on() -> None:
    with manager("watchdog") as systemd:
        notices = Notices(systemd)
        notices.beat.start()
        wait_for("some beats", lambda: systemd.beats > 2)
        notices.is_alive = False
        notices.status = "capture: no progress for 121 s"
        wait_for("the status", lambda: systemd.status == notices.status)
        before = systemd.beats
        notices.status = "again"
        wait_for("another round", lambda: systemd.status == "again")
        notices.end()

        assert systemd.beats == before


def test_the_stop_is_reported() -> None:
    with manager("stopping") as systemd:
        notices = Notices(systemd)
        notices.beat.start()
        notices.end()
        wait_for("the message", lambda: "STOPPING=1" in systemd.lines())


def test_the_end_waits_until_the_stop_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with manager("goodbye") as systemd:
        busy, stop = threading.Event(), threading.Event()
        soon = threading.Timer(0.2, busy.set)
        readiness = JointReadiness([])
        monkeypatch.setattr(readiness, "summary", lambda: str(busy.wait(10)))
        before = set(threading.enumerate())
        with supervised(readiness, Notifier(systemd.address), None, stop):
            stop.set()
            soon.start()
        left = set(threading.enumerate()) - before
        assert "beat" not in [thread.name for thread in left]
        soon.join()


def test_a_reload_is_reported_around_what_it_does() -> None:
    with manager("reload") as systemd:
        Notifier(systemd.address).reloading(lambda: systemd.messages.append("reopened"))
        wait_for("the messages", lambda: len(systemd.messages) == 3)

        assert {line.split("=")[0] for line in systemd.lines()} == {
            "RELOADING",
            "MONOTONIC_USEC",
            "reopened",
            "READY",
        }
        assert systemd.messages[-1] == "READY=1"


def test_a_socket_in_the_file_system_is_reported_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # its path may be longer than a socket's may be
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("notify")
        Notifier("notify").send("READY=1", "STATUS=ready")

        assert listening.recv(100) == b"READY=1\nSTATUS=ready"


@pytest.mark.parametrize("address", ["", "@nobody-listens-here", "/nowhere/at/all"])
def test_nobody_to_notify_is_no_trouble(address: str) -> None:
    Notifier(address).send("READY=1")


def test_without_a_manager_there_is_no_thread() -> None:
    beat = Beat(
        Notifier(),
        has_begun=lambda: True,
        is_alive=lambda: True,
        summary=lambda: "",
        stop=threading.Event(),
    )
    beat.start()
    assert not beat.thread.is_alive()


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
    ],
)
def test_the_watchdog_is_this_process_s_when_its_variables_say_so(
    variables: dict[str, str], seconds: float
) -> None:
    assert make_notifier(variables).watchdog_seconds == seconds
