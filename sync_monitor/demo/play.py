"""The demo: each fault injected, found by its cause within two looks, and healed by its runbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sync_monitor.demo.injecting import INJECTIONS, inject
from sync_monitor.demo.runbook_run import apply_runbook
from sync_monitor.demo.samples import Sample
from sync_monitor.demo.seeding import write_samples
from sync_monitor.demo.standin import StandIn
from sync_monitor.history import queries
from sync_monitor.history.runbooks import runbook
from sync_monitor.looks.pace import Asked
from sync_monitor.model import Severity, Sync
from sync_monitor.rounds import Rounds
from sync_monitor.triage.answer import Answer, Cause
from sync_monitor.verdicts import IssueKind, Trigger

MOST_LOOKS = 2
#: Which cause each injection must be found by.
CAUSES: dict[str, Cause] = {
    "missing_partition": Cause.PARTITION_DROPPED,
    "partial_partition": Cause.PARTIAL_WRITE,
    "doubles": Cause.LOAD_RETRIED,
    "changed": Cause.UPDATES_NOT_CARRIED,
    "stale": Cause.LOAD_NEVER_RAN,
    "lake_ahead": Cause.DELETES_NOT_CARRIED,
    "deleted": Cause.DELETES_NOT_CARRIED,
    "column_added": Cause.SCHEMA_DRIFT,
    "zone_shift": Cause.ZONE_SHIFT,
    "unregistered": Cause.PARTITION_UNREGISTERED,
    "no_rights": Cause.NOT_MEASURED,
    "oracle_down": Cause.NOT_MEASURED,
    "lake_down": Cause.NOT_MEASURED,
    "both_empty": Cause.BOTH_EMPTY,
    "storm": Cause.LOAD_NEVER_RAN,
}
#: What its own runbooks heal. Of the others a person or the loader must change something: they are
#: undone.
HEALED_BY_RUNBOOK = ("missing_partition", "partial_partition", "stale", "unregistered", "storm")
WRITTEN = (IssueKind.NO_PARTITION, IssueKind.ROWS_MISSING)


@dataclass(frozen=True)
class Act:
    """How one injection went.

    Parameters:
        looks: until it was found by its cause, None where it was not.
        healed_by: runbook or undo.
        is_well: after healing, and once more after healing it again.
    """

    kind: str
    looks: int | None
    severity: Severity
    cause: Cause | None
    healed_by: str
    is_well: bool

    @property
    def is_right(self) -> bool:
        """Return whether it was found by its cause, and healed."""
        return self.looks is not None and self.is_well


class Play:
    """Plays the injections against one stand-in, its lake and its history.

    Parameters:
        rounds: whose looks confirm by themselves.
    """

    def __init__(self, place: StandIn, samples: Sequence[Sample], rounds: Rounds) -> None:
        self.place = place
        self.samples = samples
        self.rounds = rounds

    def run(self, say: Callable[[Act], None]) -> bool:
        """Play all, and return whether each was found and healed."""
        is_right = True
        for kind in INJECTIONS:
            act = self.play(kind)
            say(act)
            is_right = is_right and act.is_right
        return is_right

    def play(self, kind: str) -> Act:
        """Play one injection."""
        write_samples(self.place, self.samples)
        self.look()
        inject(kind, self.place, self.samples)
        looks, answer = self.find(CAUSES[kind])
        sync = self.samples[0].sync
        severity = self.rounds.looked[sync.name].entry.look.verdict.severity
        healed_by, is_well = "undo", True
        if kind in HEALED_BY_RUNBOOK:
            healed_by, is_well = "runbook", self.heal()
        else:
            write_samples(self.place, self.samples)
        is_well = is_well and self.look() is Severity.OK
        cause = None if answer is None else answer.cause
        return Act(kind, looks, severity, cause, healed_by, is_well)

    def find(self, cause: Cause) -> tuple[int | None, Answer | None]:
        """Look until the rules name the cause, twice at most."""
        answer: Answer | None = None
        for count in range(1, MOST_LOOKS + 1):
            self.look()
            answer = self.rounds.explain(self.samples[0].sync)
            if answer is not None and answer.cause is cause:
                return count, answer
        return None, answer

    def heal(self) -> bool:
        """Run the runbook of each issue that has one which writes, twice.

        Returns whether each look behind it found all syncs well.
        """
        texts = self.runbooks()
        for _ in range(2):
            for text in texts:
                apply_runbook(text, self.place, self.samples)
            if self.look() is not Severity.OK:
                return False
        return bool(texts)

    def runbooks(self) -> list[str]:
        """Return the runbooks that write, of all open issues."""
        found: list[str] = []
        for issue in self.rounds.store.read(queries.open_issues):
            kept = self.rounds.store.read(partial(runbook, issue=issue.number or 0))
            if kept is not None and issue.kind in WRITTEN:
                found.append(kept.text)
        return found

    def look(self) -> Severity:
        """Look at all syncs, write it, and return the worst that was found."""
        syncs: list[Sync] = [sample.sync for sample in self.samples]
        found = Severity.OK
        for sync in syncs:
            entry = self.rounds.look(sync, Asked(Trigger.ONCE)).entry
            found = max(found, entry.look.verdict.severity, key=lambda each: each.rank)
        self.rounds.record(syncs)
        return found
