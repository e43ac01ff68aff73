"""Whether the service is alive and ready, and if not, why.

It is alive while its loops get on, and ready while what it depends on answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.errors import CdcError
from oracle_cdc.running.progress import Progress

#: Stands in a reason before how long it takes until it is tried again.
NEXT_TRY = "; next try in "


@dataclass(frozen=True)
class Check:
    """One thing that must be well.

    Parameters:
        reason: empty while it is.
    """

    name: str
    reason: str

    @property
    def ok(self) -> bool:
        return not self.reason

    @property
    def text(self) -> str:
        """Return what is not well, by name, empty while all is."""
        if not self.reason:
            return ""
        return f"{self.name}: {self.reason}"


@dataclass(frozen=True)
class Deadlines:
    """What is still well.

    Parameters:
        progress_seconds: in which a loop gets on.
        ready_seconds: the last success is no older.
    """

    progress_seconds: float
    ready_seconds: float


#: What the loops failed with since their last success, by loop.
Failures = Mapping[str, CdcError]


@dataclass(frozen=True)
class Requirement:
    """Something that must be usable, such as a dependency.

    Parameters:
        reason: why it is not, by the loops' failures and the age in seconds from which a failure
            counts.
        loops: those that need it.
    """

    name: str
    reason: Callable[[Failures, float], str]
    loops: Sequence[str] = ()


class Readiness:
    """Answers from what the process has seen, without asking anybody.

    This is the one place that says what ready means.

    Parameters:
        others: what must be well although it is no dependency.
    """

    def __init__(
        self,
        progress: Progress,
        requirements: Sequence[Requirement],
        deadlines: Deadlines,
        others: Sequence[Callable[[], Check]] = (),
    ) -> None:
        self.progress = progress
        self.requirements = requirements
        self.deadlines = deadlines
        self.others = others

    def loops(self) -> list[Check]:
        """Check that each loop gets on, if only from one failure to the next."""
        late = self.progress.late_loops(self.deadlines.progress_seconds)
        checks: list[Check] = []
        for name in sorted(self.progress.loops):
            reason = ""
            if name in late:
                reason = f"no progress for {late[name]:.0f} s"
            checks.append(Check(name, reason))
        return checks

    def dependencies(self) -> list[Check]:
        """Check each requirement."""
        limit = self.deadlines.ready_seconds
        failures = self.progress.hindered_loops(limit)
        checks = []
        for requirement in self.requirements:
            reason = requirement.reason(failures, limit)
            checks.append(Check(requirement.name, self.with_next_try(reason, *requirement.loops)))
        return checks

    def with_next_try(self, reason: str, *loops: str) -> str:
        """Return a reason, and how long the loops that meet it still wait.

        What is mended shows only then.
        """
        waits: list[float] = []
        for loop in loops:
            seconds = self.progress.next_try_seconds(loop)
            if seconds >= 1:
                waits.append(seconds)
        if not reason or not waits:
            return reason
        return f"{reason}{NEXT_TRY}{min(waits):.0f} s"

    def work(self) -> Check:
        """Check for failures that concern no dependency, and for complaints.

        Those are what a person must look at although everything answers.
        """
        hindered = self.progress.hindered_loops(self.deadlines.ready_seconds).values()
        failed = first_reason(list(hindered), lambda error: error.area == "service")
        return Check("work", failed or "; ".join(self.progress.concerns.standing()))

    def is_alive(self) -> bool:
        """Return whether the loops run, and all of them get on."""
        if not self.has_begun():
            return False
        return all(check.ok for check in self.loops())

    def has_begun(self) -> bool:
        return bool(self.progress.loops)

    def is_ready(self) -> bool:
        return self.has_begun() and not self.missing()

    def missing(self) -> list[str]:
        """Return what is not well, each with its reason."""
        checks = [*self.dependencies(), *self.loops(), self.work()]
        for other in self.others:
            checks.append(other())
        return [check.text for check in checks if not check.ok]

    def paused(self) -> list[str]:
        """Return what a person has switched off."""
        return sorted(self.progress.paused)

    def standing_by(self) -> list[str]:
        """Return what another copy runs, while this one waits for its end."""
        return sorted(self.progress.standing_by)


def first_reason(errors: Sequence[CdcError], concerns: Callable[[CdcError], bool]) -> str:
    """Return the text of the first error that concerns something."""
    for error in errors:
        if concerns(error):
            return str(error)
    return ""
