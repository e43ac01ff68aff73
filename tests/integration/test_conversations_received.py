"""Conversations in the results queue, and one queue for both directions."""

from __future__ import annotations

import json
import logging

import pytest

from oracle_cdc.conversations.rules.pointers import POINTER_CLASS
from tests.integration.answers import SET_ASIDE, errors, other_name, put, ready
from tests.integration.samples import HELLO
from tests.unit.envelopes import compressed, notified
from tests.world import World

CONVERSATION = '{"type":"CONVERSATION_ASSEMBLY","callId":"1","source":"on-premises-cdc"}'


@pytest.mark.parametrize(
    ("body", "attributes"),
    [
        ("whatever", {"messageType": "CONVERSATION_ASSEMBLY"}),
        (CONVERSATION, {}),
        (CONVERSATION, {"messageType": "ML_PROCESSING_RESULT"}),
        ('{"callId":"1","source":"on-premises-cdc"}', {}),
        (notified(compressed(CONVERSATION)), {}),
        (
            json.dumps(
                [POINTER_CLASS, {"s3BucketName": "any", "s3Key": f"big/1-1-{'0' * 64}.json"}]
            ),
            {},
        ),
    ],
)
def test_a_conversation_in_the_results_queue_is_put_back_and_reported_once(
    world: World, caplog: pytest.LogCaptureFixture, body: str, attributes: dict[str, str]
) -> None:
    put(world, body, **attributes)
    service = ready(world)

    for _ in range(3):
        assert service.results.drain(0) == 0

    assert world.waiting(world.results_url) == 1
    assert world.rows(SET_ASIDE) == []
    (reported,) = errors(caplog)
    assert "the results queue brings conversations; they are put back" in reported
    assert "conversations; they are put back" in service.readiness.work().reason


def test_a_conversation_that_went_away_is_no_reason_for_not_being_ready(world: World) -> None:
    service = ready(world)
    service.progress.concerns.note("conversations", "there were some", seconds=-1)

    assert service.readiness.work().ok


def test_a_conversation_that_was_put_back_can_be_received_at_once_and_the_loop_pauses(
    world: World,
) -> None:
    put(world, CONVERSATION)
    service = ready(world, normal_poll_interval_seconds=0.3)
    before = service.progress.clock()

    service.results.drain(0)

    assert service.progress.clock() - before >= 0.3
    assert len(world.sqs.receive_message(QueueUrl=world.results_url).get("Messages", [])) == 1


def test_one_queue_under_two_names_is_treated_as_a_shared_one(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.results_url = other_name(world.outbound_url)
    world.record("1", *HELLO)
    service = ready(world)
    world.cycle(service)
    world.answer("1", revision=1, summary="s")
    world.answer_raw("of somebody else")

    service.results.drain_all()

    assert world.states() == {"1": "SUMMARIZED"}
    assert world.waiting(world.outbound_url) == 2
    assert world.rows(SET_ASIDE) == []
    assert errors(caplog) == []
    assert any(
        "name one queue" in r.getMessage() and r.levelno == logging.WARNING for r in caplog.records
    )


def test_two_queues_are_not_one_for_having_the_same_account(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert not ready(world).startup.is_shared()
    assert not any("one queue" in record.getMessage() for record in caplog.records)
