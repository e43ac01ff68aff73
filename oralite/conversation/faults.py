"""Misbehaviour on demand, told in one line of text.

ALTER SYSTEM SET oralite_fault = 'drop after commit 2; delay 0.2 on fetch'

A text is one or more faults, separated by semicolons; each is added to those in force.

    drop                      the connection is cut; what was not committed is rolled back
    error 1653 ["text"]       the call is answered with this ORA- error and not carried out; error 4036,604,1502: with
                              one of these, drawn each time
    delay 0.5                 the call takes so many seconds longer
    hang                      the call takes for ever, as behind a lock; a break (call_timeout, cancel) ends it
    freeze                    the same, and breaks are not answered either, as with a dead network
    refuse logins             short for: error 1033 on login; "refuse logins error 28000" gives another error
    restart [5]               all connections are cut now; for so many seconds (default 0) the listener refuses with
                              ORA-12514
    clear                     no fault is in force any more; what hangs goes on

Which call: "on CALL" or "before CALL" (not carried out yet), or "after CALL" (carried out and,
where it commits, committed; the answer is what is lost, late or wrong). CALL is execute, fetch,
commit, rollback, ping, lob, logoff, login, or call: any but login, which is the default. A number
behind it means the n-th from now on: "drop before execute 3". An execute with autocommit on is an
execute, not a commit.

Narrower: when "MERGE INTO" (the statement's text holds it; case and white space do not matter), for
APP (sessions of this user). How often: times 3, times always, chance 0.1 [seed 7]. drop and error
happen once unless told otherwise, the others always; chance means always. A statement that sets a
parameter named oralite_... is never hit nor counted.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from oralite.errors import OraError
from oralite.protocol.transport import Disconnected

CALLS = ("execute", "fetch", "commit", "rollback", "ping", "lob", "logoff", "login", "call")
_ACTIONS_ONCE = ("drop", "error")
_ACTIONS_ALWAYS = ("delay", "hang", "freeze")
_PAUSE_SECONDS = 0.02
_DEFAULT_LOGIN_ERROR = 1033
_LARGEST_CODE = 65535
_TEXT = "an error that oralite_fault asked for"
_WORD = re.compile(r"""\s*(?:"([^"]*)"|([^\s";]+))""")
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


@dataclass(frozen=True)
class Fault:
    """One fault as told. times None: always."""

    action: str
    call: str = "call"
    is_after: bool = False
    nth: int = 1
    times: int | None = None
    when: str = ""
    user: str = ""
    chance: float = 1.0
    seed: int | None = None
    codes: tuple[int, ...] = ()
    text: str = ""
    seconds: float = 0.0


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

    Restart is called with the seconds to refuse connections.
    """

    def __init__(self, restart: Callable[[float], None]) -> None:
        self._restart = restart
        self._lock = threading.Lock()
        self._armed: list[Armed] = []

    def set(self, text: str) -> None:
        """Raises ORA-02097 for a text that is none of those that this module describes.

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

    def choose(self, call: str, sql: str, user: str) -> tuple[Armed, ...]:
        """Return those that hit this call."""
        if not self._armed or _CONTROL.match(sql):
            return ()
        with self._lock:
            found = []
            for armed in self._armed:
                if armed.strikes(call, sql, user):
                    found.append(armed)
            return tuple(found)


def strike(
    struck: Iterable[Armed],
    *,
    is_after: bool,
    interrupted: Callable[[], bool],
    is_closed: Callable[[], bool],
) -> None:
    """Let those faults happen that belong before, or after, the call is carried out.

    Raises the OraError that is to be the answer (the fault's own, or ORA-01013 for a wait that was
    interrupted), and Disconnected when the connection is to be cut.
    """
    for armed in struck:
        if armed.fault.is_after != is_after:
            continue
        if armed.fault.action == "error":
            raise armed.error()
        if armed.fault.action != "drop":
            _wait(armed, is_closed if armed.fault.action == "freeze" else interrupted)
        if armed.fault.action == "drop" or is_closed():
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


def parse(text: str) -> list[Fault]:
    found = []
    for part in _split(text):
        found.append(_Parser(part).fault())
    return found


def normal_text(text: str) -> str:
    return " ".join(text.upper().split())


def _split(text: str) -> Iterator[str]:
    parts = re.findall(r"""(?:"[^"]*"|[^;"])+""", text)
    for part in parts:
        if part.strip():
            yield part


class _Parser:
    """Reads one fault, word by word."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = [match.group(1) or match.group(2) for match in _WORD.finditer(text)]
        self._fields: dict[str, object] = {}

    def fault(self) -> Fault:
        action = self._take("an action").lower()
        if action == "refuse":
            self._expect("logins")
            self._read_refusal()
            action = "error"
        elif action == "restart":
            if self._words:
                self._fields["seconds"] = self._number()
            else:
                self._fields["seconds"] = 0.0
        elif action == "error":
            self._read_error()
        elif action == "delay":
            self._fields["seconds"] = self._number()
        elif action not in (*_ACTIONS_ONCE, *_ACTIONS_ALWAYS, "clear"):
            raise self._refused(f"no action {action!r}")
        while self._words:
            if action in ("clear", "restart"):
                raise self._refused(f"nothing may follow {action}")
            self._read_clause(self._take("a clause").lower())
        if action in _ACTIONS_ONCE and "chance" not in self._fields:
            self._fields.setdefault("times", 1)
        return Fault(action=action, **self._fields)  # type: ignore[arg-type]

    def _read_refusal(self) -> None:
        self._fields.update(call="login", times=None, codes=(_DEFAULT_LOGIN_ERROR,))
        if self._words and self._words[0].lower() == "error":
            self._take("error")
            self._read_error()

    def _read_error(self) -> None:
        self._fields["codes"] = tuple(map(self._code, self._take("a number").split(",")))
        if self._words and f'"{self._words[0]}"' in self._text:
            self._fields["text"] = self._take("a text")

    def _code(self, word: str) -> int:
        if not re.fullmatch(r"\d{1,5}", word) or not 0 < int(word) <= _LARGEST_CODE:
            raise self._refused(f"no error number {word!r}")
        return int(word)

    def _read_clause(self, word: str) -> None:
        if word in ("on", "before", "after"):
            self._read_call(is_after=word == "after")
        elif word == "when":
            self._fields["when"] = normal_text(self._take("a text"))
        elif word == "for":
            self._fields["user"] = self._take("a user").upper()
        elif word == "times":
            if self._is_next("always"):
                self._fields["times"] = None
            else:
                self._fields["times"] = int(self._number())
        elif word == "chance":
            self._fields["chance"] = self._number()
            if self._is_next("seed"):
                self._fields["seed"] = int(self._number())
        else:
            raise self._refused(f"no clause {word!r}")

    def _read_call(self, is_after: bool) -> None:
        call = self._take("a call").lower()
        if call not in CALLS:
            raise self._refused(f"no call {call!r}, only {', '.join(CALLS)}")
        self._fields.update(call=call, is_after=is_after)
        if self._words and self._words[0].isdecimal():
            self._fields["nth"] = int(self._number())

    def _is_next(self, word: str) -> bool:
        if self._words and self._words[0].lower() == word:
            self._words.pop(0)
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._is_next(word):
            raise self._refused(f"{word!r} is missing")

    def _take(self, what: str) -> str:
        if not self._words:
            raise self._refused(f"{what} is missing")
        return self._words.pop(0)

    def _number(self) -> float:
        word = self._take("a number")
        if not re.fullmatch(r"\d+(\.\d+)?", word):
            raise self._refused(f"{word!r} is no number")
        return float(word)

    def _refused(self, why: str) -> OraError:
        return OraError(
            2097,
            f"parameter cannot be modified because the fault {self._text.strip()!r} is wrong: {why}",
        )
