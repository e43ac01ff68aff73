"""What shares of another number left in the tables, as far as all of them are there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from oracle_cdc.mariadb.database import Database, Record
from oracle_cdc.mariadb.watermarks import read_mark
from oracle_cdc.relay.former_shares import Former

#: Before any run, and of who never began.
NEVER = datetime(1, 1, 1)
NOWHERE = (NEVER, NEVER)
LAST = datetime(9999, 12, 31)

Group = Mapping[int, Record]


def read_former(database: Database, program: str, number: int, count: int) -> Former | None:
    """Return how far the shares of another number had come, if they ran after this one.

    None where there are none, or not all of them.

    Parameters:
        number, count: this share, such as 2 and 4 for 2/4.
    """
    groups = read_groups(database, program)
    own_group = groups.pop(count, {})
    newest_count, newest = 0, NOWHERE
    if number in own_group:
        newest = reached([own_group[number]])
    for others_count, group in groups.items():
        state = reached(list(group.values()))
        if len(group) == others_count and state > newest:
            newest_count, newest = others_count, state
    if not newest_count:
        return None
    return make_former(database, groups[newest_count])


def read_groups(database: Database, program: str) -> dict[int, dict[int, Record]]:
    """Return the rows of a program's shares: by how many there are, and which it is."""
    groups: dict[int, dict[int, Record]] = {}
    pattern = re.compile(re.escape(program) + r"(?:#(\d{1,3})/(\d{1,3}))?", re.IGNORECASE)
    for row in database.query("read_shares", program=program, length=len(program)):
        found = pattern.fullmatch(row["PROGRAM_NAME"])
        if found is not None:
            number, count = int(found[1] or 1), int(found[2] or 1)
            groups.setdefault(count, {})[number] = row
    return groups


def reached(rows: Sequence[Record]) -> tuple[datetime, datetime]:
    """Return when one of them ran last, and how far all of them had come.

    MariaDB keeps a run's second: of one second those that came further are the later ones.
    """
    run, watermark = NEVER, LAST
    for row in rows:
        if row["WATERMARK"] is None:
            return NOWHERE
        run = max(run, row["LAST_RUN_TIME"] or NEVER)
        watermark = min(watermark, row["WATERMARK"])
    return run, watermark


def make_former(database: Database, group: Group) -> Former | None:
    """Return how far a group had come, None where a person moved one of it, or one never began."""
    watermarks: list[datetime] = []
    coverages: list[datetime] = []
    shares: list[str] = []
    names: list[str] = []
    for number, row in sorted(group.items()):
        mark = read_mark(row, row["PROGRAM_NAME"])
        if mark.is_moved or mark.exact is None or row["COVERAGE"] is None:
            return None
        watermarks.append(mark.exact)
        coverages.append(row["COVERAGE"])
        shares.append(f"{number}/{len(group)}")
        names.append(row["PROGRAM_NAME"])
    tallies: dict[datetime, int] = {}
    for row in database.query("sum_tallies", names=names):
        tallies[row["SLICE_START"]] = int(row["PUBLISHED"] or 0)
    return Former(" and ".join(shares), min(watermarks), min(coverages), tallies, names)
