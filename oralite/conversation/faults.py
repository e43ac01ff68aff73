"""Misbehaviour on demand, described in one line of text.

    ALTER SYSTEM SET oralite_fault = 'drop after commit 2'

A text is one or more faults with semicolons between them. Each is added to those in force.

    drop                  the connection is cut, and what was not committed is rolled back
    error 1653 ["text"]   the call is answered with this ORA- error and not carried out. error
                          4036,604,1502: with one of these, drawn each time
    delay 0.5             the call takes half a second longer
    hang                  the call takes for ever, as behind a lock. A break (call_timeout,
                          cancel) ends it
    freeze                the same, and breaks are not answered either, as with a dead network
    refuse logins         short for: error 1033 on login. "refuse logins error 28000" gives
                          another error
    restart [5]           all connections are cut now, and for 5 s (default 0) the listener
                          refuses with ORA-12514
    clear                 no fault is in force any more, and what hangs goes on

Which call: "on CALL" or "before CALL" (not carried out yet), or "after CALL" (carried out and,
where it commits, committed: the answer is what is lost, late or wrong). CALL is execute, fetch,
commit, rollback, ping, lob, logoff, login, or call: any but login, which is the default. A number
behind it means the n-th from now on: "drop before execute 3". An execute with autocommit on is an
execute, not a commit.

Narrower: when "MERGE INTO" (the statement's text has it, whatever its case and white space), for
APP (sessions of this user). How often: times 3, times always, chance 0.1 [seed 7]. drop and error
happen once unless the text says otherwise, the others always. chance means always. A statement
that sets a parameter named oralite_... is never hit nor counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oralite.errors import OraError

CALLS = ("execute", "fetch", "commit", "rollback", "ping", "lob", "logoff", "login", "call")
_ACTIONS_ONCE = ("drop", "error")
_ACTIONS_ALWAYS = ("delay", "hang", "freeze")
_DEFAULT_LOGIN_ERROR = 1033
_LARGEST_CODE = 65535
_WORD = re.compile(r"""\s*(?:"([^"]*)"|([^\s";]+))""")


@dataclass(frozen=True)
class Fault:
    """One fault as the text describes it. times None: always."""

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
            f"parameter cannot be modified because the fault {self._text.strip()!r} is wrong:"
            f" {why}",
        )
