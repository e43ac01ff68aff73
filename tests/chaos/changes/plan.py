"""What happens in one round of row changes: transactions, faults, and who works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from standins.oracle import PASSWORD, USER
from tests.chaos.plans.acts import TROUBLE_SECONDS, Act
from tests.chaos.plans.plan import Order

SCHEMA, OWNER_PASSWORD = "SHOP", "Shop-Tiger-1"
SERVICE_USER, SERVICE_PASSWORD = USER.upper(), PASSWORD
STREAM, BUS = "coredb-cdc-stream", "cdc-events"
CHECKPOINTS, STATES = "cdc-pipeline-checkpoints", "cdc-pipeline-state"
DEAD_LETTERS = "cdc-dlq"
#: The secret of tokens.
HMAC_KEY = "Hmac-Tiger-12-of-32-characters-ok"
#: In every value that must not leave Oracle.
CANARY = "canary"
#: In those of columns that no event has.
HIDDEN = f"{CANARY} secret"
#: An event with this in it the bus refuses for good.
POISON = "poison"
#: What a stream takes of one record.
MOST_BYTES = 1 << 20
#: How long a request to AWS may take.
CONNECT_SECONDS, READ_SECONDS = 0.8, 1.5
LEASE_SECONDS = 3


@dataclass(frozen=True)
class Step:
    """One step of a transaction.

    Parameters:
        what: `put` (a row is there or not), `merge`, `delete`, `move` (a change of keys), `again`
            (deleted and inserted), `many` (rows in one statement), `savepoint`, `back` (to it).
        rows: numbers of rows.
        target: the number of a row that is not there, to which a key moves.
        values: what is written otherwise than usual, by column.
    """

    what: str
    table: str = ""
    rows: tuple[int, ...] = ()
    target: int = 0
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Transaction:
    """One transaction.

    Parameters:
        at: when it begins in the round. Below 0: before the service starts.
        open_seconds: how long it stays open once all is done.
    """

    at: float
    open_seconds: float
    steps: tuple[Step, ...]
    is_rolled_back: bool = False


@dataclass(frozen=True)
class Weather:
    """Which shares of requests meet what, until all faults end.

    Parameters:
        refused: answered with a refusal that passes.
        cut, lost: the connection ends before, or after the request was carried out.
        slow: takes longer than is waited for.
        entries: of the entries of a batch, those that fail.
        delay_seconds: that each batch takes, at most.
    """

    refused: float = 0.0
    cut: float = 0.0
    lost: float = 0.0
    slow: float = 0.0
    entries: float = 0.0
    delay_seconds: float = 0.0


@dataclass(frozen=True)
class ChangesPlan:
    """A round.

    Parameters:
        copies: by name, which pipelines it has.
        orders: by copy, one for each of its first starts.
        shards: of the stream at first.
        crosses_digits: sequence numbers become longer by a digit meanwhile.
        foreign: records that others put into the stream, which are no changes.
    """

    seed: int
    kind: str
    settings: Mapping[str, str]
    time_zone: str
    transactions: tuple[Transaction, ...]
    copies: Mapping[str, str]
    orders: Mapping[str, tuple[Order, ...]] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    weather: Weather = field(default_factory=Weather)
    shards: int = 3
    crosses_digits: bool = False
    foreign: tuple[str, ...] = ()
    freeze_seconds: float = 1.0
    restart_seconds: float = 0.2
    trouble_seconds: float = TROUBLE_SECONDS
    rest_seconds: float = 60.0

    @property
    def is_raw(self) -> bool:
        """Return whether what is personal stands in the stream, and only the processor redacts."""
        return self.settings.get("CHANGES_REDACT_BEFORE_STREAM") == "false"

    @property
    def is_sound(self) -> bool:
        """Return whether nothing goes wrong, and each pipeline has one copy."""
        if self.acts or any(self.orders.values()) or self.weather != Weather():
            return False
        return len(self.copies) == 1
