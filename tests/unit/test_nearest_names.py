"""The name that an unknown one was meant to be."""

from __future__ import annotations

import difflib
import random
import string

import pytest

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.settings.names import MISSPELT, Names

NAMES = Names(Settings)


def misspell(name: str, chance: random.Random) -> str:
    """Return a name with up to four letters that are others, too many or gone."""
    letters = list(name)
    for _ in range(chance.randrange(5)):
        place = chance.randrange(len(letters))
        letters[place] = chance.choice(["", *string.ascii_letters])
        letters.insert(place, chance.choice(["", "", "_"]))
    return "".join(letters)


@pytest.mark.parametrize("likeness", [0.6, MISSPELT])
def test_it_is_the_one_that_difflib_finds_among_all(likeness: float) -> None:
    known, chance = sorted(NAMES.known), random.Random(1)
    for _ in range(50):
        wrong = misspell(chance.choice(known), chance)
        near = difflib.get_close_matches(wrong.upper(), known, n=1, cutoff=likeness)
        assert NAMES.nearest(wrong, likeness) == next(iter(near), None)


@pytest.mark.parametrize("name", sorted(NAMES.known))
def test_a_name_of_ours_is_nearest_to_itself(name: str) -> None:
    assert NAMES.nearest(name, MISSPELT) == name
