"""Whatever bytes come, a decoder returns what its callers expect, or raises its documented error.

The long form is `make fuzz`.
"""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.damage import damage
from tests.fuzz.decoders import NAMES, find_decoder

#: Inputs of each decoder, beside its whole ones.
DAMAGED = 30
#: Of the whole ones, where a decoder has many.
MOST_SEEDS = 20


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins' sockets are POSIX's")
@pytest.mark.parametrize("name", NAMES)
def test_no_bytes_make_anything_but_a_value_or_a_refusal(name: str) -> None:
    decoder = find_decoder(name)
    whole = decoder.seeds()[:MOST_SEEDS]

    @settings(max_examples=DAMAGED, derandomize=True)
    @given(st.sampled_from(whole), st.integers(0, 2**32))
    def try_damaged(seed: bytes, number: int) -> None:
        take(damage(seed, decoder.WORDS, number))

    with decoder.opened() as take:
        take(b"")
        for seed in whole:
            take(seed)
        try_damaged()
