"""A number agrees with its noun."""

from __future__ import annotations

import pytest

from oracle_cdc.commands.status_report import in_words
from oracle_cdc.running.amounts import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 calls"), (1, "1 call"), (2, "2 calls"), (1000, "1000 calls")]
)
def test_one_call_is_said_as_such_and_more_as_calls(number: int, said: str) -> None:
    assert counted(number, "call") == said


@pytest.mark.parametrize(("number", "said"), [(1, "1 call is"), (2, "2 calls are")])
def test_what_follows_the_noun_agrees_too(number: int, said: str) -> None:
    assert counted(number, "call is", "calls are") == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(None, "not known"), (0, "0"), (1, "1 record"), (2, "2 records")],
)
def test_a_number_of_a_status_may_not_be_known(number: int | None, said: str) -> None:
    assert in_words(number, "records", one="record") == said
    assert in_words(1, "waiting") == "1 waiting"
