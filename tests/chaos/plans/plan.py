"""What happens in one round: the settings, what is recorded and when, the faults."""

from __future__ import annotations

from dataclasses import dataclass

from tests.chaos.plans.acts import Act

#: Seconds of a round in which things are recorded and go wrong. Then all faults end and the service
#: comes to rest.
TROUBLE_SECONDS = 2.4
LEASE_SECONDS = 3


@dataclass(frozen=True)
class Utterance:
    """One row to be.

    Parameters:
        age_seconds: how long before its insertion it was said.
        damage: what no driver can read of it.
    """

    call_id: str
    ban: str
    subscriber_no: str | None
    owner: str
    text: str
    age_seconds: float
    damage: str = ""


@dataclass(frozen=True)
class Deposit:
    """One transaction of the recorder.

    Parameters:
        at: when it begins in the round.
        open_seconds: how long it stays open.
    """

    at: float
    open_seconds: float
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True)
class Order:
    """What one process does to itself at the nth passage of a point: kill or freeze."""

    point: str
    nth: int
    what: str


@dataclass(frozen=True)
class QueueFaults:
    """Chances of each kind of misbehaviour of SQS, by request."""

    throttle: float = 0.0
    broken: float = 0.0
    cut_before: float = 0.0
    cut_after: float = 0.0
    failed_entry: float = 0.0
    twice: float = 0.0
    shuffle: bool = False
    slow: float = 0.0


@dataclass(frozen=True)
class Poison:
    """How sends are met for good that hold one of these calls, or are longer than largest_bytes.

    Parameters:
        way: of WAYS.
    """

    way: str = ""
    calls: tuple[str, ...] = ()
    largest_bytes: int = 0


@dataclass(frozen=True)
class Plan:
    """A round.

    Parameters:
        orders: by copy, one for each of its first starts.
        rest_seconds: how long the service may take to come to rest after all faults have ended.
        sessions: of the database for the service's user, 0 for any number.
        is_wrapped: answers come in envelopes.
        is_renamed: the shared queue goes by two names.
        nonsense: share of the answers that have another beside them that is none.
        invented: share of the conversations that are answered first for a revision that was never
            sent.
        edited_calls, purged_calls: of which a row is moved in time, or the oldest row is purged.
    """

    seed: int
    kind: str
    copies: tuple[str, ...]
    fifo: bool
    overlap_minutes: int
    settings: dict[str, str]
    time_zone: str
    deposits: tuple[Deposit, ...]
    orders: dict[str, tuple[Order, ...]]
    acts: tuple[Act, ...]
    queue_faults: QueueFaults
    freeze_seconds: float
    restart_seconds: float
    refused_calls: tuple[str, ...] = ()
    is_shared: bool = False
    rest_seconds: float = 25.0
    audit_pause_seconds: float = 0.0
    reply_twice: float = 0.2
    reply_late: float = 0.3
    nonsense: float = 0.02
    trouble_seconds: float = TROUBLE_SECONDS
    poison: Poison = Poison()
    unreadable_calls: tuple[str, ...] = ()
    sessions: int = 0
    is_wrapped: bool = False
    is_renamed: bool = False
    invented: float = 0.0
    edited_calls: tuple[str, ...] = ()
    purged_calls: tuple[str, ...] = ()
    lease_seconds: int = LEASE_SECONDS

    @property
    def settle_seconds(self) -> float:
        return float(self.settings["CDC_SETTLE_SECONDS"])

    @property
    def has_poison(self) -> bool:
        """Return whether something fails for good."""
        return bool(self.poison.way or self.unreadable_calls)

    @property
    def is_undisturbed(self) -> bool:
        """Return whether nothing delays a send, so that none may come before its call is quiet."""
        if self.acts or any(self.orders.values()):
            return False
        return self.queue_faults == QueueFaults()
