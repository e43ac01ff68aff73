"""The faults in force on one server, and how they strike a call."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from oralite.conversation.faults import Fault, normal_text, parse
from oralite.errors import OraError
from oralite.protocol.transport import Disconnected, Transport

_PAUSE_SECONDS = 0.02


_TEXT = "an error that oralite_fault asked for"


_CONTROL = re.compile(r"\s*ALTER\s+SYSTEM\s+SET\s+\"?oralite_", re.IGNORECASE)


_TEXTS = {
    54: "resource busy and acquire with NOWAIT specified or timeout expired",
    60: "deadlock detected while waiting for resource",
    1017: "invalid username/password; logon denied",
    1033: "ORACLE initialization or shutdown in progress",
    1555: "snapshot too old",
    1653: "unable to extend table in tablespace USERS",
    3113: "end-of-file on communication channel",
    8177: "can't serialize access for this transaction",
    12541: "TNS:no listener",
    28000: "The account is locked.",
    28001: "The account has expired.",
}


@dataclass
class Armed:
    """A fault in force, how often a call matched it, and how often it happened."""

    fault: Fault
    random: random.Random
    matched: int = 0
    happened: int = 0
    cleared: threading.Event = field(default_factory=threading.Event)

    def strikes(self, call: str, sql: str, user: str) -> bool:
        """Return whether this call is hit, and count it."""
        fault = self.fault
        if fault.call != call and (fault.call != "call" or call == "login"):
            return False
        if (fault.user and fault.user != user) or (
            fault.when and fault.when not in normal_text(sql)
        ):
            return False
        self.matched += 1
        if self.matched < fault.nth or (fault.times is not None and self.happened >= fault.times):
            return False
        if fault.chance < 1 and self.random.random() >= fault.chance:
            return False
        self.happened += 1
        return True

    def error(self) -> OraError:
        """Return one of the fault's errors: with several codes any of them."""
        codes = self.fault.codes
        if len(codes) == 1:
            code = codes[0]
        else:
            code = self.random.choice(codes)
        return OraError(code, self.fault.text or _TEXTS.get(code, _TEXT))


class Faults:
    """The faults in force on one server.

    restart: called with the seconds for which connections are to be refused.
    """

    def __init__(self, restart: Callable[[float], None]) -> None:
        self._restart = restart
        self._lock = threading.Lock()
        self._armed: list[Armed] = []

    def set(self, text: str) -> None:
        """Put the faults of a text in force. Raises ORA-02097 for a text that means none.

        Then nothing changes.
        """
        for fault in parse(text):
            if fault.action == "clear":
                self.clear()
            elif fault.action == "restart":
                self._restart(fault.seconds)
            else:
                with self._lock:
                    self._armed.append(Armed(fault, random.Random(fault.seed)))

    def clear(self) -> None:
        with self._lock:
            armed, self._armed = self._armed, []
        for one in armed:
            one.cleared.set()

    def struck(self) -> int:
        """Count the calls that the faults in force have hit."""
        count = 0
        with self._lock:
            for armed in self._armed:
                count += armed.happened
        return count

    def choose(self, call: str, sql: str, user: str) -> tuple[Armed, ...]:
        """Return the faults that hit this call. It counts for all that it matches."""
        if not self._armed or _CONTROL.match(sql):
            return ()
        with self._lock:
            found = []
            for armed in self._armed:
                if armed.strikes(call, sql, user):
                    found.append(armed)
            return tuple(found)


def strike(struck: Iterable[Armed], transport: Transport, *, is_after: bool) -> None:
    """Let the faults happen that belong before a call, or those that belong after it.

    Raises the OraError that is to be the answer (the fault's own, or ORA-01013 for a wait that was
    interrupted), and Disconnected when the connection is to be cut.
    """
    for armed in struck:
        if armed.fault.is_after != is_after:
            continue
        if armed.fault.action == "error":
            raise armed.error()
        if armed.fault.action != "drop":
            ends = transport.interrupted
            if armed.fault.action == "freeze":
                ends = transport.is_closed
            _wait(armed, ends)
        if armed.fault.action == "drop" or transport.is_closed():
            raise Disconnected("a fault cut the connection")


def _wait(armed: Armed, ends: Callable[[], bool]) -> None:
    if armed.fault.action == "delay":
        deadline = time.monotonic() + armed.fault.seconds
    else:
        deadline = None
    while not ends():
        if deadline is None:
            left = _PAUSE_SECONDS
        else:
            left = min(_PAUSE_SECONDS, deadline - time.monotonic())
        if left <= 0 or armed.cleared.wait(left):
            return
    raise OraError(1013, "user requested cancel of current operation")
