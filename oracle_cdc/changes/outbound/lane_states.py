"""Which lanes there are, which of them work, and when one that failed is tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from oracle_cdc.changes.lanes.look import Look, Looker, Registered
from oracle_cdc.changes.outbound.lane import Lane
from oracle_cdc.errors import CdcError, CredentialsError, Unavailable
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.repeats import RepeatLimiter
from oracle_cdc.running.retrying import Backoff

#: What fails all lanes alike, and is the loop's to try again.
COMMON = (Unavailable, CredentialsError)

Open = Callable[[Session, Registered], Lane]


@dataclass
class LaneState:
    """A lane, and how it is.

    Parameters:
        lane: None: it can't be shipped, or was not looked at yet.
        next_at: before which it has no turn, on the clock of the progress.
        held_back: rows at its front that stay.
        failure: what hinders it, None while nothing does.
    """

    registered: Registered
    backoff: Backoff
    lane: Lane | None = None
    next_at: float = 0.0
    held_back: int = 0
    failure: CdcError | None = None

    @property
    def name(self) -> str:
        """Return what it is called where it fails."""
        return f"changes of {self.registered.table}"


class LaneStates:
    """Keeps the lanes.

    Parameters:
        open: makes a lane as it is now. Raises what keeps it from being shipped.
        chosen: the tables that are shipped, none for all.
        make_backoff: of the waits of a lane that fails.
    """

    def __init__(
        self,
        open: Open,
        chosen: Collection[str],
        make_backoff: Callable[[], Backoff],
        progress: Progress,
        repeats: RepeatLimiter,
    ) -> None:
        self.open = open
        self.chosen = chosen
        self.make_backoff = make_backoff
        self.progress = progress
        self.repeats = repeats
        self.states: dict[str, LaneState] = {}
        #: As they are called where it is shown.
        self.paused: set[str] = set()
        self.looker = Looker()

    def look(self, session: Session) -> Look:
        """Look at all lanes, open those that are new, and return what was seen.

        It is one round trip where nothing has changed. A lane whose change table can't be looked
        at is taken out until its next try.
        """
        try:
            look = self.looker.look(session)
        except CdcError as error:
            if isinstance(error, COMMON) or not self.find_broken(session):
                raise
            look = self.looker.look(session)
        self.keep(look.registered)
        if self.open_due(session):
            self.watch()
            return self.looker.look(session)
        return look

    def keep(self, registered: Sequence[Registered]) -> None:
        """Keep the lanes that are wanted, anew where what is captured has changed."""
        wanted, paused = {}, set()
        for each in registered:
            if self.chosen and each.table not in self.chosen:
                continue
            if each.is_enabled:
                wanted[each.table] = each
            else:
                paused.add(f"changes of {each.table}")
        self.progress.paused -= self.paused - paused
        self.progress.paused |= paused
        self.paused = paused
        for table, state in list(self.states.items()):
            if wanted.get(table) != state.registered:
                self.well(state)
                del self.states[table]
        for table, each in wanted.items():
            if table not in self.states:
                self.states[table] = LaneState(each, self.make_backoff())

    def open_due(self, session: Session) -> bool:
        """Open the lanes that are not, and return whether there are others now."""
        for state in self.states.values():
            if state.lane is not None or self.progress.clock() < state.next_at:
                continue
            try:
                state.lane = self.open(session, state.registered)
            except COMMON:
                raise
            except CdcError as error:
                self.fail(state, error)
            else:
                self.well(state)
        return self.opened() != self.looker.tables

    def opened(self) -> Sequence[str]:
        return tuple(table for table, state in self.states.items() if state.lane is not None)

    def watch(self) -> None:
        """Look at the lanes that are open from now on."""
        logs = {}
        for table in self.opened():
            logs[table] = self.states[table].registered.log
        self.looker.watch(logs)

    def reopen(self) -> None:
        """Open all lanes anew at the next look, because what they are opened for has changed."""
        for state in self.states.values():
            state.lane = None

    def find_broken(self, session: Session) -> bool:
        """Look at each lane by itself, and return whether one of them can't be looked at."""
        found = False
        for state in self.states.values():
            if state.lane is None:
                continue
            looker = Looker()
            looker.watch({state.registered.table: state.registered.log})
            try:
                looker.look(session)
            except COMMON:
                raise
            except CdcError as error:
                found = True
                self.fail(state, error)
        self.watch()
        return found

    def fail(self, state: LaneState, error: CdcError) -> None:
        """Note why a lane can't be shipped. It is opened anew at its next try."""
        state.lane = None
        self.put_off(state, error)

    def put_off(self, state: LaneState, error: CdcError) -> None:
        """Note what hinders a lane, and give it its next turn later."""
        state.next_at = self.progress.clock() + state.backoff.next_wait()
        self.complain(state, error)

    def require_all(self) -> None:
        """Raise CdcError where something hinders a lane."""
        failures = [state.failure for state in self.states.values() if state.failure is not None]
        if failures:
            what = counted(len(failures), "change table")
            raise CdcError(f"{what} could not be shipped, the first because: {failures[0]}")

    def complain(self, state: LaneState, error: CdcError) -> None:
        """Log what hinders a lane, and note it where a person must put it right."""
        state.failure = error
        level = logging.WARNING
        if not isinstance(error, Unavailable):
            level = logging.ERROR
            self.progress.concerns.note(state.name, f"{state.name}: {error}")
        log = logging.getLogger(f"oracle_cdc.{error.area}.lanes")
        self.repeats.failure(state.name, log, "%s: %s", state.name, error, level=level)

    def well(self, state: LaneState) -> None:
        """Note that a lane works again."""
        state.failure = None
        state.backoff.reset()
        self.repeats.recovered(state.name)
        self.progress.concerns.withdraw(state.name)
