"""The command failures: list, show and discard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.failures import NOISE, attempts, fail_a_call, fail_a_result, failure_ids, run
from tests.acceptance.process import ROOT
from tests.world import USER, World


def test_list_shows_both_directions_and_nothing_private(world: World, tmp_path: Path) -> None:
    fail_a_call(world)
    fail_a_result(world)

    code, out, err = run(world, tmp_path, "list")
    _, as_json, _ = run(world, tmp_path, "list", "--json")

    listed = json.loads(as_json)
    assert (code, err) == (0, "")
    assert [(f["direction"], f["callId"], f["attempts"]) for f in listed] == [
        ("OUTBOUND", "1", 1),
        ("RESULT", None, 1),
    ]
    assert "2 set aside" in out
    assert all(failure_id in out for failure_id in failure_ids(world))
    for private in (NOISE[:10], "private", "7654321"):
        assert private not in out + as_json


def test_show_prints_the_body_only_when_it_is_asked_for(world: World, tmp_path: Path) -> None:
    failure_id = fail_a_result(world)

    _, plain, _ = run(world, tmp_path, "show", failure_id)
    _, with_body, _ = run(world, tmp_path, "show", failure_id.lower(), "--body")
    _, as_json, _ = run(world, tmp_path, "show", failure_id, "--body", "--json")

    assert "callId has 0 bytes" in plain
    assert "private" not in plain
    assert "private" in with_body
    assert json.loads(json.loads(as_json)["body"])["summary"] == "private"


def test_show_of_an_unknown_id_exits_1(world: World, tmp_path: Path) -> None:
    code, out, _ = run(world, tmp_path, "show", "0" * 32)

    assert (code, "no such failure" in out) == (1, True)


def test_discard_by_age_takes_the_old_ones_only(world: World, tmp_path: Path) -> None:
    old, new = fail_a_call(world), fail_a_result(world)
    world.change(
        f"UPDATE {USER}.SQS_PERMANENT_FAILURES "
        "SET MARKED_FAILED_AT = MARKED_FAILED_AT - INTERVAL '8' DAY "
        "WHERE DIRECTION = 'OUTBOUND'"
    )

    code, out, _ = run(world, tmp_path, "discard", "--older-than", "7", "--yes")

    assert (code, failure_ids(world)) == (0, [new])
    assert "1 discarded" in out
    assert old not in failure_ids(world)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize(("answer", "left"), [("n", 1), ("", 1), ("y", 0)])
def test_at_a_terminal_it_asks_and_does_what_the_answer_says(
    world: World, tmp_path: Path, answer: str, left: int
) -> None:
    fail_a_result(world)
    ours, theirs = os.openpty()

    with subprocess.Popen(
        [sys.executable, str(ROOT / "cdc_service.py"), "failures", "discard", "--all"],
        env=world.environment(str(tmp_path)),
        stdin=theirs,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        os.write(ours, f"{answer}\n".encode())
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)

    assert (process.returncode, len(failure_ids(world))) == (0, left)
    assert "Go on? [y/N]" in out


@pytest.mark.parametrize("action", ["replay", "discard"])
def test_without_a_terminal_and_without_yes_nothing_is_done(
    world: World, tmp_path: Path, action: str
) -> None:
    fail_a_result(world)

    code, out, err = run(world, tmp_path, action, "--all")

    assert (code, attempts(world)) == (2, 1)
    assert "0 calls and 1 result" in out
    assert "--yes" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "--yes"],
        ["discard", "--all", "--call", "1"],
        ["show", "12"],
        ["discard", "xyz"],
        [],
    ],
)
def test_wrong_usage_of_failures_exits_2(
    world: World, tmp_path: Path, arguments: list[str]
) -> None:
    code, _, err = run(world, tmp_path, *arguments)

    assert code == 2
    assert "Traceback" not in err


def test_an_id_that_is_not_there_makes_the_command_fail_and_the_others_are_done(
    world: World, tmp_path: Path
) -> None:
    failure_id = fail_a_result(world)

    code, out, _ = run(world, tmp_path, "discard", failure_id, "0" * 32, "--yes")

    assert (code, failure_ids(world)) == (1, [])
    assert "no such failure" in out
