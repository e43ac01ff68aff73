"""`monitor silence`, as it is typed."""

from __future__ import annotations

import pytest

from tests.monitor.conftest import Run


def test_a_silence_always_ends(run: Run) -> None:
    assert "no notices until" in run("silence", "ALL", "--hours", "2", "--reason", "move")[1]
    for hours in ("0", "721"):
        assert run("silence", "ALL", "--hours", hours, "--reason", "x")[0] == 2


def test_silences_are_shown_and_ended(run: Run) -> None:
    run("silence", "ALL", "--hours", "2", "--reason", "move")
    run("silence", "HR.EMPLOYEES", "--hours", "1", "--reason", "a\nload")
    first, second = run("silence")[1].splitlines()
    assert first.startswith("HR.EMPLOYEES: no notices until ")
    assert first.endswith(": a\\nload")
    assert second.startswith("ALL: no notices until ")
    assert run("silence", "HR.EMPLOYEES", "--end") == (0, "HR.EMPLOYEES: the silence is over\n")
    assert run("silence")[1].splitlines() == [second]
    code, text = run("silence", "HR.EMPLOYEES", "--end")
    assert (code, text) == (1, "no silence of HR.EMPLOYEES lasts\n")
    run("silence", "ALL", "--end")
    assert run("silence") == (0, "no silence lasts\n")


@pytest.mark.parametrize(
    ("given", "lacks"),
    [(("--end",), "NAME"), (("--hours", "2"), "NAME"), (("ALL", "--hours", "2"), "--reason")],
)
def test_what_a_silence_lacks_is_named(run: Run, given: tuple[str, ...], lacks: str) -> None:
    code, text = run("silence", *given)
    assert code == 2
    assert lacks in text
