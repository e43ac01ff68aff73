"""Reads conversations from JSON lines.

A line is {"id", "services", "turns": [["C", "text"], ["A", "text"], ...]}.
"""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

from oracle_cdc.errors import SettingsError

#: Mistakes that are listed. A file of another kind has one in each line.
LISTED_MISTAKES = 5
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class Turn:
    """One utterance: who (one letter) says what."""

    owner: str
    text: str = field(repr=False)


def read_transcripts(path: Path, limit: int) -> list[list[Turn]]:
    """Return the first `limit` conversations, after every line of the file was checked.

    Raises SettingsError when the file can't be read, has nothing in it, or has lines that are no
    conversations.
    """
    try:
        with open_text(path) as lines:
            conversations, mistakes = parse_lines(lines, limit)
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not UTF-8 text, nor gzip of it") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError(f"{path}: not readable: {reason}") from None
    complain(path, mistakes)
    if not conversations:
        raise SettingsError(f"{path}: no conversations in it")
    return conversations


def parse_lines(lines: Iterable[str], limit: int) -> tuple[list[list[Turn]], list[str]]:
    """Return the first `limit` conversations, and what is wrong with other lines."""
    conversations: list[list[Turn]] = []
    mistakes: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            turns = parse(line)
        except ValueError as error:
            mistakes.append(f"line {number}: {error}")
            continue
        if len(conversations) < limit:
            conversations.append(turns)
    return conversations, mistakes


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text, also a compressed one, whatever its name."""
    with path.open("rb") as plain:
        is_compressed = plain.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        plain.seek(0)
        raw: BinaryIO | gzip.GzipFile = plain
        if is_compressed:
            raw = gzip.GzipFile(fileobj=plain)
        # Only \n ends a line: U+2028 and its like occur in what people say.
        yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="\n")


def parse(line: str) -> list[Turn]:
    """Return the turns of one line.

    Raises ValueError that says what is wrong, without quoting it.
    """
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    turns = None
    if isinstance(record, dict):
        turns = record.get("turns")
    if not isinstance(turns, list) or not turns:
        raise ValueError('no object with "turns", a list of at least one ["C", "text"]')
    return [parse_turn(turn, number) for number, turn in enumerate(turns, 1)]


def parse_turn(turn: object, number: int) -> Turn:
    """Return one turn. Raises ValueError that says what is wrong, without quoting it."""
    match turn:
        case [str() as owner, str() as text] if len(owner) == 1 and owner.strip():
            pass
        case _:
            raise ValueError(f'turn {number} is no ["C", "text"] with one letter for who speaks')
    try:
        (owner + text).encode()
    except UnicodeEncodeError:
        raise ValueError(f"turn {number} holds a lone surrogate, which is no character") from None
    # Oracle takes '' for NULL, which the source does not allow.
    return Turn(owner, text or " ")


def complain(path: Path, mistakes: list[str]) -> None:
    """Raise SettingsError with the first mistakes, if there are any."""
    if not mistakes:
        return
    lines = [f"{path}: not conversations:", *mistakes[:LISTED_MISTAKES]]
    if len(mistakes) > LISTED_MISTAKES:
        lines.append(f"... and {len(mistakes) - LISTED_MISTAKES} more")
    raise SettingsError("\n  ".join(lines))
