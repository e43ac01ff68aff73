"""Which rows of the benchmark a name stands for, and what is said of what is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

import bench.__main__ as command
from bench.backlog import Backlogs
from bench.figure import Bench, Figure, Missing, Sizes

REACHED = Figure("drain", "what", "beside", "target", "measured", True)


def named(*arguments: str) -> list[str]:
    return command.named(command.make_parser().parse_args(arguments).only)


def test_events_stands_for_all_its_rows_and_commas_stand_between_names() -> None:
    names = named("--only", "events,drain", "--only", "idle")
    assert names[-2:] == ["drain", "idle"]
    assert set(names[:-2]) == {n for n in command.all_names() if n.startswith("events-")}
    assert len(names) > 5


def test_a_name_of_no_row_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        named("--only", "drain,drian")
    assert "'drian' is no row" in capsys.readouterr().err


def test_what_is_missing_is_said_in_the_row_and_the_others_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Bench) -> list[Figure]:
        raise Missing("mariadbd is missing")

    rows = ((("events-drain",), fail), (("drain",), lambda _: [REACHED]))
    monkeypatch.setattr(command, "ROWS", rows)
    missed, reached = command.measure(Bench(tmp_path, Backlogs(tmp_path, []), Sizes()), [])
    assert (missed.name, missed.measured) == ("events-drain", "not measured: mariadbd is missing")
    assert not missed.is_reached
    assert reached == REACHED
