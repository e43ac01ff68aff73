"""`checkpoint status`, `checkpoint reset --processor`: how far each shard was read."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta, timezone

from rich.table import Table

from oracle_cdc.aws.dynamodb.checkpoints import reset
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.states import ProcessorState
from oracle_cdc.aws.kinesis.positions import (
    AFTER_SEQUENCE_NUMBER,
    AT_TIMESTAMP,
    LATEST,
    TRIM_HORIZON,
    Position,
    after,
    is_later,
    pad,
    since,
)
from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.instants import read_time
from oracle_cdc.processor.edges import make_edges
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.terminal import Terminal, confirm, say, warn

WIDTH = 200
#: What --to may name beside sequence numbers and times.
ENDS = {"trim-horizon": TRIM_HORIZON, "latest": LATEST}
ALLOWED = f"{', '.join(ENDS)}, a sequence number, or a time with its zone"
IN_WORDS = {TRIM_HORIZON: "the oldest record", LATEST: "the newest record"}


def checkpoint_of_processor(settings: ProcessorSettings, options: Namespace) -> int:
    """Show or move the checkpoints of one processor, and return the exit code."""
    configure_console("WARNING")
    processor = options.processor or settings.processor.id
    edges = make_edges(settings, Progress())
    with closing(edges.session):
        rows = edges.rows.of(processor)
        if options.action == "status":
            show(rows, edges.states.get_state(processor), as_json=options.as_json)
        else:
            limit = timedelta(seconds=settings.processor.lease_seconds)
            move(rows, options, limit)
    return ExitCode.DONE


def show(rows: LeaseRows, state: ProcessorState | None, *, as_json: bool) -> None:
    """Print what is kept of each shard, and what the processor has done."""
    leases = rows.read_all()
    if as_json:
        say(json.dumps(as_object(rows, leases, state)))
        return
    say(f"processor {rows.processor}, stream {rows.stream}: {counted(len(leases), 'shard')}")
    if state is not None:
        say(f"processed {counted(state.processed_count, 'record')}, last at {state.last_updated}")
    if leases:
        table = Table("shard", "status", "settled up to", "read by", "written", box=None)
        for lease in leases:
            table.add_row(*cells_of(lease))
        Terminal(width=WIDTH).print(table)


def cells_of(lease: Lease) -> Sequence[str]:
    return (
        lease.shard_id,
        status_of(lease),
        describe(lease.position),
        lease.owner or "nobody",
        lease.updated_at,
    )


def status_of(lease: Lease) -> str:
    if lease.is_ended:
        return "ended"
    return "reading"


def as_object(
    rows: LeaseRows, leases: Sequence[Lease], state: ProcessorState | None
) -> dict[str, object]:
    """Return the report as the JSON output has it."""
    report: dict[str, object] = {
        "processor": rows.processor,
        "stream": rows.stream,
        "shards": [as_record(lease) for lease in leases],
        "lastProcessedSequence": None,
        "processedCount": None,
        "lastUpdated": None,
    }
    if state is not None:
        report["lastProcessedSequence"] = state.last_processed_sequence
        report["processedCount"] = state.processed_count
        report["lastUpdated"] = state.last_updated
    return report


def as_record(lease: Lease) -> dict[str, object]:
    """Return what is kept of a shard as the JSON output has it."""
    return {
        "shard": lease.shard_id,
        "status": status_of(lease),
        "sequenceNumber": lease.sequence_number,
        "startsAt": describe(lease.starts_at),
        "owner": lease.owner,
        "counter": lease.counter,
        "parents": list(lease.parents),
        "updatedAt": lease.updated_at,
    }


def move(rows: LeaseRows, options: Namespace, limit: timedelta) -> None:
    """Say what the reset means, ask where something could be lost, and do it.

    Raises SettingsError for a processor or a shard of which nothing is kept, or a position that
    is none.

    Parameters:
        limit: a lease that was written longer ago is nobody's any more.
    """
    position = parse_position(options.to or "trim-horizon")
    leases = choose(read_known(rows), options.shard)
    if position.sequence_number is not None and len(leases) > 1:
        raise SettingsError("--to: a sequence number means one shard; say which by --shard")
    for line in explain(leases, position):
        say(line)
    now = datetime.now(timezone.utc)
    alive = [lease.shard_id for lease in leases if is_alive(lease, now, limit)]
    if alive:
        warn(f"read at this moment: {', '.join(alive)}; what is in flight is given up there")
    words = "events that were published come again with the same eventId"
    is_lossy = gives_up(leases, position)
    if is_lossy:
        words = f"records that nobody has processed may be passed over for good; {words}"
    if not confirm(words, options.yes or not (alive or is_lossy)):
        return
    for lease in leases:
        reset(rows, lease.shard_id, position)
    say(f"{counted(len(leases), 'shard')} of {rows.processor}: from {describe(position)} on")


def read_known(rows: LeaseRows) -> Sequence[Lease]:
    """Return the leases of a processor. Raises SettingsError where there are none."""
    leases = rows.read_all()
    if not leases:
        known = ", ".join(rows.list_processors()) or "none"
        raise SettingsError(
            f"--processor: nothing is kept of {rows.processor} on stream {rows.stream}; "
            f"known: {known}"
        )
    return leases


def choose(leases: Sequence[Lease], shard: str | None) -> Sequence[Lease]:
    """Return the leases that are meant. Raises SettingsError for a shard that is none of them."""
    if shard is None:
        return leases
    chosen = [lease for lease in leases if lease.shard_id == shard]
    if not chosen:
        known = ", ".join(lease.shard_id for lease in leases) or "none"
        raise SettingsError(f"--shard: nothing is kept of {shard}; known: {known}")
    return chosen


def parse_position(text: str) -> Position:
    """Read where reading is to go on. Raises SettingsError saying what is allowed."""
    if text in ENDS:
        return Position(ENDS[text])
    try:
        if text.isdigit():
            pad(text)
            return after(text)
        moment = read_time(text)
    except ValueError:
        raise SettingsError(f"--to: given {text!r}; allowed: {ALLOWED}") from None
    if moment.tzinfo is None:
        raise SettingsError(f"--to: given {text!r}, a time without a zone; allowed: {ALLOWED}")
    return since(moment)


def explain(leases: Sequence[Lease], position: Position) -> Iterator[str]:
    """Yield for each shard what the reset changes."""
    for lease in leases:
        yield f"{lease.shard_id}: {describe(lease.position)} -> {describe(position)}"


def gives_up(leases: Sequence[Lease], position: Position) -> bool:
    """Return whether records may be passed over that nobody has processed."""
    if position.kind == TRIM_HORIZON:
        return False
    if position.sequence_number is None:
        return True
    for lease in leases:
        reached = lease.sequence_number or "0"
        if is_later(position.sequence_number, reached):
            return True
    return False


def is_alive(lease: Lease, now: datetime, limit: timedelta) -> bool:
    """Return whether a copy seems to read the shard, by the clock of whoever wrote last."""
    if lease.owner is None or not lease.updated_at:
        return False
    return now - datetime.fromisoformat(lease.updated_at) < limit


def describe(position: Position) -> str:
    """Return a position in words."""
    if position.kind == AFTER_SEQUENCE_NUMBER:
        return str(position.sequence_number)
    if position.kind == AT_TIMESTAMP and position.moment is not None:
        return position.moment.isoformat()
    return IN_WORDS.get(position.kind, position.kind)
