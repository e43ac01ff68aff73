"""The search for work.

A call that no search can bring is found by halves, and set aside, so that the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic

from oracle_cdc.conversations.rules.claims import Candidate
from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.ledger import fail_unsearchable
from oracle_cdc.conversations.tables.search import (
    Named,
    Query,
    Work,
    find_calls,
    find_ids,
    find_work,
)
from oracle_cdc.errors import CdcError, OracleUnavailable, Unreachable
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.evidence import Evidence
from oracle_cdc.running.privacy import describe
from oracle_cdc.running.progress import Progress

logger = logging.getLogger(__name__)

#: A lost connection or a time-out is first taken for what it looks like. With this one in a row the
#: search is tried by halves.
LOST_SEARCHES = 3
#: A call that makes a search fail by itself is set aside with this failure.
FAILURES_ALONE = 3
#: A search that is lost sooner was not too long: a network that drops connections must not lead to
#: slices so short that no cycle ends.
LONG_SECONDS = 0.5


class Finder:
    """Finds calls to claim.

    `failures` counts searches in a row that ended with a lost connection or a time-out, and
    `long_failures` those of them that may have been too long, less those that were quick since.

    Parameters:
        account_for: called with a call that ends every search by itself, its error and how many
            times it did. Returns whether the ledger has the call after it.
    """

    def __init__(
        self, database: Database, account_for: Callable[[str, Exception, int], bool]
    ) -> None:
        self.database = database
        self.account_for = account_for
        self.failures = 0
        self.long_failures = 0
        self.evidence = Evidence[str](str, lambda: database.answers)

    def find(self, query: Query) -> Work:
        """Search once. Raises what keeps it from every call."""
        began_at = monotonic()
        try:
            found = self.database.attempt(lambda session: find_work(session, query))
        except Unreachable as unreachable:
            raise unreachable.error from unreachable
        except OracleUnavailable as error:
            self.failures += 1
            if monotonic() - began_at >= LONG_SECONDS:
                self.long_failures += 1
            if self.failures < LOST_SEARCHES:
                raise
            return self.find_apart(query, error)
        except Exception as error:  # a value that the driver can't bring may be behind any
            return self.find_apart(query, error)
        if self.long_failures and monotonic() - began_at < LONG_SECONDS:
            self.long_failures -= 1
        return found

    def finished(self) -> None:
        """Note that a whole stretch was searched."""
        self.failures = self.long_failures = 0

    def find_apart(self, query: Query, error: Exception) -> Work:
        """Find out which calls a failed search would have brought, and bring those that it can.

        Raises the search's error when that fails too, or brings none.
        """
        try:
            work, named = self.database.attempt(lambda session: find_ids(session, query))
        except Unreachable as unreachable:
            raise unreachable.error from unreachable
        except Exception:  # it is no single call that ends the search
            raise error from None
        outcome = self.evidence.sort(list(named), self.find_some)
        if not (outcome.passed or outcome.own):
            raise error
        candidates: list[Candidate] = []
        for part in outcome.results:
            for found in part:
                candidates.append(as_searched(found, query.window, named[found.call_id]))
        is_whole = not (outcome.waiting or outcome.untried)
        for call_id, failure in outcome.own:
            if not self.account_for(call_id, failure, self.evidence.own_failures(call_id)):
                is_whole = False
        return replace(
            work,
            candidates=candidates,
            is_whole=is_whole,
            left_out=work.left_out + len(named) - len(candidates),
        )

    def find_some(self, call_ids: Sequence[str]) -> list[Candidate]:
        return self.database.attempt(lambda session: find_calls(session, call_ids)[1])


class SettingAside:
    """Sets a call aside that has ended several searches."""

    def __init__(self, database: Database, progress: Progress) -> None:
        self.database = database
        self.progress = progress

    def account_for(self, call_id: str, error: Exception, failures: int) -> bool:
        """Log a call, make it FAILED with its last failure allowed, and return whether it is."""
        reason = CdcError(f"call {call_id} can't be searched: {describe(error)}")
        if failures < FAILURES_ALONE:
            logger.warning("%s (%d of %d times)", reason, failures, FAILURES_ALONE)
            return False
        try:
            self.database.attempt(lambda session: write_unsearchable(session, call_id, reason))
        except (CdcError, Unreachable) as refusal:
            logger.error("%s; it can't be set aside: %s", reason, refusal)
            return False
        logger.error("call %s is FAILED: %s", call_id, reason)
        self.progress.add(failed=1, refused=1)
        return True


def as_searched(candidate: Candidate, window: Window, named: Named) -> Candidate:
    """Return a candidate as the search itself would have brought it."""
    candidate = replace(candidate, resend=named.resend)
    if named.is_due:
        return replace(candidate, is_due=True, oldest_time=None)
    if candidate.oldest_time is None:
        return candidate
    return replace(candidate, oldest_time=max(candidate.oldest_time, window.start))


def write_unsearchable(session: Session, call_id: str, reason: CdcError) -> None:
    """Make a call FAILED with the rows that say why, unless another copy leases it, and commit."""
    if fail_unsearchable(session, call_id):
        event = journal.failed(call_id, reason, FAILURES_ALONE)
        journal.write_events(session, f"search {call_id}", [event])
    session.commit()


def warn_of_future(found: Work) -> None:
    """Log that segments are far ahead of the database's clock.

    They count neither for quiet nor for the longest wait.
    """
    ahead: list[str] = []
    for candidate in found.candidates:
        if candidate.newest_time is not None and candidate.newest_time != candidate.last_time:
            ahead.append(candidate.call_id)
    if ahead:
        logger.warning(
            "%s segments stamped more than 90 minutes ahead, first call %s",
            counted(len(ahead), "call has", "calls have"),
            ahead[0],
        )
