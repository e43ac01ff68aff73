"""The overview: its settings are accepted as they stand, its commands and metrics are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.cli import make_parser
from oracle_cdc.settings.service import ALL_PIPELINES
from tests import documents
from tests.layers import load_monitored, load_pipelines

PAGE = documents.read("docs/overview.md")
#: What is said to be enough to begin.
LINES = 10
BLOCKS = re.findall(r"^```bash\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
OF_PIPELINES = [block for block in BLOCKS if block.startswith("PIPELINES=")]
OF_MONITOR = [block for block in BLOCKS if block not in OF_PIPELINES]
QUESTIONS = documents.rows(documents.section("docs/overview.md", "## The same questions, of each"))


def write(folder: Path, block: str) -> Path:
    env_file = folder / ".env"
    env_file.write_text(block, encoding="utf-8")
    env_file.chmod(0o600)
    return env_file


def pipelines_of(block: str) -> str:
    return block.partition("\n")[0].removeprefix("PIPELINES=")


@pytest.mark.parametrize("block", OF_PIPELINES, ids=pipelines_of)
def test_ten_lines_are_enough_for_a_pipeline(tmp_path: Path, block: str) -> None:
    assert len(block.splitlines()) <= LINES
    transformers = {"TABLE_TRANSFORMERS": {"*": {}}} if "changes" in block else {}
    enabled = load_pipelines(pipelines_of(block), {}, write(tmp_path, block), {"": transformers})
    assert enabled.warnings == []


def test_every_pipeline_has_its_lines() -> None:
    named = ",".join(map(pipelines_of, OF_PIPELINES)).split(",")
    assert sorted(named) == sorted(ALL_PIPELINES)


def test_ten_lines_are_enough_for_the_monitor(tmp_path: Path) -> None:
    (block,) = OF_MONITOR
    assert len(block.splitlines()) <= LINES
    watched: Any = load_monitored({}, write(tmp_path, block))["monitor"]
    assert list(watched["syncs"]) == ["orders"]
    assert list(watched["streams"]) == ["calls"]


def test_every_command_that_answers_a_question_is_there() -> None:
    commands = set(re.findall(r"^    ([a-z-]+)\b", make_parser().format_help(), re.MULTILINE))
    asked = {row[0]: " ".join(row[1:]) for row in QUESTIONS[:3] + QUESTIONS[5:7]}
    for question, answers in asked.items():
        for command in re.findall(r"`([a-z]+)[^`]*`", answers):
            assert command in commands, question


def test_every_metric_that_answers_a_question_is_on_a_page() -> None:
    known = documents.read("docs/operate.md") + documents.read("deploy/monitor-dashboard.json")
    for metric in re.findall(r"`(\w+_(?:seconds|total))`", PAGE):
        assert re.search(rf"\b{metric}\b", known), metric
