"""Conversations that come back where answers are expected, with the running service."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.process import log_text, running, wait_for
from tests.acceptance.test_run import HELLO
from tests.integration.answers import other_name
from tests.world import USER, World


def failures(world: World) -> int:
    return int(world.rows(f"SELECT COUNT(*) FROM {USER}.SQS_PERMANENT_FAILURES")[0][0])


def test_with_one_queue_under_two_names_conversations_stay_and_answers_are_written(
    world: World, tmp_path: Path
) -> None:
    world.results_url = other_name(world.outbound_url)
    world.record("1", *HELLO)
    with running(world.environment(str(tmp_path))):
        wait_for("the call to be sent", lambda: world.states() == {"1": "SENT"})
        world.answer("1", revision=1, summary="angry")
        wait_for("its summary", lambda: world.states() == {"1": "SUMMARIZED"})
        wait_for("the warning", lambda: "name one queue" in log_text(tmp_path))
        wait_for("the answer to leave", lambda: world.waiting(world.outbound_url) < 2)

    assert failures(world) == 0
    assert world.waiting(world.outbound_url) == 1


def test_a_conversation_that_is_forwarded_to_the_results_queue_is_reported_and_kept(
    world: World, tmp_path: Path
) -> None:
    world.record("1", *HELLO)
    with running(world.environment(str(tmp_path))):
        wait_for("the call to be sent", lambda: world.states() == {"1": "SENT"})
        (body,) = world.received_bodies()
        world.answer_raw(json.dumps({"Type": "Notification", "Message": body}))
        world.answer("1", revision=1, summary="angry")
        wait_for("its summary", lambda: world.states() == {"1": "SUMMARIZED"})
        wait_for(
            "the error", lambda: "brings conversations" in log_text(tmp_path, "cdc_errors.log")
        )
        wait_for("the answer to leave", lambda: world.waiting(world.results_url) < 2)

    assert log_text(tmp_path, "cdc_errors.log").count("brings conversations") == 1
    assert failures(world) == 0
    assert world.waiting(world.results_url) == 1
