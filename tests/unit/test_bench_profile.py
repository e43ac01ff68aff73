"""What `python -m bench.profile` puts clocks around is there, and is measured once."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from bench.profile import render
from bench.ways.profiled import PARTS, Clock
from bench.workplace import Run


@pytest.mark.parametrize("part, owner, name", PARTS, ids=[name for _, _, name in PARTS])
def test_every_part_of_the_profile_is_a_function_of_the_service(
    part: str, owner: Any, name: str
) -> None:
    # Not an inherited one: the clock is put where the name stands.
    assert callable(vars(owner).get(name)), f"{part}: {owner.__name__} has no {name}"


def test_a_part_within_another_is_not_counted_twice() -> None:
    # Given: a second passes between two looks at the clock
    clock = Clock(now=itertools.count(0.0).__next__)
    inner = clock.around("inner", lambda: "done")
    outer = clock.around("outer", inner)
    # When: the outer one's own are those before and after the inner one's
    assert outer() == "done"
    # Then
    assert clock.seconds == {"inner": 1.0, "outer": 2.0}


def test_the_largest_part_is_named_first_and_the_rest_last() -> None:
    run = Run(seconds=2.0, cpu_seconds=1.5, idle_bytes=1, peak_bytes=1, count=400, at_end=0.0)
    lines = render(run, {"seal": 0.25, "search": 1.0}).splitlines()
    assert lines == [
        "400 conversations in 2.00 s, of which this process computed 1.50 s",
        "  1.00 s search",
        "  0.25 s seal",
        "  0.25 s rest",
    ]
