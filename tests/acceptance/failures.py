"""Calls and results that fail, and the command that handles them."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.process import finished
from tests.world import USER, World

NOISE = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))


def fail_a_call(world: World, call_id: str = "1") -> str:
    """Set a call aside because the queue takes too little, and return its failure's id."""
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "1024"}
    )
    world.record(call_id, ("A", NOISE), ("C", "yes"))
    world.cycle(world.application())
    assert world.states()[call_id] == "FAILED"
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "262144"}
    )
    return failure_ids(world)[-1]


def fail_a_result(
    world: World, body: str = '{"type":"ML_PROCESSING_RESULT","callId":"","summary":"private"}'
) -> str:
    """Set a result aside because it names no call, and return its failure's id."""
    world.answer_raw(body)
    service = world.application()
    service.startup.ensure_database()
    service.results.drain_all()
    return failure_ids(world)[-1]


def failure_ids(world: World) -> list[str]:
    sql = (
        f"SELECT RAWTOHEX(FAILURE_ID) FROM {USER}.SQS_PERMANENT_FAILURES ORDER BY MARKED_FAILED_AT"
    )
    return [row[0] for row in world.rows(sql)]


def attempts(world: World) -> int:
    return int(world.rows(f"SELECT TOTAL_ATTEMPTS FROM {USER}.SQS_PERMANENT_FAILURES")[0][0])


def run(world: World, tmp_path: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    return finished(["failures", *arguments], world.environment(str(tmp_path), **variables))
