"""The search for work; a call that no search can bring is found by halves, and set aside, so that the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from oracle_cdc.claims import Candidate
from oracle_cdc.errors import CdcError, OracleUnavailable, Unreachable
from oracle_cdc.evidence import Evidence
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.journal import Entry, Fault, SetAside, set_aside, write_entries, write_faults
from oracle_cdc.oracle.ledger import Query, Work, fail_unsearchable, find_calls, find_ids, find_work
from oracle_cdc.oracle.session import Session
from oracle_cdc.privacy import describe
from oracle_cdc.progress import Progress
from oracle_cdc.windows import Window

logger = logging.getLogger(__name__)

#: A lost connection or a time-out is first taken for what it looks like; after so many the search is tried by halves.
LOST_SEARCHES = 3
#: A call that makes a search fail by itself is set aside after so many searches.
FAILURES_ALONE = 3


class Search:
    """Finds calls to claim. `failures` counts searches in a row that ended with a lost connection or a time-out.

    Parameters:
        account_for: told of a call that ends every search by itself, with its error and how often it did. Returns
            whether the call is accounted for now.
    """

    def __init__(
        self, database: Database, account_for: Callable[[str, Exception, int], bool]
    ) -> None:
        self.database = database
        self.account_for = account_for
        self.failures = 0
        self.evidence = Evidence[str](str, lambda: database.answers)

    def find(self, query: Query) -> Work:
        """Search once. Raises what keeps it from every call."""
        try:
            return self.database.attempt(lambda session: find_work(session, query))
        except Unreachable as unreachable:
            self.failures += 1
            raise unreachable.error from unreachable
        except OracleUnavailable as error:
            self.failures += 1
            if self.failures < LOST_SEARCHES:
                raise
            return self.find_apart(query, error)
        except Exception as error:  # a value that the driver can't bring may be behind any
            return self.find_apart(query, error)

    def find_apart(self, query: Query, error: Exception) -> Work:
        """After a failed search: which calls it would have brought, and each of them that can be brought.

        Raises the search's error when that fails too, or brings none.
        """
        try:
            work, is_due = self.database.attempt(lambda session: find_ids(session, query))
        except Unreachable as unreachable:
            raise unreachable.error from unreachable
        except Exception:  # it is no single call that ends the search
            raise error from None
        outcome = self.evidence.sort(list(is_due), self.find_some)
        if not (outcome.passed or outcome.own):
            raise error
        found = [candidate for part in outcome.results for candidate in part]
        own = [
            (call_id, failure, self.evidence.own_failures(call_id))
            for call_id, failure in outcome.own
        ]
        spoiled = [
            call_id
            for call_id, failure, times in own
            if not self.account_for(call_id, failure, times)
        ]
        return replace(
            work,
            candidates=[as_searched(candidate, query.window, is_due) for candidate in found],
            is_whole=not (spoiled or outcome.waiting or outcome.untried),
        )

    def find_some(self, call_ids: Sequence[str]) -> list[Candidate]:
        return self.database.attempt(lambda session: find_calls(session, call_ids)[1])


class SettingAside:
    """Sets a call aside that has ended several searches."""

    def __init__(self, database: Database, progress: Progress) -> None:
        self.database = database
        self.progress = progress

    def account_for(self, call_id: str, error: Exception, failures: int) -> bool:
        """Tell of a call, and make it FAILED when it has failed often enough. Returns whether it is."""
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


def as_searched(candidate: Candidate, window: Window, is_due: Mapping[str, bool]) -> Candidate:
    """A candidate as the search itself would have told of it."""
    if is_due[candidate.call_id]:
        return replace(candidate, is_due=True, oldest_time=None)
    oldest = candidate.oldest_time
    return replace(candidate, oldest_time=max(oldest, window.start) if oldest else None)


def write_unsearchable(session: Session, call_id: str, reason: CdcError) -> None:
    """FAILED, with the rows that say why, and commit; nothing if another copy holds the call."""
    if fail_unsearchable(session, call_id):
        set_aside(session, [SetAside("OUTBOUND", call_id, str(reason), FAILURES_ALONE, None)])
        write_entries(
            session,
            f"search {call_id}"[:50],
            [Entry(call_id, "FAIL", "FAILED", error_message=str(reason))],
        )
        write_faults(session, [Fault(reason, call_id, FAILURES_ALONE)])
    session.commit()
