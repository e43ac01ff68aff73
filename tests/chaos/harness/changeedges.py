"""The edges of row changes: Oracle's change tables, the stream, the bus, leases, dead letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.chaos.harness.eventedges import wrap
from tests.chaos.harness.gates import Gates


def install(gates: Gates) -> None:
    """Wrap what is called of each."""
    from oracle_cdc.aws.dynamodb.checkpoints import Checkpoints
    from oracle_cdc.aws.dynamodb.leases import Leases
    from oracle_cdc.aws.eventbridge.publisher import BusPublisher
    from oracle_cdc.aws.kinesis.inbound import ShardReader
    from oracle_cdc.aws.kinesis.outbound import StreamWriter
    from oracle_cdc.aws.sqs.dead_letters import DeadLetterQueue
    from oracle_cdc.changes.lanes.change_log import ChangeLog

    edges: Mapping[Any, Mapping[str, str]] = {
        ChangeLog: {"stream": "read lane", "delete": "delete"},
        StreamWriter: {"send": "ship"},
        ShardReader: {"read": "read shard"},
        BusPublisher: {"publish": "publish"},
        Checkpoints: {"write": "checkpoint", "end": "end shard"},
        Leases: {"take": "take", "renew": "renew"},
        DeadLetterQueue: {"send": "bury"},
    }
    for owner, methods in edges.items():
        for method, name in methods.items():
            setattr(owner, method, wrap(gates, name, getattr(owner, method)))
