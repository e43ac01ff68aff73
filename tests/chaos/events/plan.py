"""What happens in one round of events: the rows and when they are committed, the faults."""

from __future__ import annotations

from dataclasses import dataclass

from tests.chaos.plans.acts import TROUBLE_SECONDS, Act
from tests.chaos.plans.plan import Order

SCHEMA = "SPC"
#: Two tables of one shape, but for the time column: a TIMESTAMP, and a DATE.
TABLE, TABLE_OF_DATES = "TXLOG_EVENTS", "TXLOG_DATES"
PROGRAM = "M_CHAOS"
STREAM = "TXLOG_STREAM"
SUBJECT = "txlog.events"
DATA_TYPE = "TXLOG"
#: What a server takes of one message.
MOST_BYTES = 32_768
#: In every value that no log may show.
CANARY = "canary"
ACK_SECONDS = 0.7


@dataclass(frozen=True)
class Record:
    """A row to be.

    Parameters:
        age_micros: how much older than the deposit's time it is.
    """

    key: str
    case: str
    kind: str | None
    text: str | None
    age_micros: int = 0


@dataclass(frozen=True)
class Deposit:
    """One transaction.

    Parameters:
        at: when it begins in the round. Below 0: before the service starts.
        open_seconds: how long it stays open.
    """

    at: float
    open_seconds: float
    records: tuple[Record, ...]


@dataclass(frozen=True)
class EventPlan:
    """A round.

    Parameters:
        has_shares: each copy reads its share. Else the second stands by.
        servers: of NATS: one, or a cluster of three that has the stream three times.
        orders: by copy, one for each of its first starts.
        most_messages: that the stream takes before it is full, 0 for any number.
        writers: who commit the deposits in turn. 0: a few, and one for each that stays open.
    """

    seed: int
    kind: str
    settings: dict[str, str]
    time_zone: str
    deposits: tuple[Deposit, ...]
    copies: tuple[str, ...] = ("A",)
    has_shares: bool = False
    servers: int = 1
    table: str = TABLE
    orders: dict[str, tuple[Order, ...]] | None = None
    acts: tuple[Act, ...] = ()
    freeze_seconds: float = 1.0
    restart_seconds: float = 0.2
    most_messages: int = 0
    writers: int = 0
    trouble_seconds: float = TROUBLE_SECONDS
    rest_seconds: float = 40.0

    @property
    def settle_seconds(self) -> float:
        return float(self.settings["PUBLISHER_SETTLE_SECONDS"])

    @property
    def is_sound(self) -> bool:
        """Return whether nothing goes wrong."""
        return not self.acts and not any((self.orders or {}).values())

    @property
    def has_steady_clock(self) -> bool:
        """Return whether Oracle's clock goes with that of the host."""
        return not any(act.what == "oracle clock" for act in self.acts)
