"""The live picture: each line is as wide as it says, whatever is spoken."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from rich.console import Console

from oracle_cdc.demo.conversations.picture import draw_turns
from oracle_cdc.model import Segment


def drawn(text: str) -> str:
    now = datetime(2025, 1, 1)
    output = io.StringIO()
    Console(file=output, width=120).print(
        draw_turns([Segment("1", "b", None, "A", text, now, now)])
    )
    return output.getvalue()


@pytest.mark.parametrize(
    "odd", ["\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0001f468\u200d\U0001f469", "\u202bx"]
)
def test_characters_whose_width_terminals_disagree_about_are_left_out(odd: str) -> None:
    # A skin tone takes no cell by rich and two by many terminals: the line wrapped, and the picture
    # left a ghost.
    picture = drawn(f"so {odd} it is")
    assert not {"\U0001f3fd", "\ufe0f", "\u200d", "\u202b"} & set(picture)
    assert "it is" in picture


def test_hebrew_and_plain_emoji_stay() -> None:
    assert "שלום 😡" in drawn("שלום 😡")
