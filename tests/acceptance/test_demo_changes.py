"""`python cdc_service.py demo changes` as its user runs it."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import pytest

from oracle_cdc.cli import main
from oracle_cdc.demo.changes.canaries import find_canaries
from tests.acceptance.test_demo import (
    DEADLINE_SECONDS,
    a_demo,
    files_of,
    passwords_of,
    read_until,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

#: Settings of another system, which must not get through.
FOREIGN = {
    "PIPELINES": "conversations",
    "AWS_PROFILE": "production",
    "KINESIS_STREAM_NAME": "production",
    "TABLE_TRANSFORMERS": "wrong",
    "PROCESSOR_START": "latest",
}
BALANCED = (
    r"19 tables are captured",
    r"is split into two",
    r"a snapshot of COREDB\.AGENT_STATES writes down the [1-9]\d* rows",
    r"the shipper is not ready \(/readyz\): kinesis: ",
    r"the processor is not ready \(/readyz\): ",
    r"both are killed \(kill -9\) with [1-9]\d* events published",
    r"dlq process: [1-9]\d* events? published, 0 failed again",
    r"dead letters +[1-9]\d*  [1-9]\d* VALIDATION_ERROR",
    r"([1-9]\d*) of \1 rows in Oracle, column for column as the consumer has them",
    r"0 events came after a newer one of their row",
    r"[1-9]\d* personal values written, 0 seen outside Oracle",
    r"Balance: [1-9]\d* committed = [1-9]\d* published \+ [1-9]\d* dead letters: it balances",
    r"The shipper ended on SIGTERM within .* with exit code 0",
    r"The processor ended on SIGTERM within .* with exit code 0",
)
REACHED = (
    r"oracledb\.connect\(",
    r"http://127\.0\.0\.1:\d+/events\?bus=cdc-events",
    r"http://127\.0\.0\.1:\d+/readyz and /metrics \(shipper\)",
)


# A dozen processes are started one after another.
@pytest.mark.timeout(240)
def test_changes_balance_through_a_kill_and_the_logs_contain_nothing_private(
    tmp_path: Path,
) -> None:
    # When: it keeps running until Ctrl+C
    arguments = ("changes", "--rows", "200", "--keep-running")
    with a_demo(tmp_path, *arguments, **FOREIGN) as process:
        lines = read_until(process, r"cd .*processor .*cdc_service\.py status")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=DEADLINE_SECONDS)
    output = "".join(lines) + output + errors
    # Then: it balances
    assert process.returncode == 0, output
    for pattern in (*BALANCED, *REACHED):
        assert re.search(pattern, output), (pattern, output)
    files = files_of(tmp_path)
    # And: nothing private is in what was written down
    written = [files / "changes.jsonl", files / "rows.json", *files.glob("*.std???")]
    written += (files / "logs").rglob("*.log")
    everything = ""
    for path in written:
        everything += path.read_text(encoding="utf-8")
    assert [*find_canaries(everything)] == []
    secrets = [*passwords_of(files, "shipper"), *passwords_of(files, "processor")]
    assert secrets
    assert [secret for secret in secrets if secret in everything] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["changes", "--calls", "8"], "--calls and --transcripts are for conversations"),
        (["changes", "--rows", "199"], "at least 200"),
    ],
)
def test_an_option_of_another_demo_is_an_error_of_usage(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", *arguments]) == 2
    assert words in capsys.readouterr().err
