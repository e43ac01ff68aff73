"""Lists, depth and size: what is read of one message is bounded."""

from __future__ import annotations

import base64
import json
import tracemalloc
from collections.abc import Callable

import pytest

from oracle_cdc.conversations.rules.envelopes import (
    MAX_DOCUMENTS,
    MAX_LAYERS,
    MAX_UNPACKED_BYTES,
)
from oracle_cdc.errors import ResultRefused
from tests.builders import (
    a_result,
    a_result_body,
    read_one,
    reading_of,
)
from tests.unit.envelopes import RESULT, compressed, notified


def test_each_element_of_a_list_is_an_answer_with_an_id_of_its_own() -> None:
    elements = [a_result_body(callId=str(n)) for n in (1, 2, 3)]

    reading = reading_of(a_result(f"[{', '.join(elements)}]", attributes={}))

    assert [answer.result and answer.result.call_id for answer in reading.answers] == [
        "1",
        "2",
        "3",
    ]
    assert [answer.message.message_id[-2:] for answer in reading.answers] == ["#1", "#2", "#3"]
    assert [answer.message.body for answer in reading.answers] == elements


def test_a_bad_element_of_a_list_is_refused_alone_and_keeps_its_own_text() -> None:
    reading = reading_of(a_result(f'[{RESULT}, {{"callId":""}}, 17]'))

    good, unnamed, number = reading.answers
    assert good.result
    assert "callId has 0 bytes" in str(unnamed.error)
    assert "no object" in str(number.error)
    assert (unnamed.message.body, number.message.body) == ('{"callId":""}', "17")


def test_an_element_that_is_kept_is_read_the_same_way_when_it_is_replayed() -> None:
    (answer, _) = reading_of(a_result('[{"callId":"1","summary":"s"},{}]')).answers

    assert read_one(answer.message) == answer.result


def test_a_list_without_a_proven_answer_is_one_refusal() -> None:
    (answer,) = reading_of(a_result("[1, 2, {}]", attributes={})).answers

    assert answer.message.body == "[1, 2, {}]"


@pytest.mark.parametrize("body", ["[]", " [ ] "])
def test_an_empty_list_is_refused(body: str) -> None:
    with pytest.raises(ResultRefused, match="an empty list"):
        read_one(a_result(body))


def test_more_answers_than_are_read_of_one_message_are_refused_as_a_whole() -> None:
    with pytest.raises(ResultRefused, match=f"at most {MAX_DOCUMENTS}"):
        read_one(a_result("[" + ",".join(["{}"] * (MAX_DOCUMENTS + 1)) + "]"))


def test_lists_in_lists_count_together() -> None:
    inner = "[" + ",".join([RESULT] * 600) + "]"

    answers = reading_of(a_result(f"[{inner},{inner}]")).answers

    assert (len(answers), sum(answer.result is not None for answer in answers)) == (601, 600)


@pytest.mark.parametrize("wrap", [notified, json.dumps, compressed, lambda body: f"[{body}]"])
def test_envelopes_are_opened_to_a_depth_and_no_further(wrap: Callable[[str], str]) -> None:
    body = RESULT
    for _ in range(MAX_LAYERS):
        body = wrap(body)
    assert read_one(a_result(body)).call_id == "1001"

    with pytest.raises(ResultRefused, match=f"more than {MAX_LAYERS} envelopes"):
        read_one(a_result(wrap(body)))


def test_what_nests_as_deep_as_python_goes_is_read_or_refused() -> None:
    for depth in range(880, 1000):
        reading = reading_of(a_result(f"[{'[' * depth}{']' * depth}]"))

        assert reading.answers[0].error is not None


def test_a_bomb_is_not_unpacked() -> None:
    message = a_result(compressed(" " * (50 * 1024 * 1024)))
    tracemalloc.start()

    with pytest.raises(ResultRefused, match=f"more than {MAX_UNPACKED_BYTES} bytes"):
        read_one(message)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 4 * MAX_UNPACKED_BYTES


def test_many_small_bombs_in_a_list_are_bounded_together() -> None:
    bomb = json.dumps(compressed(a_result_body(pad=" " * (MAX_UNPACKED_BYTES // 3))))

    answers = reading_of(a_result("[" + ",".join([bomb] * 50) + "]")).answers

    assert sum(answer.result is not None for answer in answers) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (compressed(RESULT)[:40], "cut off"),
        (base64.b64encode(b"\x1f\x8b not gzip at all").decode(), "broken"),
        (base64.b64encode(b"\xff\xfe\xfd").decode(), "not UTF-8"),
        ("bm90IEpTT04h", "not JSON"),
    ],
)
def test_what_can_not_be_unpacked_is_refused_with_its_reason(body: str, reason: str) -> None:
    with pytest.raises(ResultRefused, match=reason):
        read_one(a_result(body))
