"""Reads conversations from JSON lines: {"id", "services", "turns": [["C", "text"], ["A", "text"], ...]}."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from oracle_cdc.errors import SettingsError

#: So many mistakes are listed; a file of another kind has one in each line.
LISTED_MISTAKES = 5
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class Turn:
    """One utterance: who (one letter) says what."""

    owner: str
    text: str = field(repr=False)


def read_transcripts(path: Path, limit: int) -> list[list[Turn]]:
    """The first `limit` conversations; every line of the file is checked.

    Raises SettingsError when the file can't be read, holds nothing, or has lines that are no conversations.
    """
    conversations: list[list[Turn]] = []
    mistakes: list[str] = []
    try:
        with open_text(path) as lines:
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
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not UTF-8 text, nor gzip of it") from None
    except (OSError, EOFError, zlib.error) as error:
        raise SettingsError(
            f"{path}: not readable: {getattr(error, 'strerror', None) or error}"
        ) from None
    complain(path, mistakes)
    if not conversations:
        raise SettingsError(f"{path}: no conversations in it")
    return conversations


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text, also a compressed one, whatever its name."""
    with path.open("rb") as plain:
        is_compressed = plain.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        plain.seek(0)
        raw = gzip.GzipFile(fileobj=plain) if is_compressed else plain
        # Only \n ends a line: U+2028 and its like occur in what people say.
        yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="\n")


def parse(line: str) -> list[Turn]:
    """The turns of one line. Raises ValueError that says what is wrong, without quoting it."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON at column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    turns = record.get("turns") if isinstance(record, dict) else None
    if not isinstance(turns, list) or not turns:
        raise ValueError('no object with "turns", a list of at least one ["C", "text"]')
    return [parse_turn(turn, number) for number, turn in enumerate(turns, 1)]


def parse_turn(turn: object, number: int) -> Turn:
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
    if mistakes:
        more = (
            [f"... and {len(mistakes) - LISTED_MISTAKES} more"]
            if len(mistakes) > LISTED_MISTAKES
            else []
        )
        raise SettingsError(
            "\n  ".join([f"{path}: not conversations:", *mistakes[:LISTED_MISTAKES], *more])
        )
