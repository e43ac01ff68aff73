"""How `status` says what it knows, to people."""

from __future__ import annotations

import pytest

from oracle_cdc.commands.status_report import seconds_in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "not known"),
        (0.4, "0 s"),
        (61.0, "61 s"),
        (-3600.0, "not at all: 3600 s ahead of it"),
    ],
)
def test_a_lag_is_said_and_one_that_is_none_too(seconds: float | None, words: str) -> None:
    assert seconds_in_words(seconds) == words
