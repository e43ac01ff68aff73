"""How often a log-in that was refused is tried again, and when: repeated ones lock the account."""

from __future__ import annotations

from dataclasses import dataclass

from oracle_cdc.errors import CredentialsError

#: What was refused is not tried again sooner: repeated log-ins lock the account.
PAUSE_SECONDS = 30.0
#: Refused log-ins with one value, and with any within a pause.
MOST_REFUSALS = 2


@dataclass(frozen=True)
class Refusal:
    """What a log-in with one value was answered: how often, and when last."""

    error: CredentialsError
    at: float
    times: int

    def is_recent(self, now: float) -> bool:
        return now - self.at < PAUSE_SECONDS

    @property
    def is_last(self) -> bool:
        return self.times >= MOST_REFUSALS


class Refusals:
    """What log-ins were answered: which values were refused, and what may be tried now.

    What was refused is tried once more after a pause. Within a pause no more than two values are
    refused, whatever a place says.

    Parameters:
        gives_up: what was refused again after a pause is not tried any more.
    """

    def __init__(self, *, gives_up: bool = True) -> None:
        self.gives_up = gives_up
        self.by_value: dict[str, Refusal] = {}

    def add(self, value: str, error: CredentialsError, now: float) -> bool:
        """Note a refusal, and return whether it is news.

        It is not where several threads tried the same: the first one's answer is everybody's.
        """
        before = self.by_value.get(value)
        if before is not None and before.is_recent(now):
            return False
        times = 1
        if before is not None and self.gives_up:
            times += before.times
        # The latest one stands last.
        self.by_value.pop(value, None)
        self.by_value[value] = Refusal(error, now, times)
        return True

    def of(self, value: str) -> Refusal | None:
        """Return how a value was refused, or None."""
        return self.by_value.get(value)

    def latest(self) -> CredentialsError:
        """Return the error of the last one."""
        *_, latest = self.by_value.values()
        return latest.error

    def allow(self, value: str, now: float) -> bool:
        """Return whether a log-in with a value may be tried now."""
        known = self.by_value.get(value)
        if known is not None:
            return not known.is_recent(now) and not known.is_last
        recent = 0
        for refusal in self.by_value.values():
            recent += refusal.is_recent(now)
        return recent < MOST_REFUSALS

    def clear(self) -> None:
        """Forget all of them."""
        self.by_value.clear()
