"""`python cdc_service.py demo all` as its user runs it."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest

from oracle_cdc.cli import main
from oracle_cdc.demo.changes.canaries import find_canaries
from oracle_cdc.demo.events import mariadbserver
from tests.acceptance.test_demo import (
    DEADLINE_SECONDS,
    a_demo,
    await_end,
    children_of,
    files_of,
    passwords_of,
    read_until,
)
from tests.mariadb.needs import do_without

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

#: Settings of another system, which must not get through.
FOREIGN = {
    "PIPELINES": "conversations",
    "ORACLE_DSN": "production:1521/X",
    "AWS_PROFILE": "production",
    "NATS_SERVERS": "nats://production:4222",
    "MARIADB_HOST": "production",
    "MONITOR_SYNCS": "wrong",
}
AWAY = ("NATS", "MariaDB", "SQS", "Oracle", "AWS")
PROGRAMS = ("service", "processor", "monitor")
BALANCED = (
    *(f"{server} is away: " for server in AWAY),
    *(rf"after \d+\.\d s {server} is back" for server in AWAY),
    *(rf"the {program} is killed \(kill -9\), and started again" for program in PROGRAMS),
    *(rf"The {program} ended on SIGTERM within .* with exit code 0" for program in PROGRAMS),
    r"the processor is not ready \(/readyz\): ",
    r"page: .*employees CRITICAL",
    r"Balance: 8 put in = 6 summarized \+ 2 rejected \+ 0 failed: it balances",
    r"NATS takes larger messages, failures replay: ",
    r"Balance: 200 in the table = 200 in the stream \+ 0 set aside \+ 0 missing: it balances",
    r"Balance: [1-9]\d* committed = [1-9]\d* published \+ [1-9]\d* dead letters: it balances",
    r"([1-9]\d*) of \1 rows in Oracle, column for column as the consumer has them",
    r"[1-9]\d* personal values written, 0 seen outside Oracle",
    r"The page is green: 5 syncs, each measured and well",
)


# Twenty processes are started one after another, and each server is away for a while.
@pytest.mark.skipif(
    os.environ.get("TEST_ALL_AT_ONCE") != "1", reason="make test-acceptance runs it"
)
@pytest.mark.timeout(600)
def test_everything_at_once_balances_through_every_outage_and_kill(tmp_path: Path) -> None:
    if mariadbserver.PROGRAM is None:
        do_without()
    # When: it keeps running until Ctrl+C
    arguments = ("all", "--calls", "8", "--rows", "200", "--keep-running")
    with a_demo(tmp_path, *arguments, **FOREIGN) as process:
        lines = read_until(process, r"cd .*processor .*cdc_service\.py status")
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=DEADLINE_SECONDS)
    output = "".join(lines) + output + errors
    # Then: it balances, and nothing is left
    assert process.returncode == 0, output
    for pattern in BALANCED:
        assert re.search(pattern, output), (pattern, output)
    assert len(children) >= 12
    assert await_end(children) == []
    # And: nothing private is in what was written down
    files = files_of(tmp_path)
    everything = ""
    for path in (*files.glob("*.std???"), *(files / "logs").rglob("*.log")):
        everything += path.read_text(encoding="utf-8")
    assert [*find_canaries(everything)] == []
    for program in PROGRAMS:
        secrets = [*passwords_of(files, program)]
        assert [secret for secret in secrets if secret in everything] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["all", "--transcripts", "x.jsonl"], "--transcripts is for conversations"),
        (["all", "--rows", "199"], "at least 200"),
        (["events", "--minutes", "1"], "--minutes is for `demo all`"),
    ],
)
def test_an_option_of_another_demo_is_an_error_of_usage(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", *arguments]) == 2
    assert words in capsys.readouterr().err
