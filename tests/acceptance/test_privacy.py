"""The canary: marked texts, numbers and secrets go through success and every kind of failure, and show up nowhere."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from standins.endpoint import accepted, describe, failed, serve_endpoint
from tests.acceptance.bugs import UNDECODED
from tests.acceptance.process import ROOT, finished, wait_for
from tests.world import PASSWORD, USER, World

TEXT, HEBREW, SUMMARY = "CanaryText", "קנריתסודית", "CanarySummary"
NUMBER, BAN = "0599911777", "CANARYBAN4711"
AWS_SECRET, WRONG_PASSWORD = "CanaryAwsSecret", "CanaryOracleSecret"
PRIVATE = (TEXT, HEBREW, SUMMARY, NUMBER, BAN, AWS_SECRET, WRONG_PASSWORD, PASSWORD)

NOISE = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))

#: Everything that a table may show to a DBA who looks after the service.
TOLD = (
    ("CDC_PROCESSING_LOG", "CALL_ID || ' ' || BATCH_ID || ' ' || STATUS || ' ' || ERROR_MESSAGE"),
    ("ERROR_LOG", "CALL_ID || ' ' || ERROR_TYPE || ' ' || ERROR_MESSAGE"),
    (
        "SQS_PERMANENT_FAILURES",
        "CALL_ID || ' ' || SQS_MESSAGE_ID || ' ' || MESSAGE_TYPE || ' ' || ERROR_MESSAGE",
    ),
)


def assert_private(place: str, written: str) -> None:
    """Nothing of PRIVATE is in it, neither as it is nor escaped."""
    for secret in PRIVATE:
        for form in {secret, json.dumps(secret)[1:-1], secret.encode("unicode_escape").decode()}:
            assert form not in written, (
                f"{secret} in {place}: …{written[max(0, written.find(form) - 300) :][:400]}…"
            )


def assert_nothing_shows(
    world: World, log_dir: Path, environment: Mapping[str, str], output: str
) -> None:
    """Look at every byte that was written, and at what the commands print."""
    assert_private("stdout or stderr", output)
    logs = sorted(log_dir.rglob("*"))
    assert [path.name for path in logs if path.suffix == ".log"] == [
        "cdc_errors.log",
        "cdc_oracle.log",
        "cdc_performance.log",
        "cdc_service.log",
        "cdc_sqs.log",
    ]
    for path in logs:
        assert_private(path.name, path.read_bytes().decode("utf-8"))
    for table, columns in TOLD:
        for (told,) in world.rows(f"SELECT {columns} FROM {USER}.{table}"):
            assert_private(table, told)
    for arguments in COMMANDS:
        _, out, err = finished(arguments, environment)
        assert_private(" ".join(arguments), out + err)
    for (failure_id,) in world.rows(
        f"SELECT RAWTOHEX(FAILURE_ID) FROM {USER}.SQS_PERMANENT_FAILURES"
    ):
        _, out, err = finished(["failures", "show", failure_id], environment)
        assert_private("failures show", out + err)


COMMANDS = (
    ["check"],
    ["status", "--overdue", "--json"],
    ["status", "--overdue"],
    ["failures", "list"],
    ["failures", "list", "--json"],
    ["failures", "replay", "--all", "--yes"],
    ["checkpoint", "show"],
)


def start(environment: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.acceptance.bugs", "run"],
        env=dict(environment),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def stop(service: subprocess.Popen[str]) -> str:
    service.send_signal(signal.SIGTERM)
    out, err = service.communicate(timeout=20)
    return out + err


def pages(port: int) -> str:
    """What the health endpoint shows."""
    shown = ""
    for page in ("livez", "readyz", "metrics"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=10) as answer:
                shown += answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                shown += error.read().decode()
    return shown


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def count(world: World, sql: str) -> int:
    return int(world.rows(sql)[0][0])


FAULTS = (
    f'error 1722 "unable to convert {TEXT} {NUMBER}" on execute when "CONTENT_HASH ="',
    f'error 20001 "a trigger says {TEXT} {BAN}" on execute when "INSERT INTO CDC_PROCESSED_CALLS"',
    f'error 12899 "value too large: {SUMMARY} {HEBREW}" on execute when "INSERT INTO DICTA_CALL_SUMMARY"',
    f'error 1653 "unable to extend: {TEXT}" on execute when "INSERT INTO CDC_PROCESSING_LOG"',
    f'error 1 "unique constraint violated: {SUMMARY}" on execute when "INSERT INTO SQS_PERMANENT_FAILURES"',
)

#: Results that are none, or whose values can't be used.
BAD_RESULTS = (
    f'{{"type":"ML_PROCESSING_RESULT","callId":"1","summary":"{SUMMARY} {TEXT}',
    f'{{"type":"other","callId":"1","summary":"{SUMMARY}","ban":"{BAN}"}}',
    f'{{"type":"ML_PROCESSING_RESULT","summary":"{SUMMARY}","subscriberNo":"{NUMBER}"}}',
    f'{{"type":"ML_PROCESSING_RESULT","callId":["{NUMBER}"],"summary":"{SUMMARY}"}}',
    f'{{"type":"ML_PROCESSING_RESULT","callId":"1","summary":"{SUMMARY}","modelVersion":"{UNDECODED}"}}',
    f'["{SUMMARY}"]',
    f"{TEXT} {HEBREW}",
)


def odd_values() -> dict[str, Any]:
    """What a result may hold that does not fit its columns: cut or left out, with a warning."""
    return {
        "summary": f"{SUMMARY} {HEBREW} {TEXT}",
        "sentiment": SUMMARY * 20,
        "classification": {"primary": SUMMARY * 50, "all": [SUMMARY, {"secret": TEXT}]},
        "confidence": f"{TEXT}",
        "processingTime": {"text": TEXT},
        "modelVersion": TEXT * 20,
        "callTime": f"{NUMBER}",
        "ban": BAN * 10,
        "subscriberNo": NUMBER * 10,
    }


def record_calls(world: World) -> None:
    said = (("A", f"{TEXT} {HEBREW}"), ("C", f"my number is {NUMBER}"))
    private = {"ban": BAN, "subscriber_no": NUMBER}
    for call_id in ("1", "4", "5"):
        world.record(call_id, *said, **private)  # type: ignore[arg-type]
    world.record("2", said[0], **private)  # type: ignore[arg-type]
    world.record("3", ("A", f"{TEXT} {NOISE}"), said[1], **private)  # type: ignore[arg-type]
    world.record(
        "6",
        ("X", f"{TEXT}\ud83d\x00".replace("\ud83d", "\ufffe")),
        said[1],
        ban=BAN,
        subscriber_no=None,
    )


ENDED = {
    "1": "SUMMARIZED",
    "2": "REJECTED_TOO_SHORT",
    "3": "FAILED",
    "4": "FAILED",
    "5": "SENT",
    "6": "REJECTED_MISSING_CHANNEL",
}


@pytest.mark.parametrize(
    ("log_format", "keep", "bucket"), [("text", "true", ""), ("json", "false", "no-such-bucket")]
)
def test_nothing_private_shows_whatever_goes_wrong(
    world: World, tmp_path: Path, log_format: str, keep: str, bucket: str
) -> None:
    # Given
    port = free_port()
    environment = world.environment(
        str(tmp_path),
        LOG_LEVEL="DEBUG",
        LOGGING_FORMAT=log_format,
        KEEP_FAILED_MESSAGES=keep,
        HEALTH_PORT=str(port),
        S3_OVERFLOW_BUCKET=bucket,
        AWS_SECRET_ACCESS_KEY=AWS_SECRET,
        CDC_LEASE_SECONDS="4",
        CDC_RESULTS_VISIBILITY_SECONDS="1",
        CDC_STATISTICS_EVERY_CYCLES="1",
        SQS_READ_TIMEOUT_SECONDS="1",
        SQS_CONNECT_TIMEOUT_SECONDS="0.5",
    )
    world.sqs.set_queue_attributes(
        QueueUrl=world.outbound_url, Attributes={"MaximumMessageSize": "4096"}
    )
    record_calls(world)
    for fault in FAULTS:
        world.server.faults.set(fault)
    for body in BAD_RESULTS:
        world.answer_raw(body)
    # When
    service = start(environment)
    try:
        wait_for("the call to be sent", lambda: world.states().get("1") == "SENT")
        world.answer("1", revision=1, **odd_values())
        # The call that is too large for SQS waits for its bucket, if there is to be one.
        ended = ENDED | ({"3": "OPEN"} if bucket else {})
        wait_for("each call to end", lambda: world.states() == ended)
        set_aside = f"SELECT COUNT(*) FROM {USER}.SQS_PERMANENT_FAILURES WHERE DIRECTION = 'RESULT'"
        wait_for("the bad results", lambda: count(world, set_aside) == len(BAD_RESULTS))
        wait_for("an empty queue", lambda: world.waiting(world.results_url) == 0)
        shown = pages(port)
    finally:
        output = stop(service)
    # Then: it went through, and into the one place where it may rest
    assert service.returncode == 0
    assert any(TEXT in body and NUMBER in body for body in world.received_bodies())
    kept = world.rows(
        f"SELECT ORIGINAL_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES WHERE ORIGINAL_MESSAGE IS NOT NULL"
    )
    assert (
        any(SUMMARY in body for (body,) in kept)
        == any(TEXT in body for (body,) in kept)
        == (keep == "true")
    )
    # And nowhere else
    assert "call 4 can't be assembled (1 of 10 times): ValueError" in (
        tmp_path / "cdc_service.log"
    ).read_text("utf-8")
    for code in (
        "ORA-01722",
        "ORA-20001",
        "ORA-12899",
        "ORA-01653",
        "ValueError",
        "RuntimeError",
        "KeyError",
    ):
        assert code in (tmp_path / "cdc_service.log").read_text(encoding="utf-8"), code
    assert ("NoSuchBucket" in (tmp_path / "cdc_sqs.log").read_text(encoding="utf-8")) == bool(
        bucket
    )
    assert_private("a health page", shown)
    assert_nothing_shows(world, tmp_path, environment, output)


def quoting(request: Mapping[str, Any], numbers: list[int]) -> tuple[int, dict[str, Any] | bytes]:
    """What an SQS that quotes what it was sent answers to a batch: one trouble after the other, then the entries'."""
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
        world.record(call_id, ("A", f"{TEXT} {HEBREW}"), ("C", NUMBER), **private)  # type: ignore[arg-type]
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
