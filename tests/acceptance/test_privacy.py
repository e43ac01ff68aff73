"""The canary: marked texts, numbers and secrets go through success and every kind of failure, and
show up nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from standins.scriptedsqs import accepted, describe, failed, serve_endpoint
from tests.acceptance.canaries import (
    AWS_SECRET,
    BAD_RESULTS,
    BAN,
    ENDED,
    FAULTS,
    HEBREW,
    NUMBER,
    SUMMARY,
    TEXT,
    WRONG_PASSWORD,
    assert_nothing_shows,
    assert_private,
    count,
    free_port,
    odd_values,
    pages,
    record_calls,
    start,
    stop,
)
from tests.acceptance.process import finished, wait_for
from tests.world import USER, World

LOGGED_CODES = (
    "ORA-01722",
    "ORA-20001",
    "ORA-12899",
    "ORA-01653",
    "ValueError",
    "RuntimeError",
    "KeyError",
)


def noisy_environment(world: World, log_dir: str, **settings: str) -> dict[str, str]:
    """Return settings by which as much as possible is logged, and each failure comes soon."""
    quick = {
        "CDC_LEASE_SECONDS": "4",
        "CDC_RESULTS_VISIBILITY_SECONDS": "1",
        "CDC_STATISTICS_EVERY_CYCLES": "1",
        "SQS_READ_TIMEOUT_SECONDS": "1",
        "SQS_CONNECT_TIMEOUT_SECONDS": "0.5",
    }
    return world.environment(
        log_dir, LOG_LEVEL="DEBUG", AWS_SECRET_ACCESS_KEY=AWS_SECRET, **quick, **settings
    )


def is_any_kept(world: World, text: str) -> bool:
    """Return whether a failed message that was kept contains a text."""
    kept = world.rows(
        f"SELECT ORIGINAL_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES "
        "WHERE ORIGINAL_MESSAGE IS NOT NULL"
    )
    return any(text in body for (body,) in kept)


def assert_logged(log_dir: Path, has_bucket: bool) -> None:
    """Check that each trouble stands in the logs with its code."""
    service_log = (log_dir / "cdc_service.log").read_text(encoding="utf-8")
    assert "call 4 can't be assembled (1 of 10 times): ValueError" in service_log
    for code in LOGGED_CODES:
        assert code in service_log, code
    sqs_log = (log_dir / "cdc_sqs.log").read_text(encoding="utf-8")
    assert ("NoSuchBucket" in sqs_log) == has_bucket


@pytest.mark.parametrize(
    ("log_format", "keep", "bucket"), [("text", "true", ""), ("json", "false", "no-such-bucket")]
)
def test_nothing_private_shows_whatever_goes_wrong(
    aws_world: World, tmp_path: Path, log_format: str, keep: str, bucket: str
) -> None:
    # Given
    port = free_port()
    environment = noisy_environment(
        aws_world,
        str(tmp_path),
        LOGGING_FORMAT=log_format,
        KEEP_FAILED_MESSAGES=keep,
        HEALTH_PORT=str(port),
        S3_OVERFLOW_BUCKET=bucket,
    )
    aws_world.sqs.set_queue_attributes(
        QueueUrl=aws_world.outbound_url, Attributes={"MaximumMessageSize": "4096"}
    )
    record_calls(aws_world)
    for fault in FAULTS:
        aws_world.server.faults.set(fault)
    for body in BAD_RESULTS:
        aws_world.answer_raw(body)
    # When
    service = start(environment)
    try:
        wait_for("the call to be sent", lambda: aws_world.states().get("1") == "SENT")
        aws_world.answer("1", revision=1, **odd_values())
        # The call that is too large for SQS waits for its bucket, if there is to be one.
        ended = ENDED | ({"3": "OPEN"} if bucket else {})
        wait_for("each call to end", lambda: aws_world.states() == ended)
        set_aside = f"SELECT COUNT(*) FROM {USER}.SQS_PERMANENT_FAILURES WHERE DIRECTION = 'RESULT'"
        wait_for("the bad results", lambda: count(aws_world, set_aside) == len(BAD_RESULTS))
        wait_for("an empty queue", lambda: aws_world.waiting(aws_world.results_url) == 0)
        shown = pages(port)
    finally:
        output = stop(service)
    # Then: it went through, and into the one place where it may rest
    assert service.returncode == 0
    assert any(TEXT in body and NUMBER in body for body in aws_world.received_bodies())
    is_kept = keep == "true"
    assert is_any_kept(aws_world, SUMMARY) == is_kept
    assert is_any_kept(aws_world, TEXT) == is_kept
    # And nowhere else
    assert_logged(tmp_path, bool(bucket))
    assert_private("a health page", shown)
    assert_nothing_shows(aws_world, tmp_path, environment, output)


def quoting(request: Mapping[str, Any], numbers: list[int]) -> tuple[int, dict[str, Any] | bytes]:
    """Answer a batch as an SQS does that quotes what it was sent.

    One trouble comes after the other, then the entries'.
    """
    bodies = " ".join(entry["MessageBody"] for entry in request["Entries"])
    numbers.append(len(numbers))
    troubles: list[tuple[int, dict[str, Any] | bytes]] = [
        (500, f"<html>{bodies}</html>".encode()),
        (400, {"__type": "com.amazonaws.sqs#Novelty", "message": bodies}),
        (403, {"__type": "com.amazonaws.sqs#AccessDeniedException", "message": bodies}),
        (403, {"__type": "com.amazonaws.sqs#ExpiredToken", "message": bodies}),
        (
            200,
            {
                "Failed": [
                    {**failed(e, "InternalError"), "Message": bodies} for e in request["Entries"]
                ]
            },
        ),
    ]
    if len(numbers) <= len(troubles):
        return troubles[len(numbers) - 1]
    refused = [e for e in request["Entries"] if '"callId":"1"' in e["MessageBody"]]
    taken = [e for e in request["Entries"] if e not in refused]
    answer: dict[str, Any] = {"Successful": [accepted(e) for e in taken]}
    return 200, answer | {
        "Failed": [{**failed(e, "InvalidMessageContents"), "Message": bodies} for e in refused]
    }


def test_what_sqs_quotes_in_its_errors_shows_nowhere(world: World, tmp_path: Path) -> None:
    numbers: list[int] = []

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action == "GetQueueAttributes":
            return describe()
        return quoting(request, numbers) if action == "SendMessageBatch" else (200, {})

    private = {"ban": BAN, "subscriber_no": NUMBER}
    for call_id in ("1", "2"):
        said = (("A", f"{TEXT} {HEBREW}"), ("C", NUMBER))
        world.record(call_id, *said, **private)  # type: ignore[arg-type]
    with serve_endpoint(answer) as endpoint:
        environment = world.environment(
            str(tmp_path),
            LOG_LEVEL="DEBUG",
            AWS_ENDPOINT_URL=endpoint.url,
            AWS_SECRET_ACCESS_KEY=AWS_SECRET,
            SQS_OUTBOUND_QUEUE_URL=endpoint.queue_url,
            SQS_RESULTS_QUEUE_URL=f"{endpoint.url}/000000000000/results",
        )
        service = start(environment)
        try:
            wait_for("both calls to end", lambda: world.states() == {"1": "FAILED", "2": "SENT"})
        finally:
            output = stop(service)
        assert len(numbers) > 5
        assert "InvalidMessageContents" in (tmp_path / "cdc_service.log").read_text(
            encoding="utf-8"
        )
        assert_nothing_shows(world, tmp_path, environment, output)


@pytest.mark.parametrize(
    "command", [["run"], ["check"], ["status"], ["failures", "list"], ["--help"]]
)
def test_a_secret_that_is_wrong_shows_nowhere(
    world: World, tmp_path: Path, command: list[str]
) -> None:
    environment = world.environment(
        str(tmp_path),
        LOG_LEVEL="DEBUG",
        ORACLE_PASSWORD=WRONG_PASSWORD,
        AWS_SECRET_ACCESS_KEY=AWS_SECRET,
        # What makes `run` end at once instead of after its second try.
        CDC_SETTLE_SECONDS=("1" if command != ["run"] else f"{TEXT}"),
        AWS_SESSION_TOKEN=SUMMARY,
    )

    _, out, err = finished(command, environment)

    assert_private(" ".join(command), (out + err).replace(f"given '{TEXT}'", ""))
    for path in tmp_path.rglob("*.log"):
        assert_private(path.name, path.read_text(encoding="utf-8"))
