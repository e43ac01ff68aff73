"""`python cdc_service.py demo events` as its user runs it."""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path

import pytest

from oracle_cdc.cli import main
from oracle_cdc.demo.events import mariadbserver, natsserver
from tests.acceptance.test_demo import (
    DEADLINE_SECONDS,
    a_demo,
    files_of,
    passwords_of,
    read_until,
)
from tests.mariadb.needs import do_without

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

ROWS = 60
#: Settings of another system, which must not get through.
FOREIGN = {
    "PIPELINES": "conversations",
    "NATS_SERVERS": "nats://production:4222",
    "MARIADB_HOST": "production",
    "PROGRAM_NAME": "PRODUCTION",
    "PUBLISHER_SHARE": "2/2",
    "CDC_SETTLE_SECONDS": "wrong",
}
BALANCED = (
    r"in the table +60  [1-9]\d* of them committed \d\.\d to \d\.\d s late",
    r"in the stream +58  0 of them stored twice",
    r"received by the consumer +58",
    r"58 messages in the stream, field for field as the table has them",
    r"Balance: 60 in the table = 58 in the stream \+ 2 set aside \+ 0 missing: it balances",
    r"not ready \(/readyz\): nats: .*TXLOG_STREAM.* full",
    r"killed \(kill -9\)",
    r"The service ended on SIGTERM within .* with exit code 0",
)
REACHED = (
    r"oracledb\.connect\(",
    r"nats://demo:",
    r"pymysql\.connect\(",
    r"127\.0\.0\.1:\d+/readyz",
)


def test_sixty_rows_balance_through_a_kill_and_the_logs_contain_nothing_private(
    tmp_path: Path,
) -> None:
    if mariadbserver.PROGRAM is None:
        do_without()
    # When: it keeps running until Ctrl+C
    arguments = ("events", "--rows", str(ROWS), "--keep-running")
    with a_demo(tmp_path, *arguments, **FOREIGN) as process:
        lines = read_until(process, r"cdc_service\.py status")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=DEADLINE_SECONDS)
    output = "".join(lines) + output + errors
    # Then: it balances
    assert process.returncode == 0, output
    for pattern in (*BALANCED, *REACHED):
        assert re.search(pattern, output), output
    files = files_of(tmp_path)
    for place in ("logs", "oracle.db", "nats", "mariadb"):
        assert str(files / place) in output
    # And: nothing private is in its logs
    everything = (files / "service.stderr").read_text(encoding="utf-8")
    for path in (files / "logs").iterdir():
        everything += path.read_text(encoding="utf-8")
    assert "ended with exit code 0" in everything
    secrets = secrets_of(files)
    assert len(secrets) > 2 * (ROWS - 2)
    assert [secret for secret in secrets if secret in everything] == []


def secrets_of(files: Path) -> list[str]:
    """Return what the service logs in with, and what the rows hold."""
    secrets = [*passwords_of(files)]
    for line in (files / "events.jsonl").read_text(encoding="utf-8").splitlines():
        body = json.loads(json.loads(line)["body"])
        secrets += [body["CASE_ID"], body["EVENT_DATA"]]
    return secrets


def test_what_is_not_installed_is_named_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(mariadbserver, "PROGRAM", None)
    monkeypatch.setattr(natsserver, "PROGRAM", None)
    assert main(["demo", "events"]) == 1
    said = capsys.readouterr().err
    assert "mariadbd is not installed" in said
    assert "apt-get install --no-install-recommends mariadb-server-core" in said
    assert "nats-server is not installed" in said
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["events", "--calls", "8"], "--calls and --transcripts are for conversations"),
        (["events", "--transcripts", "x.jsonl"], "--calls and --transcripts are for"),
        (["events", "--rows", "49"], "at least 50"),
        (["--rows", "60"], "--rows is for `demo events`"),
        (["conversations", "--rows", "60"], "--rows is for `demo events`"),
    ],
)
def test_an_option_of_the_other_demo_is_an_error_of_usage(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", *arguments]) == 2
    assert words in capsys.readouterr().err
