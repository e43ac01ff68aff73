"""`python cdc_service.py demo` as its user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

import config
from oracle_cdc.conversations.log_files import FILES

ROOT = Path(config.__file__).parent
DEADLINE_SECONDS = 120.0
GONE_SECONDS = 20.0
LOOK_SECONDS = 0.1
#: Shorter ones, "Okay." for example, may stand in a log by themselves.
SHORTEST_TEXT = 8

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


@contextmanager
def a_demo(directory: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a demo whose files come into the directory, and end it however the test does."""
    process = subprocess.Popen(
        [sys.executable, "cdc_service.py", "demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(directory), "PYTHONIOENCODING": "utf-8", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=DEADLINE_SECONDS)


def run_demo(directory: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and output."""
    with a_demo(directory, *arguments, **environment) as process:
        output, errors = process.communicate(timeout=DEADLINE_SECONDS)
        return process.returncode, output + errors


def files_of(directory: Path) -> Path:
    (found,) = directory.glob("oracle-cdc-demo-*")
    return found


def test_eight_calls_balance_and_the_logs_contain_nothing_private(tmp_path: Path) -> None:
    # Given: settings of another system, which must not get through
    foreign = {
        "ORACLE_DSN": "production:1521/X",
        "SQS_QUEUE_URL": "https://production",
        "AWS_PROFILE": "production",
    }
    # When
    code, output = run_demo(tmp_path, "--calls", "8", CDC_SETTLE_SECONDS="wrong", **foreign)
    # Then
    assert code == 0, output
    assert "Balance: 8 put in = 6 summarized + 2 rejected + 0 failed: it balances" in output
    assert "6 conversations reached the ML service character for character as put in" in output
    assert "98765432109876543210" in output
    files = files_of(tmp_path)
    assert str(files / "oracle.db") in output
    logs = {path.name: path.read_text(encoding="utf-8") for path in (files / "logs").glob("*.log")}
    assert logs.keys() == FILES.keys()
    everything = "\n".join(logs.values())
    assert "ended with exit code 0" in everything
    assert [secret for secret in secrets_of(files) if secret in everything] == []


def secrets_of(files: Path) -> Iterator[str]:
    """Return texts, numbers and passwords of a demo."""
    for line in (files / "received.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
        body = json.loads(line)["body"]
        yield body["ban"]
        if body["subscriberNo"]:
            yield body["subscriberNo"]
        for message in body["messages"]:
            if len(message["text"]) >= SHORTEST_TEXT:
                yield message["text"][:40]
    for line in (files / "service" / ".env").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if "PASSWORD" in name:
            yield value


def test_real_conversations_balance_on_a_terminal_without_hebrew(tmp_path: Path) -> None:
    turns = [["C", "שלום"], ["A", "Hello"], ["C", "Bye, then."]]
    lines = [{"id": f"x-{i}", "services": ["s"], "turns": turns[: 1 + i % 3]} for i in range(6)]
    path = tmp_path / "real.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, output = run_demo(
        tmp_path, "--transcripts", str(path), "--calls", "50", PYTHONIOENCODING="ascii"
    )
    assert code == 0, output
    assert "Balance: 6 put in = 4 summarized + 2 rejected + 0 failed: it balances" in output


def test_malformed_transcripts_are_an_error_of_usage(tmp_path: Path) -> None:
    path = tmp_path / "real.jsonl"
    path.write_text('{"turns": [["C", "Hi"]]}\nnot JSON\n', encoding="utf-8")
    code, output = run_demo(tmp_path, "--transcripts", str(path))
    assert code == 2
    assert "line 2" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_when_the_demo_is_ended(tmp_path: Path, number: int) -> None:
    # Given: all of it runs
    with a_demo(tmp_path, "--calls", "8") as process:
        read_until(process, "arrived [1-9]")
        children = children_of(process.pid)
        assert len(children) >= 5
        # When
        process.send_signal(number)
        process.communicate(timeout=DEADLINE_SECONDS)
    # Then
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
    assert await_end(children) == []


def test_a_demo_that_keeps_running_says_how_to_ask_the_service(tmp_path: Path) -> None:
    with a_demo(tmp_path, "--calls", "1", "--keep-running") as process:
        command = read_until(process, r"cdc_service\.py status")
        assert "oracledb.connect(" in "".join(command)
        answer = subprocess.run(
            f"{command[-1].strip()} --json",
            shell=True,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert json.loads(answer.stdout)["states"] == {"SUMMARIZED": 1}
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 0
    assert "with exit code 0" in output


def read_until(process: subprocess.Popen[str], pattern: str) -> Sequence[str]:
    """Read the lines up to the one that has the pattern."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if re.search(pattern, line):
            return lines
    raise AssertionError("".join(lines))


def processes() -> dict[int, tuple[int, str]]:
    """Return every process by its id: its parent and its state."""
    table = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    return {
        int(pid): (int(parent), state) for pid, parent, state in map(str.split, table.splitlines())
    }


def children_of(parent: int) -> list[int]:
    return [pid for pid, (its_parent, _) in processes().items() if its_parent == parent]


def await_end(pids: Sequence[int]) -> list[int]:
    """Return those that are still there after a while. A zombie has ended."""
    deadline = time.monotonic() + GONE_SECONDS
    left = list(pids)
    while left and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        found = processes()
        left = [pid for pid in left if pid in found and not found[pid][1].startswith("Z")]
    return left
