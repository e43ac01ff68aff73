"""A Kinesis that refuses records, throttles, and loses answers."""

from __future__ import annotations

from typing import Any

import pytest

from oracle_cdc.aws.kinesis.client import open_stream
from oracle_cdc.aws.kinesis.inbound import ShardReader
from oracle_cdc.aws.kinesis.limits import StreamRecord
from oracle_cdc.aws.kinesis.outbound import PutOutcome, StreamWriter
from oracle_cdc.aws.kinesis.shards import Shard
from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationMissing,
    DestinationUnavailable,
)
from standins.scriptedsqs import Answer, Endpoint, refuse, serve_endpoint
from tests.awsplaces import make_session

RECORDS = [StreamRecord("users|1", b"a"), StreamRecord("users|2", b"b")]
STORED = {"SequenceNumber": "1" * 56, "ShardId": "shardId-000000000000"}


def send(
    answer: Answer, records: list[StreamRecord] = RECORDS
) -> tuple[list[PutOutcome], Endpoint]:
    with serve_endpoint(answer) as endpoint:
        session = make_session(endpoint.url)
        outcomes = StreamWriter(open_stream(session, "cdc")).send(records)
        session.close()
        return outcomes, endpoint


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ProvisionedThroughputExceededException", DestinationUnavailable),
        ("InternalFailure", DestinationUnavailable),
        ("NeverHeardOf", DestinationUnavailable),
        ("AccessDeniedException", DestinationConfigurationError),
    ],
)
def test_a_record_that_fails_is_known_not_to_be_stored_and_the_others_are(
    code: str, kind: type[CdcError]
) -> None:
    def answer(_action: str, _request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        failed = {"ErrorCode": code, "ErrorMessage": "account 123456789012"}
        return 200, {"FailedRecordCount": 0, "Records": [failed, STORED]}

    (first, second), endpoint = send(answer)

    assert second == PutOutcome(STORED["SequenceNumber"], STORED["ShardId"])
    assert type(first.error) is kind
    assert (first.is_stored, first.is_unknown, first.sequence_number) == (False, False, None)
    assert "123456789012" not in str(first.error)
    # Nothing is sent again: it would come behind newer records of its key.
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("results", [[], [STORED], [STORED, {}], [STORED] * 3])
def test_a_record_of_which_nothing_is_said_may_have_been_stored(
    results: list[dict[str, str]],
) -> None:
    outcomes, _ = send(lambda _action, _request: (200, {"Records": results}))

    assert len(outcomes) == 2
    assert outcomes[1].is_unknown
    assert not outcomes[1].is_stored
    assert isinstance(outcomes[1].error, DestinationUnavailable)


@pytest.mark.parametrize(
    ("answer", "kind", "is_unknown"),
    [
        (refuse("ProvisionedThroughputExceededException"), DestinationUnavailable, True),
        (refuse("InternalFailure", status=500), DestinationUnavailable, True),
        ((502, b"<html>"), DestinationUnavailable, True),
        ((200, b"<html>"), DestinationUnavailable, True),
        (refuse("ResourceNotFoundException"), DestinationMissing, False),
        (refuse("AccessDeniedException"), DestinationConfigurationError, False),
        (refuse("InvalidArgumentException"), DestinationConfigurationError, False),
        (refuse("KMSAccessDeniedException"), DestinationConfigurationError, False),
        (refuse("KMSThrottlingException"), DestinationUnavailable, True),
        (refuse("ExpiredTokenException"), DestinationCredentialsError, False),
    ],
)
def test_a_request_that_got_no_answer_may_have_been_carried_out_and_a_refused_one_was_not(
    answer: tuple[int, dict[str, Any] | bytes], kind: type[CdcError], is_unknown: bool
) -> None:
    outcomes, endpoint = send(lambda _action, _request: answer)

    assert [type(outcome.error) for outcome in outcomes] == [kind] * 2
    assert [outcome.is_unknown for outcome in outcomes] == [is_unknown] * 2
    assert "vendor" not in str(outcomes[0].error)
    assert len(endpoint.requests) == 1


def test_more_than_a_request_takes_is_never_sent() -> None:
    with pytest.raises(ValueError, match=r"501 records of .* 1 to 500"):
        send(lambda _action, _request: (200, {}), [StreamRecord("k", b"")] * 501)
    half = StreamRecord("k", b"x" * (3 * 1024 * 1024))
    with pytest.raises(ValueError, match="at most 5242880"):
        send(lambda _action, _request: (200, {}), [half, half])


def test_refused_keys_are_read_anew_for_the_next_request() -> None:
    answers = iter([refuse("ExpiredTokenException"), (200, {"Records": [STORED, STORED]})])
    with serve_endpoint(lambda _action, _request: next(answers)) as endpoint:
        session = make_session(endpoint.url)
        writer = StreamWriter(open_stream(session, "cdc"))
        before = session.client("kinesis")
        assert not writer.send(RECORDS)[0].is_stored
        assert writer.send(RECORDS)[0].is_stored
        assert session.client("kinesis") is not before
        session.close()


def test_shards_are_listed_page_by_page_with_both_parents() -> None:
    merged = {
        "ShardId": "shardId-000000000002",
        "ParentShardId": "shardId-000000000000",
        "AdjacentParentShardId": "shardId-000000000001",
        "HashKeyRange": {"StartingHashKey": "0", "EndingHashKey": "9"},
        "SequenceNumberRange": {"StartingSequenceNumber": "5"},
    }
    ranged = {"StartingSequenceNumber": "1", "EndingSequenceNumber": "4"}
    parents = [
        {**merged, "ShardId": f"shardId-00000000000{n}", "SequenceNumberRange": ranged}
        for n in (0, 1)
    ]
    for parent in parents:
        del parent["ParentShardId"], parent["AdjacentParentShardId"]

    def answer(_action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if request == {"StreamName": "cdc"}:
            return 200, {"Shards": [merged], "NextToken": "more"}
        assert request == {"NextToken": "more"}
        return 200, {"Shards": parents}

    with serve_endpoint(answer) as endpoint:
        session = make_session(endpoint.url)
        shards = ShardReader(open_stream(session, "cdc"), batch_size=1).list_shards()
        session.close()

    one, two = "shardId-000000000000", "shardId-000000000001"
    assert shards == [
        Shard(one, (), is_closed=True),
        Shard(two, (), is_closed=True),
        Shard("shardId-000000000002", (one, two), is_closed=False),
    ]


def read(answer: Answer) -> Any:
    with serve_endpoint(answer) as endpoint:
        session = make_session(endpoint.url)
        reader = ShardReader(open_stream(session, "cdc"), batch_size=10)
        try:
            return reader.read("iterator")
        finally:
            session.close()


def test_an_empty_batch_is_not_the_end() -> None:
    batch = read(
        lambda _a, _r: (200, {"Records": [], "NextShardIterator": "n", "MillisBehindLatest": 7000})
    )
    assert not batch.is_end
    assert batch.millis_behind == 7000


@pytest.mark.parametrize("size", [0, 10_001])
def test_a_batch_has_a_size_that_kinesis_takes(size: int) -> None:
    session = make_session("http://127.0.0.1:9")
    with pytest.raises(ValueError, match="1 to 10000"):
        ShardReader(open_stream(session, "cdc"), batch_size=size)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[1]", b"null", b'{"Records": 7}'])
def test_an_answer_of_another_shape_is_no_end_of_a_shard(body: bytes) -> None:
    with pytest.raises(DestinationUnavailable, match="no answer of Kinesis's"):
        read(lambda _a, _r: (200, body))
