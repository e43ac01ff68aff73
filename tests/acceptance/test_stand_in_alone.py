"""docs/stand-ins.md does what it says, pasted as it stands but for ports and places."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import documents
from tests.acceptance.process import ROOT, wait_for
from tests.acceptance.watching import free_port

Paste = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def blocks(tmp_path: Path) -> list[str]:
    """Return the page's blocks in order, on free ports."""
    chapter = documents.read("docs/stand-ins.md")
    for printed, here in (
        ("1521", str(free_port())),
        ("5000", str(free_port())),
        ("/tmp/", f"{tmp_path}/"),
        (".venv/bin/", f"{Path(sys.executable).parent}/"),
    ):
        assert printed in chapter
        chapter = chapter.replace(printed, here)
    return re.findall(r"```bash\n(.*?)```", chapter, re.DOTALL)


@pytest.fixture
def paste(tmp_path: Path) -> Iterator[Paste]:
    """Runs a block in a shell of its own, which is ended after the test."""
    started: list[subprocess.Popen[str]] = []
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LOG_DIR": str(tmp_path / "logs"),
    }

    def run(block: str) -> subprocess.Popen[str]:
        last = block.rstrip().rpartition("\n\n")[2]
        script = block if last.startswith("python -c") else "exec " + block
        started.append(
            subprocess.Popen(
                ["bash", "-e", "-c", script],
                cwd=ROOT,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def test_the_blocks_end_with_the_summary_that_was_given(blocks: list[str], paste: Paste) -> None:
    database, queues, service, _ = blocks

    listening = paste(database)
    paste(queues)
    assert listening.stdout is not None
    assert listening.stdout.readline().startswith("oralite listening on 127.0.0.1:")
    wait_for("the queues", lambda: answers(queues.split()[-1]))
    out, err = paste(service).communicate(timeout=100)

    assert out.splitlines()[-1:] == ["1001 A wrong bill; the money comes back."], err
    assert "2 would be sent, 1 rejected" in out


def test_the_last_block_serves_tables_of_another_owner(blocks: list[str], paste: Paste) -> None:
    process = paste(blocks[3])
    assert process.stdout is not None
    assert process.stdout.readline().startswith("oralite listening on 127.0.0.1:")


def answers(port: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(port))) == 0
