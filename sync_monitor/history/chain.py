"""The chain of hashes over all looks, which shows what was changed, taken out or put in later.

A purge leaves an anchor that leads over what it took out. Anchors have a chain of their own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

#: What the first look and the first anchor follow.
BEGINNING = "0" * 64
HASHES = ("prev_hash", "hash")


def link(prev_hash: str, columns: Mapping[str, object]) -> str:
    """Return the hash of a row that follows another: SHA-256 over that one's hash and its columns.

    The columns are hashed in their order, as JSON.
    """
    values = [prev_hash, *columns.values()]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Verification:
    """What walking the chain found.

    Parameters:
        looks: that were walked.
        anchors: likewise.
        fault: where the chain is broken first, empty where it is not.
    """

    looks: int
    anchors: int
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.fault


@dataclass(frozen=True)
class Piece:
    """A look or an anchor as a link of the chain: it leads from one hash to another."""

    name: str
    before: str
    after: str
    is_sound: bool
    is_anchor: bool


def verify(connection: sqlite3.Connection) -> Verification:
    """Walk the chain of looks, and that of the anchors, and compare the end with what is noted."""
    fault = verify_anchors(connection)
    looks = anchors = 0
    at, last = BEGINNING, "the beginning"
    if fault:
        return Verification(0, 0, fault)
    for piece in pieces(connection):
        if piece.before != at:
            return Verification(looks, anchors, f"{piece.name} does not follow {last}")
        if not piece.is_sound:
            return Verification(looks, anchors, f"{piece.name} is not as it was written")
        anchors += piece.is_anchor
        looks += not piece.is_anchor
        at, last = piece.after, piece.name
    if head(connection)[1] != at:
        return Verification(looks, anchors, f"what followed {last} is gone")
    return Verification(looks, anchors)


def pieces(connection: sqlite3.Connection) -> Iterator[Piece]:
    """Yield looks and anchors in the order of their runs."""
    anchors = connection.execute("SELECT * FROM anchor ORDER BY first_run, number")
    anchor = anchors.fetchone()
    for row in connection.execute("SELECT * FROM look ORDER BY run_id"):
        while anchor is not None and anchor["first_run"] < row["run_id"]:
            yield anchor_piece(anchor)
            anchor = anchors.fetchone()
        is_sound = link(row["prev_hash"], without_hashes(row)) == row["hash"]
        yield Piece(f"look {row['run_id']}", row["prev_hash"], row["hash"], is_sound, False)
    while anchor is not None:
        yield anchor_piece(anchor)
        anchor = anchors.fetchone()


def anchor_piece(row: sqlite3.Row) -> Piece:
    """Return an anchor as a link of the looks' chain."""
    name = f"the purge of the looks {row['first_run']} to {row['last_run']}"
    return Piece(name, row["before_hash"], row["after_hash"], True, True)


def verify_anchors(connection: sqlite3.Connection) -> str:
    """Walk the chain of the anchors. Returns what is wrong, or nothing."""
    at = BEGINNING
    for row in connection.execute("SELECT * FROM anchor ORDER BY number"):
        is_sound = link(row["prev_hash"], without_hashes(row)) == row["hash"]
        if row["prev_hash"] != at or not is_sound:
            return f"anchor {row['number']} is not as it was written"
        at = row["hash"]
    return ""


def without_hashes(row: sqlite3.Row) -> dict[str, object]:
    """Return the columns of a row that its hash is made of."""
    return {name: row[name] for name in row.keys() if name not in HASHES}  # noqa: SIM118


def head(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return the run id and the hash that the next look follows."""
    found = dict(connection.execute("SELECT name, value FROM meta WHERE name LIKE 'head_%'"))
    return int(found.get("head_run", 0)), found.get("head_hash", BEGINNING)


def move_head(connection: sqlite3.Connection, run_id: int, new_hash: str) -> None:
    """Note the end of the chain."""
    connection.executemany(
        "INSERT INTO meta (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [("head_run", str(run_id)), ("head_hash", new_hash)],
    )
