"""`checkpoint status` and `checkpoint reset --processor`: what is shown, asked and written."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from oracle_cdc.aws.dynamodb.checkpoints import Checkpoints
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.dynamodb.leases import Leases
from oracle_cdc.aws.kinesis.positions import LATEST, OLDEST, since
from tests.processor.commands import PROCESSOR, Desk

#: As long as Kinesis' own.
REACHED = "49590338271490256608559692538361571095921575989136588898"
LATER = "49590338271490256608559692538361571095921575989136588899"


def read_up_to(desk: Desk, shard: str, sequence_number: str, *, gives_back: bool = True) -> None:
    """Leave a shard as a copy does that read it so far."""
    desk.rows.create(Lease(shard))
    kept = desk.rows.find(shard)
    assert kept
    leases = Leases(desk.rows, owner="a-copy")
    lease = leases.take(kept)
    assert lease
    written = Checkpoints(desk.rows, owner="a-copy").write(lease, sequence_number)
    assert written
    if gives_back:
        leases.release(written)


def kept(desk: Desk, shard: str) -> Lease:
    lease = desk.rows.find(shard)
    assert lease
    return lease


def test_status_shows_each_shard_and_what_was_processed(desk: Desk) -> None:
    read_up_to(desk, "shardId-000000000000", REACHED, gives_back=False)
    desk.rows.create(Lease("shardId-000000000001", starts_at=OLDEST))
    desk.states.add(PROCESSOR, count=7, sequence=REACHED, at="2024-01-15T10:30:00Z")

    shown = desk.type("checkpoint", "status")
    report = desk.type("checkpoint", "status", "--json").report

    assert shown.code == 0
    assert f"processor {PROCESSOR}, stream {desk.stream}: 2 shards" in shown.out
    assert "processed 7 records, last at 2024-01-15T10:30:00Z" in shown.out
    assert REACHED in shown.out
    assert "the oldest record" in shown.out
    first, second = report.pop("shards")
    assert (first["sequenceNumber"], first["owner"]) == (REACHED, "a-copy")
    assert (second["sequenceNumber"], second["startsAt"]) == (None, "the oldest record")
    assert report == {
        "processor": PROCESSOR,
        "stream": desk.stream,
        "lastProcessedSequence": REACHED,
        "processedCount": 7,
        "lastUpdated": "2024-01-15T10:30:00Z",
    }


def test_status_of_a_processor_that_never_ran_is_empty(desk: Desk) -> None:
    done = desk.type("checkpoint", "status", "--processor", "cdc-processor-1")
    assert (done.code, done.out) == (
        0,
        f"processor cdc-processor-1, stream {desk.stream}: 0 shards\n",
    )


def test_a_reset_goes_back_to_the_oldest_record_without_a_question(desk: Desk) -> None:
    for shard in ("shard-0", "shard-1"):
        read_up_to(desk, shard, REACHED)
    done = desk.type("checkpoint", "reset", "--processor", PROCESSOR)
    assert (done.code, done.err) == (0, "")
    assert f"shard-0: {REACHED} -> the oldest record" in done.out
    assert f"2 shards of {PROCESSOR}: from the oldest record on" in done.out
    for shard in ("shard-0", "shard-1"):
        assert (kept(desk, shard).sequence_number, kept(desk, shard).starts_at) == (None, OLDEST)


def test_a_reset_of_one_shard_leaves_the_others_alone(desk: Desk) -> None:
    for shard in ("shard-0", "shard-1"):
        read_up_to(desk, shard, REACHED)
    desk.type("checkpoint", "reset", "--processor", PROCESSOR, "--shard", "shard-1")
    assert kept(desk, "shard-0").sequence_number == REACHED
    assert kept(desk, "shard-1").sequence_number is None


def test_a_reset_concerns_the_named_processor_alone(desk: Desk) -> None:
    read_up_to(desk, "shard-0", REACHED)
    other = LeaseRows(desk.rows.client, processor="cdc-processor-1", stream=desk.stream)
    other.create(Lease("shard-0", sequence_number=REACHED))
    desk.type("checkpoint", "reset", "--processor", "cdc-processor-1")
    assert kept(desk, "shard-0").sequence_number == REACHED
    changed = other.find("shard-0")
    assert changed
    assert changed.sequence_number is None


@pytest.mark.parametrize(
    "whereto", ["latest", LATER, "2024-01-15T10:30:00Z"], ids=["latest", "later", "time"]
)
def test_what_may_give_records_up_is_done_only_by_agreement(desk: Desk, whereto: str) -> None:
    read_up_to(desk, "shard-0", REACHED)
    command = ("checkpoint", "reset", "--processor", PROCESSOR, "--to", whereto)
    refused = desk.type(*command)
    assert refused.code == 2
    assert "give --yes" in refused.err
    assert "records that nobody has processed may be passed over for good; " in refused.out
    assert kept(desk, "shard-0").sequence_number == REACHED
    assert desk.type(*command, "--yes").code == 0
    assert kept(desk, "shard-0").position != OLDEST
    assert kept(desk, "shard-0").position.kind != LATEST, "the present moment is kept"


def test_an_earlier_record_gives_nothing_up(desk: Desk) -> None:
    read_up_to(desk, "shard-0", LATER)
    done = desk.type("checkpoint", "reset", "--processor", PROCESSOR, "--to", REACHED)
    assert done.code == 0
    assert kept(desk, "shard-0").sequence_number == REACHED


def test_a_shard_that_is_read_at_this_moment_is_reset_only_by_agreement(desk: Desk) -> None:
    read_up_to(desk, "shard-0", REACHED, gives_back=False)
    command = ("checkpoint", "reset", "--processor", PROCESSOR)
    refused = desk.type(*command)
    assert refused.code == 2
    assert "read at this moment: shard-0" in refused.out
    assert "passed over" not in refused.out
    before = kept(desk, "shard-0")
    assert desk.type(*command, "--yes").code == 0
    after = kept(desk, "shard-0")
    assert (after.owner, after.counter) == (None, before.counter + 1)
    assert Leases(desk.rows, owner="a-copy").renew(before) is None


def test_a_lease_that_was_left_behind_asks_nobody(desk: Desk) -> None:
    long_ago = datetime.now(timezone.utc) - timedelta(seconds=31)
    rows = LeaseRows(
        desk.rows.client, processor=PROCESSOR, stream=desk.stream, clock=lambda: long_ago
    )
    rows.create(Lease("shard-0", owner="a-copy"))
    assert desk.type("checkpoint", "reset", "--processor", PROCESSOR).code == 0


def test_a_time_has_its_zone(desk: Desk) -> None:
    read_up_to(desk, "shard-0", REACHED)
    command = ("checkpoint", "reset", "--processor", PROCESSOR, "--yes", "--to")
    assert desk.type(*command, "2024-01-15T12:30:00+02:00").code == 0
    moment = datetime(2024, 1, 15, 10, 30, tzinfo=timezone.utc)
    assert kept(desk, "shard-0").position == since(moment)


@pytest.mark.parametrize("wrong", ["2024-01-15T10:30:00", "earliest", "1" * 65, "-1"])
def test_what_is_no_place_in_a_stream_is_refused(desk: Desk, wrong: str) -> None:
    read_up_to(desk, "shard-0", REACHED)
    done = desk.type("checkpoint", "reset", "--processor", PROCESSOR, "--yes", f"--to={wrong}")
    assert done.code == 2
    assert "allowed: trim-horizon, latest, a sequence number, or a time" in done.err
    assert kept(desk, "shard-0").sequence_number == REACHED


def test_a_sequence_number_means_one_shard(desk: Desk) -> None:
    for shard in ("shard-0", "shard-1"):
        read_up_to(desk, shard, REACHED)
    command = ("checkpoint", "reset", "--processor", PROCESSOR, "--yes", "--to", LATER)
    assert desk.type(*command).code == 2
    assert kept(desk, "shard-0").sequence_number == REACHED
    assert desk.type(*command, "--shard", "shard-0").code == 0
    assert kept(desk, "shard-0").sequence_number == LATER


def test_a_shard_of_which_nothing_is_kept_is_named_with_those_that_are(desk: Desk) -> None:
    read_up_to(desk, "shard-0", REACHED)
    done = desk.type("checkpoint", "reset", "--processor", PROCESSOR, "--shard", "shard-9")
    assert done.code == 2
    assert "--shard: nothing is kept of shard-9; known: shard-0" in done.err


def test_a_processor_of_which_nothing_is_kept_is_named_with_those_that_are(desk: Desk) -> None:
    misspelt = ("checkpoint", "reset", "--processor", "cdc-procesor", "--yes")
    said = f"--processor: nothing is kept of cdc-procesor on stream {desk.stream}; known: "
    done = desk.type(*misspelt)
    assert (done.code, done.out) == (2, "")
    assert f"{said}none" in done.err
    for shard in ("shard-0", "shard-1"):
        read_up_to(desk, shard, REACHED)
    for name, stream in (("cdc-processor-1", desk.stream), ("of-another-stream", "another")):
        LeaseRows(desk.rows.client, processor=name, stream=stream).create(Lease("shard-0"))
    assert f"{said}{PROCESSOR}, cdc-processor-1\n" in desk.type(*misspelt).err
    assert kept(desk, "shard-0").sequence_number == REACHED


def test_whatever_pipelines_run_here_the_processor_can_be_asked(desk: Desk) -> None:
    assert desk.type("checkpoint", "status", PIPELINES="conversations").code == 0


def test_a_table_that_is_not_there_is_the_stores_exit_code(desk: Desk) -> None:
    done = desk.type("checkpoint", "status", CHECKPOINT_TABLE_NAME="nowhere")
    assert done.code == 5
    assert "see CHECKPOINT_TABLE_NAME" in done.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["reset", "--to", "2024-01-15"], "say which: normal, historical, or --processor P"),
        (["reset", "normal"], "--to: '' is no time"),
        (["reset", "normal", "--to", "latest"], "--to: 'latest' is no time"),
        (["reset", "normal", "--to", "2024-01-15", "--shard", "s"], "--shard: only with"),
    ],
)
def test_a_reset_says_which_watermark_and_whereto(
    desk: Desk, arguments: list[str], why: str
) -> None:
    done = desk.type(
        "checkpoint",
        *arguments,
        PIPELINES="conversations",
        ORACLE_USER="cdc",
        ORACLE_PASSWORD="o",
        ORACLE_DSN="127.0.0.1:1/NOWHERE",
        SQS_QUEUE_URL="https://sqs.eu-west-1.amazonaws.com/1/q",
    )
    assert done.code == 2
    assert why in done.err
