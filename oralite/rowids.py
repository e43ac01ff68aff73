"""ROWIDs: 18 characters in base 64, made of the numbers of a table, a file, a block and a row.

The rows of a block have all but the last three in common, so what those say is kept.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from typing import NamedTuple

from oralite.errors import OraError

#: The letters of the table, of file and block, and of the row. Six bits each.
_TABLE_LETTERS, _PLACE_LETTERS, _ROW_LETTERS = 6, 9, 3
BLOCK_LETTERS = _TABLE_LETTERS + _PLACE_LETTERS
_BLOCK_BITS = 36
#: Clients read a row's number within its block in two bytes, so it has that much of the row's key.
_ROW_BITS = 16
_MOST_BLOCKS = 1024


class Block(NamedTuple):
    """What the rows of a block have in common. key: what their keys have behind the row's bits."""

    table: int
    file: int
    block: int
    key: int


def write_rowid(table: int, key: int) -> str:
    """Return the ROWID of a table's row by its key there."""
    row = _write(key & (1 << _ROW_BITS) - 1, _ROW_LETTERS)
    return _write_block(table, key >> _ROW_BITS) + row


@lru_cache(_MOST_BLOCKS)
def _write_block(table: int, place: int) -> str:
    return _write(table, _TABLE_LETTERS) + _write(place, _PLACE_LETTERS)


def read_key(text: str) -> int:
    """Return the key of a row. Raises ORA-01410 for what is no ROWID."""
    return read_block(text[:BLOCK_LETTERS]).key | read_row(text)


def read_row(text: str) -> int:
    """Return the number of a row in its block. Raises ORA-01410 for what is none."""
    return _read(text[BLOCK_LETTERS:], _ROW_LETTERS)


@lru_cache(_MOST_BLOCKS)
def read_block(letters: str) -> Block:
    """Return what a ROWID's first letters say. Raises ORA-01410 where they are none."""
    place = _read(letters[_TABLE_LETTERS:], _PLACE_LETTERS)
    return Block(
        _read(letters[:_TABLE_LETTERS], _TABLE_LETTERS),
        place >> _BLOCK_BITS,
        place & (1 << _BLOCK_BITS) - 1,
        place << _ROW_BITS,
    )


def _write(number: int, letters: int) -> str:
    """Return a number in this many letters. Four of them are three bytes."""
    size = (letters + 3) // 4 * 3
    return b2a_base64(number.to_bytes(size, "big"), newline=False)[-letters:].decode()


def _read(text: str, letters: int) -> int:
    """Return the number of this many letters. Raises ORA-01410 for anything else."""
    try:
        content = a2b_base64("A" * (-letters % 4) + text)
    except ValueError:
        content = b""
    if len(text) != letters or len(content) * 4 < letters * 3:
        raise OraError(1410, "invalid ROWID")
    return int.from_bytes(content, "big")
