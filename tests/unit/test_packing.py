"""Sizes, compression and requests."""

from __future__ import annotations

import base64
import gzip
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle_cdc.aws.sqs.packing import attribute_type, message_size, pack, split_turns
from oracle_cdc.errors import MessageRefused
from oracle_cdc.model import OutboundMessage
from tests.builders import a_message, queue_facts

FIFO = queue_facts(url="http://127.0.0.1/000000000000/outbound.fifo")
template = a_message()

sized_messages = st.lists(
    st.tuples(st.integers(1, 1000), st.sampled_from(["", "", "1001", "1002"])).map(
        lambda made: replace(template, size_bytes=made[0], group_id=made[1])
    ),
    max_size=60,
)


@given(sized_messages)
def test_packing_exceeds_no_limit_and_loses_nothing(messages: list[OutboundMessage]) -> None:
    requests = list(pack(messages, max_request_bytes=1000, max_entries=10))

    assert all(
        sum(m.size_bytes for m in request) <= 1000 and 1 <= len(request) <= 10
        for request in requests
    )
    packed = Counter(id(message) for request in requests for message in request)
    assert packed == Counter(map(id, messages))


@given(sized_messages)
def test_packing_needs_few_requests(messages: list[OutboundMessage]) -> None:
    ungrouped = [replace(message, group_id="") for message in messages]

    needed = len(ungrouped) / 10 + 2 * sum(m.size_bytes for m in ungrouped) / 1000 + 1

    assert len(list(pack(ungrouped, max_request_bytes=1000))) <= needed


@given(sized_messages)
def test_a_fifo_group_keeps_its_order_and_stands_once_in_each_turn(
    messages: list[OutboundMessage],
) -> None:
    for group in ("1001", "1002"):
        packed = [
            id(m)
            for request in pack(messages, max_request_bytes=1000)
            for m in request
            if m.group_id == group
        ]
        assert packed == [id(m) for m in messages if m.group_id == group]
    for turn in split_turns(messages):
        groups = [m.group_id for m in turn if m.group_id]
        assert len(groups) == len(set(groups))


def test_fifty_small_messages_make_five_requests() -> None:
    assert [len(request) for request in pack([template] * 50)] == [10] * 5


def test_a_message_larger_than_a_request_stands_alone() -> None:
    large = replace(template, size_bytes=2000)

    assert sorted(
        len(request) for request in pack([template, large, template], max_request_bytes=1000)
    ) == [1, 2]


def test_nothing_makes_no_request() -> None:
    assert list(pack([])) == []


def test_the_attributes_are_the_documented_ones() -> None:
    assert a_message().attributes == {
        "messageType": "CONVERSATION_ASSEMBLY",
        "source": "on-premises-cdc",
        "callId": "1001",
        "timestamp": "2025-01-15T14:25:00.123456Z",
    }


def test_sizes_are_bytes_and_count_the_attributes() -> None:
    assert message_size("שלום", {"callId": "12"}) == 8 + len("callId" + "String" + "12")


def test_a_body_at_the_limit_stays_plain_and_one_byte_more_is_compressed() -> None:
    room = 1024 - a_message("").size_bytes
    facts = queue_facts(max_message_bytes=1024)

    at_limit, over = a_message("a" * room, facts=facts), a_message("a" * (room + 1), facts=facts)

    assert (at_limit.size_bytes, "contentEncoding" in at_limit.attributes) == (1024, False)
    assert over.attributes["contentEncoding"] == "gzip+base64"
    assert gzip.decompress(base64.b64decode(over.body)).decode() == "a" * (room + 1)
    assert over.size_bytes == message_size(over.body, over.attributes) <= 1024


def test_compressed_bodies_carry_no_time_so_equal_ones_stay_equal() -> None:
    facts = queue_facts(max_message_bytes=1024)
    compressed = base64.b64decode(a_message("א" * 5000, facts=facts).body)

    assert compressed[4:8] == bytes(4)
    assert a_message("א" * 5000, facts=facts) == a_message("א" * 5000, facts=facts)


def test_what_is_too_large_even_compressed_is_refused_without_being_quoted() -> None:
    incompressible = "".join(chr(0x5D0 + (i * i * 7919) % 9973) for i in range(4000))

    with pytest.raises(
        MessageRefused, match=r"call 1001 revision 1: .* takes 1024; set S3_OVERFLOW"
    ) as refused:
        a_message(incompressible, facts=queue_facts(max_message_bytes=1024))
    assert incompressible[:8] not in str(refused.value)


def test_a_fifo_message_is_grouped_by_call_and_deduplicated_by_call_revision_and_hash() -> None:
    message = a_message(call_id="9" * 50, revision=10**9, facts=FIFO)

    assert message.group_id == "9" * 50
    assert message.deduplication_id == f"{'9' * 50}-1000000000-{'0' * 64}"
    assert len(message.deduplication_id) <= 128


@pytest.mark.parametrize("call_id", ["call 7", "שיחה", "7\n"])
def test_a_call_whose_id_fifo_does_not_take_is_grouped_by_its_hash(call_id: str) -> None:
    message = a_message(call_id=call_id, facts=FIFO)
    again = a_message(call_id=call_id, revision=2, facts=FIFO)

    assert re.fullmatch("[0-9a-f]{64}", message.group_id)
    assert re.fullmatch("[0-9a-f]{64}", message.deduplication_id)
    assert message.group_id == again.group_id
    assert message.deduplication_id != again.deduplication_id
    assert message.attributes["callId"] == call_id


def test_a_standard_queue_gets_no_group() -> None:
    assert (a_message().group_id, a_message().deduplication_id) == ("", "")


def test_the_size_of_a_pointer_is_a_number_and_every_other_attribute_a_text() -> None:
    assert attribute_type("ExtendedPayloadSize") == "Number"
    assert attribute_type("callId") == "String"


def test_the_name_and_type_of_each_attribute_count() -> None:
    size = len("ExtendedPayloadSize" + "Number" + "5") + len("callId" + "String" + "1")
    attributes = {"ExtendedPayloadSize": "5", "callId": "1"}
    assert message_size("שלום", attributes) == 8 + size


def test_two_messages_that_fill_a_request_exactly_go_in_one() -> None:
    message = a_message()
    requests = list(pack([message, message], max_request_bytes=2 * message.size_bytes))
    assert len(requests) == 1
