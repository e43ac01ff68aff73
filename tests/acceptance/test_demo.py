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
from dataclasses import dataclass
from pathlib import Path

import pytest

import config

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


def secrets_of(files: Path) -> Iterator[str]:
    """Return texts, numbers and passwords of a demo."""
    for line in (files / "conversations.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
        body = json.loads(line)["body"]
        yield body["ban"]
        if body["subscriberNo"]:
            yield body["subscriberNo"]
        for message in body["messages"]:
            if len(message["text"]) >= SHORTEST_TEXT:
                yield message["text"][:40]
    yield from passwords_of(files)


def passwords_of(files: Path, program: str = "service") -> Iterator[str]:
    """Return what a copy of the service of a demo logs in with."""
    for line in (files / program / ".env").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if "PASSWORD" in name:
            yield value


def test_malformed_transcripts_are_an_error_of_usage(tmp_path: Path) -> None:
    path = tmp_path / "real.jsonl"
    path.write_text('{"turns": [["C", "Hi"]]}\nnot JSON\n', encoding="utf-8")
    code, output = run_demo(tmp_path, "--transcripts", str(path))
    assert code == 2
    assert "line 2" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_when_the_demo_is_ended(tmp_path: Path, number: int) -> None:
    # Given: all of it runs
    with a_demo(tmp_path, "--calls", "8") as process:
        read_until(process, "arrived [0-9]")
        children = children_of(process.pid)
        assert len(children) >= 5
        # When
        process.send_signal(number)
        process.communicate(timeout=DEADLINE_SECONDS)
    # Then
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
    assert await_end(children) == []


@dataclass(frozen=True)
class Kept:
    """What a demo of real conversations showed that kept running until Ctrl+C.

    command: how to ask its service.
    answer: what that said.
    children: the processes that it had started.
    """

    command: str
    answer: str
    children: list[int]
    code: int
    output: str


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Run a demo on a terminal without Hebrew, ask its service, and end it."""
    directory = tmp_path_factory.mktemp("kept")
    path = write_transcripts(directory)
    arguments = ("--transcripts", str(path), "--calls", "50", "--keep-running")
    with a_demo(directory, *arguments, PYTHONIOENCODING="ascii") as process:
        lines = read_until(process, r"cdc_service\.py status")
        command = lines[-1].strip()
        shown = subprocess.run(
            f"{command} --json", shell=True, capture_output=True, encoding="utf-8", timeout=60
        )
        children = children_of(process.pid)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=DEADLINE_SECONDS)
    everything = "".join(lines) + output + errors
    return Kept(command, shown.stdout, children, process.returncode, everything)


def write_transcripts(directory: Path) -> Path:
    """Write six conversations of one to three turns."""
    turns = [["C", "שלום"], ["A", "Hello"], ["C", "Bye, then."]]
    text = ""
    for number in range(6):
        line = {"id": f"x-{number}", "services": ["s"], "turns": turns[: 1 + number % 3]}
        text += json.dumps(line) + "\n"
    path = directory / "real.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_real_conversations_balance_on_a_terminal_without_hebrew(kept: Kept) -> None:
    assert kept.code == 0, kept.output
    balance = "Balance: 6 put in = 4 summarized + 2 rejected + 0 failed: it balances"
    assert balance in kept.output


def test_a_demo_that_keeps_running_says_how_to_ask_the_service(kept: Kept) -> None:
    assert "oracledb.connect(" in kept.output
    states = json.loads(kept.answer)["states"]
    assert states == {"SUMMARIZED": 4, "REJECTED_TOO_SHORT": 2}
    assert kept.code == 0
    assert "with exit code 0" in kept.output
    assert len(kept.children) >= 5
    assert await_end(kept.children) == []


def read_until(process: subprocess.Popen[str], pattern: str) -> Sequence[str]:
    """Read the lines up to the one that has the pattern."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if re.search(pattern, line):
            return lines
    assert process.stderr is not None
    raise AssertionError("".join(lines) + process.stderr.read())


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
