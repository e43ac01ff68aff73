"""`check` of the processor: asks the bus, stream, tables and dead letters, and tries a dry cycle.

It publishes and writes nothing, and takes no lease.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

from oracle_cdc.aws.dynamodb.lease_choosing import find_readable, make_missing
from oracle_cdc.aws.dynamodb.tables import CHECKPOINT_KEYS, STATE_KEYS
from oracle_cdc.aws.eventbridge.bus import describe_bus
from oracle_cdc.aws.kinesis.inbound import KinesisRecord
from oracle_cdc.aws.kinesis.stream import read_facts, require_order_of_keys
from oracle_cdc.aws.rights import Need
from oracle_cdc.changes.rules.dead_letters import Place
from oracle_cdc.changes.rules.errors import ChangeRefused
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.changes.transformation import make_transformation
from oracle_cdc.commands.check_on_aws import (
    PROCESSOR_POLICY,
    check_account,
    check_dead_letters,
    check_needs,
    check_redaction,
)
from oracle_cdc.commands.check_parts import ask
from oracle_cdc.errors import CdcError, ExitCode, worst
from oracle_cdc.processor.edges import Edges, make_edges
from oracle_cdc.processor.publishing.preparing import Preparing
from oracle_cdc.processor.publishing.records import Item, Received
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.startup import require_table
from oracle_cdc.processor.wiring import choose_start
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.terminal import complain, say, warn

PUBLISHING = ("events:PutEvents",)
READING = ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards")
LEASING = ("dynamodb:Query", "dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
COUNTING = ("dynamodb:GetItem", "dynamodb:UpdateItem")
#: Half of it is what the processor may be late.
SAFE_RETENTION_HOURS = 48


def check_processor(settings: ProcessorSettings) -> ExitCode:
    """Ask everything, and return the exit code. Warnings do not count."""
    edges = make_edges(settings, Progress())
    with closing(edges.session):
        bus = ask("EventBridge", lambda: check_bus(settings, edges))
        stream = ask("Kinesis", lambda: check_stream(edges))
        tables = ask("DynamoDB", lambda: check_tables(edges))
        letters = ask("Dead letters", lambda: check_letters(settings, edges))
        transformers = ask("TABLE_TRANSFORMERS", lambda: check_transformers(settings))
        codes = [bus.code, stream.code, tables.code, letters.code, transformers.code]
        if stream.passed and tables.passed and transformers.found is not None:
            preparing = Preparing(transformers.found, settings.bus.source)
            cycle = ask("Processor cycle", lambda: check_cycle(settings, edges, preparing))
            codes.append(cycle.code)
    return worst(codes)


def check_bus(settings: ProcessorSettings, edges: Edges) -> None:
    """Require the bus, because events to one that is not there are accepted and lost."""
    check_account(settings, edges.session)
    facts = describe_bus(edges.bus)
    check_needs(
        edges.session, [Need("EVENT_BUS_NAME", facts.arn, PUBLISHING, True, PROCESSOR_POLICY)]
    )
    say("✅ EventBridge connection successful")


def check_stream(edges: Edges) -> None:
    """Require a stream that can be read in order."""
    facts = read_facts(edges.stream)
    require_order_of_keys(facts)
    check_needs(
        edges.session, [Need("KINESIS_STREAM_NAME", facts.arn, READING, False, PROCESSOR_POLICY)]
    )
    say("✅ Kinesis connection successful")
    if facts.retention_hours < SAFE_RETENTION_HOURS:
        warn(
            f"stream {facts.name} keeps records for {facts.retention_hours} hours: a processor "
            "that is down for longer loses changes"
        )
    if not facts.is_encrypted:
        warn(f"stream {facts.name}: its records are not encrypted where they rest")


def check_tables(edges: Edges) -> None:
    """Require the two tables with their keys."""
    checkpoints = require_table(edges.checkpoint_table, CHECKPOINT_KEYS)
    states = require_table(edges.state_table, STATE_KEYS)
    needs = [
        Need("CHECKPOINT_TABLE_NAME", checkpoints.arn, LEASING, False, PROCESSOR_POLICY),
        Need("STATE_TABLE_NAME", states.arn, COUNTING, False, PROCESSOR_POLICY),
    ]
    check_needs(edges.session, needs)
    say("✅ DynamoDB tables validated")


def check_letters(settings: ProcessorSettings, edges: Edges) -> None:
    """Look at the queue of dead letters, if one is set."""
    keeps_event = settings.dlq.keep_event
    queue = edges.dead_letters
    check_dead_letters(queue, edges.session, PROCESSOR_POLICY, keeps_event=keeps_event)


def check_transformers(settings: ProcessorSettings) -> Transformation:
    """Return how changes are published.

    Raises CdcError where what is personal would leave as it is, and for models and tables with
    mistakes.
    """
    check_redaction(settings)
    transformation = make_transformation(settings)
    if not transformation.transformers:
        raise CdcError("no table is in it, so that none is published")
    say(f"✅ {counted(len(transformation.transformers), 'table')} to publish")
    return transformation


def check_cycle(settings: ProcessorSettings, edges: Edges, preparing: Preparing) -> None:
    """Read a batch of each shard whose turn it is, make events, and say what would become of them.

    Raises CdcError where a record would become a dead letter.
    """
    events = 0
    dead: Counter[str] = Counter()
    for received in read_front(settings, edges):
        try:
            events += prepare(preparing, received)
        except ChangeRefused as refusal:
            dead[refusal.reason_code] += 1
    for code, count in sorted(dead.items()):
        complain("Processor cycle", f"{code}: {counted(count, 'record')}")
    say(f"🔄 First cycle of the processor completed (dry run): {counted(events, 'event')} to send")
    if dead:
        raise CdcError(f"{counted(dead.total(), 'record')} would become dead letters, see above")


def read_front(settings: ProcessorSettings, edges: Edges) -> Iterator[Received]:
    """Yield the next batch of each shard, from where the processor goes on."""
    leases = edges.rows.read_all()
    start = choose_start(settings.processor.start)
    leases += make_missing(edges.reader.list_shards(), leases, start)
    for lease in find_readable(leases):
        iterator = edges.reader.find_iterator(lease.shard_id, lease.position)
        for record in edges.reader.read(iterator).records:
            yield receive(settings.kinesis.stream_name, lease.shard_id, record)


def receive(stream: str, shard_id: str, record: KinesisRecord) -> Received:
    return Received(Place(stream, shard_id, record.sequence_number), record.data)


def prepare(preparing: Preparing, received: Received) -> int:
    """Return how many events a record makes. Raises ChangeRefused for one that can't be sent."""
    item = Item(received)
    preparing.read(item)
    assert item.change is not None, "what was not read was refused"
    return int(not preparing.make(item, item.change).is_skipped)
