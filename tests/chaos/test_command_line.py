"""What is typed to run rounds, and what is printed to run a failed one again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.__main__ import GAMES, make_parser
from tests.chaos.events.drawing import draw
from tests.chaos.rounds.campaign import Campaign, repeat
from tests.chaos.rounds.game import CHANGES, CONVERSATIONS, EVENTS, JOINED


@pytest.mark.parametrize(
    "typed", ["--runs 3 --seed 7 events", "events --runs 3 --seed 7", "--runs 3 events --seed 7"]
)
def test_options_of_rounds_stand_before_a_command_or_behind_it(typed: str) -> None:
    options = make_parser().parse_args(typed.split())
    assert (options.runs, options.seed, GAMES[options.command]) == (3, 7, EVENTS)


def test_without_a_command_the_rounds_are_those_of_conversations() -> None:
    options = make_parser().parse_args([])
    assert (options.runs, options.seed, GAMES[options.command]) == (25, 1, CONVERSATIONS)


def test_rounds_of_row_changes_and_their_selftest_are_one_command() -> None:
    options = make_parser().parse_args(["changes", "--runs", "3"])
    assert (options.runs, options.selftest, GAMES[options.command]) == (3, [], CHANGES)
    options = make_parser().parse_args(["changes", "selftest", "a cursor"])
    assert options.selftest == ["selftest", "a cursor"]


def test_the_command_that_repeats_a_round_runs_it_with_the_same_plan(tmp_path: Path) -> None:
    plan = draw(12, kind="late")
    command = repeat(Campaign(200, 7, tmp_path, kind="late", game=EVENTS), plan)
    options = make_parser().parse_args(command.split()[3:])
    assert GAMES[options.command].draw(options.seed, None, options.kind) == plan


def test_rounds_of_all_pipelines_are_a_command_whose_failed_rounds_are_repeated_by_it(
    tmp_path: Path,
) -> None:
    plan = JOINED.draw(5, None, "apart")
    command = repeat(Campaign(200, 1, tmp_path, kind="apart", game=JOINED), plan)
    options = make_parser().parse_args(command.split()[3:])
    assert GAMES[options.command].draw(options.seed, None, options.kind) == plan
