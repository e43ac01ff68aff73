"""A secret that may change while the program runs: a refused one is read again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from pydantic import SecretStr

from oracle_cdc.errors import CredentialsError
from oracle_cdc.running.log_in_refusals import PAUSE_SECONDS, Refusals
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.settings.sources import Given

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
#: Gives the secret as it is now to what logs in with it, and learns from what that raises whether
#: it was refused (CredentialsError).
LogIn = Callable[[Callable[[str], None]], None]

#: What reading a refused secret again can show.
CHANGED, SAME, FAILED = "changed", "same", "failed"


class Turn:
    """Lets one thread after another do something."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.holder: int | None = None

    def __enter__(self) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.holder is None)
            self.holder = threading.get_ident()

    def __exit__(self, *error: object) -> None:
        self.end(threading.get_ident())

    def end(self, thread: int | None) -> None:
        """End a thread's turn if it has it, whether it is done or not."""
        with self.changed:
            if self.holder == thread:
                self.holder = None
                self.changed.notify()


class Secret:
    """Holds a secret, and reads it again from its place once a log-in with it is refused.

    Any thread may use it. A newer value is tried at once. What was refused is tried once more after
    a pause, and then never, unless its place could not be asked.

    Parameters:
        name: of its variable.
        given: the value, its place, and how it is read again.
        gives_up: what was refused again after a pause is never tried any more. Else it is tried
            after each pause, because nobody ends the process for it.
    """

    def __init__(
        self,
        name: str,
        given: Given,
        clock: Callable[[], float] = monotonic,
        *,
        gives_up: bool = True,
    ) -> None:
        self.name = name
        self.given = given
        self.clock = clock
        self.rereads = dict.fromkeys((CHANGED, SAME, FAILED), 0)
        self.was_accepted = False
        self.value = str(given.value)
        self.refusals = Refusals(gives_up=gives_up)
        #: Why no newer value is known, while none is.
        self.finding = ""
        self.is_unread = False
        self.read_at = float("-inf")
        self.lock = threading.Lock()
        self.turn = Turn()
        self.repeats = RepeatLimiter(clock=lambda: self.clock())
        self.log_in_name = f"the log-in with {name}"

    def log_in(self, connect: Callable[[str], Result]) -> Result:
        """Return what connect makes of the secret. One thread at a time logs in.

        Raises the refusal, without a try while none is allowed, and what else connect raises.
        """
        with self.turn:
            while True:
                value = self.current()
                try:
                    result = connect(value)
                except CredentialsError as error:
                    # Where there is a newer value it is tried now, else this raises the refusal.
                    self.refuse(value, error)
                else:
                    self.accept()
                    return result

    def current(self) -> str:
        """Return what to log in with. Raises the last refusal while nothing may be tried."""
        with self.lock:
            if self.is_to_be_read():
                self.read_again()
            if self.is_in_doubt or not self.refusals.allow(self.value, self.clock()):
                self.raise_refusal()
            return self.value

    def refuse(self, value: str, error: CredentialsError) -> None:
        """Note that a log-in was refused, and read the secret again, once for all who ask."""
        with self.lock:
            is_news = self.refusals.add(value, error, self.clock())
            if is_news and value == self.value and error.may_be_outdated:
                self.read_again()

    def accept(self) -> None:
        """Forget the refusals: a log-in succeeded."""
        with self.lock:
            self.was_accepted = True
            self.refusals.clear()
            self.finding = ""
            self.is_unread = False
        self.repeats.recovered(self.log_in_name)

    @property
    def is_final(self) -> bool:
        """Return whether no further log-in may be tried, for ever."""
        refusal = self.refusals.of(self.value)
        return refusal is not None and refusal.is_last and not self.is_in_doubt

    @property
    def may_pass(self) -> bool:
        """Return whether a refusal may pass, because it was accepted before."""
        return self.was_accepted and not self.is_final

    @property
    def is_in_doubt(self) -> bool:
        """Return whether a newer value is needed, and its place could not be asked for one."""
        refusal = self.refusals.of(self.value)
        return self.is_unread and refusal is not None and refusal.error.may_be_outdated

    def is_to_be_read(self) -> bool:
        """Return whether a pause is over, so that what was refused may have changed meanwhile."""
        refusal = self.refusals.of(self.value)
        if refusal is None or self.is_final:
            return False
        return self.clock() - max(refusal.at, self.read_at) >= PAUSE_SECONDS

    def raise_refusal(self) -> None:
        """Raise the latest refusal, with what is known of a newer value."""
        error = self.refusals.latest()
        text = str(error)
        if self.finding:
            text += f"; {self.finding}"
        raise type(error)(text)

    def read_again(self) -> None:
        """Read the value anew from its place, and log what came of it, never the value."""
        if self.given.read_again is None:
            return
        place = self.given.place
        try:
            found = self.given.read_again()
        except Exception as error:  # whatever ails the place: the refusal must not be lost for it
            self.note(FAILED, f"can't be read again from {place} ({describe(error)})")
            return
        if found is None or not str(found.value).strip():
            self.note(FAILED, f"is not in {place} any more")
            return
        self.given = found
        if str(found.value) == self.value:
            self.note(SAME, f"is still the same in {found.place}")
            return
        self.value = str(found.value)
        self.note(CHANGED, "")
        logger.info("%s was refused and has changed: %s is used now", self.name, found.place)

    def note(self, outcome: str, finding: str) -> None:
        """Count what reading again showed, and log why no newer value is known."""
        self.read_at = self.clock()
        self.is_unread = outcome == FAILED
        self.rereads[outcome] += 1
        self.finding = ""
        if finding:
            self.finding = f"{self.name} {finding}"
            self.repeats.failure(
                self.log_in_name, logger, "%s was refused and %s", self.name, finding
            )


def make_secret(
    name: str, value: SecretStr, given: Given | None = None, *, gives_up: bool = True
) -> Secret:
    """Make the secret of a variable, with the place where it was given, if that is known."""
    if given is None:
        given = Given(name, value.get_secret_value(), "the settings", "the settings")
    return Secret(name, given, gives_up=gives_up)


def log_in_with(value: str) -> LogIn:
    """Return what logs in with a value that never changes."""

    def log_in(connect: Callable[[str], None]) -> None:
        connect(value)

    return log_in
