"""Inputs with a little damage, the same for the same number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Change = Callable[[Random, bytes, Sequence[bytes]], bytes]


def place(random: Random, data: bytes) -> int:
    return random.randint(0, len(data))


def cut_out(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    start = place(random, data)
    return data[:start] + data[start + random.randint(1, 8) :]


def cut_off(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    return data[: place(random, data)]


def put_word(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    start = place(random, data)
    return data[:start] + random.choice(words) + data[start:]


def put_noise(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    start = place(random, data)
    noise = random.randbytes(random.randint(1, 4))
    return data[:start] + noise + data[start + random.randint(0, 4) :]


def repeat(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    start = place(random, data)
    piece = data[start : start + random.randint(1, 40)]
    return data[:start] + piece * random.randint(2, 50) + data[start:]


CHANGES: Sequence[Change] = (cut_out, cut_off, put_word, put_noise, repeat)


def damage(data: bytes, words: Sequence[bytes], number: int) -> bytes:
    """Return an input with one to four changes."""
    random = Random(number)
    for _ in range(random.randint(1, 4)):
        data = random.choice(CHANGES)(random, data, words)
    return data
