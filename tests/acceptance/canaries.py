"""Marked texts, numbers and secrets, and the places where they must not show."""

from __future__ import annotations

import json
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.acceptance import bugs
from tests.acceptance.process import Process, finished
from tests.world import PASSWORD, USER, World

TEXT, HEBREW, SUMMARY = "CanaryText", "קנריתסודית", "CanarySummary"
NUMBER, BAN = "0599911777", "CANARYBAN4711"
AWS_SECRET, WRONG_PASSWORD = "CanaryAwsSecret", "CanaryOracleSecret"
PRIVATE = (TEXT, HEBREW, SUMMARY, NUMBER, BAN, AWS_SECRET, WRONG_PASSWORD, PASSWORD)

NOISE = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(5000))

#: Everything that a table may show to a DBA who looks after the service.
SHOWN_COLUMNS = (
    ("CDC_PROCESSING_LOG", "CALL_ID || ' ' || BATCH_ID || ' ' || STATUS || ' ' || ERROR_MESSAGE"),
    ("ERROR_LOG", "CALL_ID || ' ' || ERROR_TYPE || ' ' || ERROR_MESSAGE"),
    (
        "SQS_PERMANENT_FAILURES",
        "CALL_ID || ' ' || SQS_MESSAGE_ID || ' ' || MESSAGE_TYPE || ' ' || ERROR_MESSAGE",
    ),
)


def assert_private(place: str, written: str) -> None:
    """Assert that nothing of PRIVATE is in it, neither as it is nor escaped."""
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
    for table, columns in SHOWN_COLUMNS:
        for (reported,) in world.rows(f"SELECT {columns} FROM {USER}.{table}"):
            assert_private(table, reported)
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


def start(environment: Mapping[str, str]) -> Process:
    return Process(["run"], environment, script=Path(bugs.__file__))


def stop(service: Process) -> str:
    service.send_signal(signal.SIGTERM)
    try:
        return "".join(service.communicate(timeout=20))
    finally:
        service.kill()
        service.close()


def pages(port: int) -> str:
    """Return what the health endpoint shows."""
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
    f'error 12899 "value too large: {SUMMARY} {HEBREW}" on execute when "INSERT '
    'INTO DICTA_CALL_SUMMARY"',
    f'error 1653 "unable to extend: {TEXT}" on execute when "INSERT INTO CDC_PROCESSING_LOG"',
    f'error 1 "unique constraint violated: {SUMMARY}" on execute when "INSERT '
    'INTO SQS_PERMANENT_FAILURES"',
)

#: Results that are none, or whose values can't be used.
BAD_RESULTS = (
    f'{{"type":"ML_PROCESSING_RESULT","callId":"1","summary":"{SUMMARY} {TEXT}',
    f'{{"type":"other","callId":"1","summary":"{SUMMARY}","ban":"{BAN}"}}',
    f'{{"type":"ML_PROCESSING_RESULT","summary":"{SUMMARY}","subscriberNo":"{NUMBER}"}}',
    f'{{"type":"ML_PROCESSING_RESULT","callId":["{NUMBER}"],"summary":"{SUMMARY}"}}',
    '{"type":"ML_PROCESSING_RESULT","callId":"1",'
    f'"summary":"{SUMMARY}","modelVersion":"{bugs.UNDECODED}"}}',
    f'["{SUMMARY}"]',
    f"{TEXT} {HEBREW}",
)


def odd_values() -> dict[str, Any]:
    """Return what does not fit its columns, and is cut or left out, with a warning."""
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
