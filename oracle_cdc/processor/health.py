"""A look at all that row changes go through in AWS: each part asked, none keeps another from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS
from oracle_cdc.aws.eventbridge.bus import describe_bus
from oracle_cdc.aws.eventbridge.limits import BusEntry
from oracle_cdc.aws.kinesis.stream import read_facts, require_order_of_keys
from oracle_cdc.errors import CdcError, DestinationUnavailable
from oracle_cdc.processor.edges import Edges
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.startup import require_table
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.clock import utc_now

#: Of the test event. Its source is EVENT_SOURCE and this ending.
SOURCE_ENDING, DETAIL_TYPE = ".health", "CDC.HealthCheck"


@dataclass(frozen=True)
class Finding:
    """What was found of one part.

    Parameters:
        words: what it said, or why it is not well.
        value: a figure of it, None where there is none.
    """

    name: str
    is_well: bool
    words: str
    value: float | None = None


class HealthLook:
    """Asks the bus, the stream, the tables and the queue of dead letters."""

    def __init__(
        self,
        settings: ProcessorSettings,
        edges: Edges,
        utc: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings = settings
        self.edges = edges
        self.utc = utc

    def look(self) -> Sequence[Finding]:
        """Ask each part, and return what was found of each. Raises nothing that a part raises."""
        return list(self.ask_all())

    def ask_all(self) -> Iterator[Finding]:
        parts: Sequence[tuple[str, Callable[[], tuple[str, float | None]]]] = (
            ("bus", self.ask_bus),
            ("event", self.publish_event),
            ("stream", self.ask_stream),
            ("checkpoint table", self.ask_checkpoints),
            ("state table", self.ask_states),
            ("dead letters", self.ask_dead_letters),
        )
        is_bus_there = True
        for name, ask in parts:
            if name == "event" and not is_bus_there:
                # A bus that is not there accepts every event.
                continue
            try:
                words, value = ask()
            except CdcError as error:
                is_bus_there = is_bus_there and name != "bus"
                yield Finding(name, False, str(error))
            else:
                yield Finding(name, True, words, value)

    def ask_bus(self) -> tuple[str, None]:
        return describe_bus(self.edges.bus).name, None

    def publish_event(self) -> tuple[str, None]:
        """Publish a test event, which no rule on EVENT_SOURCE itself matches."""
        now = self.utc()
        detail = json.dumps({"checkedAt": f"{now:%Y-%m-%dT%H:%M:%SZ}"})
        entry = BusEntry(f"{self.settings.bus.source}{SOURCE_ENDING}", DETAIL_TYPE, detail, now)
        [outcome] = self.edges.publisher.publish([entry])
        if outcome.error is not None:
            raise outcome.error
        return "accepted", None

    def ask_stream(self) -> tuple[str, float]:
        """Ask the stream. Raises for one that is not active, or keeps no order."""
        facts = read_facts(self.edges.stream)
        require_order_of_keys(facts)
        if not facts.is_active:
            raise DestinationUnavailable(f"stream {facts.name} is not ACTIVE")
        shards = counted(facts.open_shards, "shard")
        words = f"{facts.name}: {shards}, kept for {facts.retention_hours} h"
        return words, float(facts.open_shards)

    def ask_checkpoints(self) -> tuple[str, None]:
        require_table(self.edges.checkpoint_table, CHECKPOINT_KEYS)
        return self.edges.checkpoint_table.place, None

    def ask_states(self) -> tuple[str, None]:
        require_table(self.edges.state_table, STATE_KEYS)
        return self.edges.state_table.place, None

    def ask_dead_letters(self) -> tuple[str, float | None]:
        if self.edges.dead_letters is None:
            return "DLQ_URL is not set", None
        depth = self.edges.dead_letters.depth()
        return f"{depth} wait", float(depth)
