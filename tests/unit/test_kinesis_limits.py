"""Records into requests that Kinesis takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.aws.kinesis.limits import (
    MAX_RECORDS,
    MAX_REQUEST_BYTES,
    StreamRecord,
    split_requests,
)

MEBIBYTE = 1024 * 1024


def test_a_key_counts_in_utf8_bytes_beside_the_data() -> None:
    assert StreamRecord("ключ", b"123").size_bytes == 8 + 3


def test_a_request_has_five_hundred_records_at_most() -> None:
    records = [StreamRecord("k", b"x")] * (2 * MAX_RECORDS + 1)
    assert [len(request) for request in split_requests(records)] == [MAX_RECORDS, MAX_RECORDS, 1]


def test_a_request_has_five_mebibytes_at_most_to_the_byte() -> None:
    full = [StreamRecord("k", b"x" * (MEBIBYTE - 1))] * 5
    assert [len(request) for request in split_requests(full)] == [5]
    more = [*full[:4], StreamRecord("k", b"x" * MEBIBYTE)]
    assert [len(request) for request in split_requests(more)] == [4, 1]


def test_a_record_larger_than_a_request_stands_alone_for_kinesis_to_answer() -> None:
    large = StreamRecord("k", b"x" * (MAX_REQUEST_BYTES + 1))
    small = StreamRecord("k", b"x")
    assert list(split_requests([small, large, small])) == [[small], [large], [small]]
    assert list(split_requests([])) == []


@given(st.lists(st.integers(0, 3 * MEBIBYTE // 2), max_size=40))
def test_requests_have_every_record_once_and_in_order(sizes: list[int]) -> None:
    records = [StreamRecord(str(number), bytes(size)) for number, size in enumerate(sizes)]
    requests = list(split_requests(records))
    together: list[StreamRecord] = []
    for request in requests:
        together += request
        assert len(request) == 1 or sum(r.size_bytes for r in request) <= MAX_REQUEST_BYTES
    assert together == records
