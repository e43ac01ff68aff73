"""What measurements come to: findings, verdicts, looks, spans, issues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sync_monitor.measurements import CellState, Figures
from sync_monitor.model import Severity


class Reason(str, Enum):
    """Why a sync is not OK."""

    NOT_MEASURED = "not_measured"
    #: No partition is settled, promised and measured yet.
    NOTHING_JUDGED = "nothing_judged"
    #: Some partitions are settled and promised, and not measured, or not any more.
    PARTLY_MEASURED = "partly_measured"
    BOTH_EMPTY = "both_empty"
    GAP = "gap"
    LAG = "lag"
    #: The lake has no row whose time counts, though Oracle has.
    LAG_NOT_MEASURED = "lag_not_measured"
    MISSING_PARTITION = "missing_partition"
    EXTRA = "extra"
    CHANGED = "changed"
    SCHEMA = "schema"
    BURN = "burn"
    AGE = "age"
    FUTURE_ROWS = "future_rows"
    SOURCE_LOW = "source_low"
    #: A pipeline that is measured from outside does not work, or was paused.
    STOPPED = "stopped"
    #: A pipeline was refused some of its rows, and keeps them for a person.
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Finding:
    """One reason, and how bad it is by itself.

    Parameters:
        is_confirmed: a second look has confirmed it already, so none is waited for.
    """

    reason: Reason
    severity: Severity
    is_confirmed: bool = False


@dataclass(frozen=True)
class Verdict:
    """How a look found a sync: the worst of its findings."""

    severity: Severity
    findings: tuple[Finding, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """Return whether what makes it this bad was confirmed by a second look."""
        for finding in self.findings:
            if finding.severity is self.severity and finding.is_confirmed:
                return True
        return False

    def has(self, reason: Reason) -> bool:
        """Return whether it has this reason."""
        return any(finding.reason is reason for finding in self.findings)


@dataclass(frozen=True)
class Standing:
    """The state of a sync that is shown, and what may follow it.

    Parameters:
        severity: since `since`.
        candidate: another state that the last looks found, in a row.
        candidate_since: the first of them.
        candidate_count: how many they are.
        looked_at: the last look, of whatever outcome.
    """

    severity: Severity
    since: datetime
    looked_at: datetime
    candidate: Severity | None = None
    candidate_since: datetime | None = None
    candidate_count: int = 0


@dataclass(frozen=True)
class Span:
    """A stretch of time in one state: [begin, end), both in UTC."""

    severity: Severity
    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Return how long it lasted."""
        return self.end - self.begin

    def within(self, begin: datetime, end: datetime) -> Span:
        """Return its part in [begin, end), of no length where it has none."""
        first = min(max(self.begin, begin), end)
        return replace(self, begin=first, end=max(min(self.end, end), first))


class Trigger(str, Enum):
    """Why a look was taken."""

    TIMER = "timer"
    PERSON = "person"
    ONCE = "once"
    CONFIRM = "confirm"


class Outcome(str, Enum):
    """How a look ended."""

    MEASURED = "measured"
    FAILED = "failed"


@dataclass(frozen=True)
class Cost:
    """What a look asked of both sides."""

    oracle_statements: int = 0
    oracle_rows: int = 0
    lake_statements: int = 0
    lake_rows: int = 0


@dataclass(frozen=True)
class Look:
    """One measurement of one sync, as the audit trail has it.

    Parameters:
        sync: its name.
        by: who asked for it, empty for the timer.
        settings_hash: of the settings that it was taken with.
        verdict: what it found. UNKNOWN where it failed.
        figures: None where it failed.
        error_code: such as ORA-01031, or the class of the error. Never its text.
        took: how long.
        run_id: its number, which the history gives.
    """

    sync: str
    began: datetime
    took: timedelta
    trigger: Trigger
    by: str
    settings_hash: str
    outcome: Outcome
    verdict: Verdict
    figures: Figures | None
    cost: Cost
    error_code: str = ""
    run_id: int | None = None


class IssueKind(str, Enum):
    """What an issue is about."""

    NO_PARTITION = "no_partition"
    ROWS_MISSING = "rows_missing"
    ROWS_EXTRA = "rows_extra"
    ROWS_CHANGED = "rows_changed"
    SCHEMA = "schema"
    LAG = "lag"
    NOT_MEASURED = "not_measured"
    BOTH_EMPTY = "both_empty"
    SOURCE_LOW = "source_low"
    STOPPED = "stopped"
    SET_ASIDE = "set_aside"


#: The issue that a partition's state is.
ISSUE_OF_CELL = {
    CellState.NO_PARTITION: IssueKind.NO_PARTITION,
    CellState.ROWS_MISSING: IssueKind.ROWS_MISSING,
    CellState.EXTRA: IssueKind.ROWS_EXTRA,
    CellState.CHANGED: IssueKind.ROWS_CHANGED,
}


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong, from its first look to its last: one alert, whatever happens.

    Parameters:
        partition: its key. Empty: it concerns the sync as a whole.
        rows: how many it is about, 0 where it is not about rows.
        opened_at: when a first look saw it.
        confirmed_at: when it counted. None: not yet.
        closed_at: when it was over. None: it is open.
        first_look: run id of the look that saw it first.
        last_look: run id of the last look that saw it.
        number: by which people name it, which the history gives.
    """

    sync: str
    kind: IssueKind
    partition: str
    severity: Severity
    rows: int
    opened_at: datetime
    confirmed_at: datetime | None = None
    closed_at: datetime | None = None
    first_look: int | None = None
    last_look: int | None = None
    number: int | None = None
