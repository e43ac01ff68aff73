"""How a program stands, read as anybody may: no lock is taken, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from oracle_cdc.mariadb.database import Database
from oracle_cdc.mariadb.names import name_discarded
from oracle_cdc.mariadb.set_aside import SetAsideTable, read_time
from oracle_cdc.mariadb.watermarks import read_mark, read_progress
from oracle_cdc.relay.position import follow_move
from oracle_cdc.relay.slices import FIRST, Grid
from oracle_cdc.relay.values import Progress, Slice


@dataclass(frozen=True)
class Standing:
    """How far a program has come, and how its last run went.

    Parameters:
        progress: as the next copy would go on from it, where a person moved the watermark too.
        status: of ETL_PRMREC.
        error: of the last failure, None once something succeeded after it.
        ran_at: when a copy last wrote, in UTC. None: never.
        ran_seconds_ago: the same by MariaDB's clock.
        aside: rows set aside in all.
    """

    progress: Progress
    status: str | None
    error: str | None
    ran_at: datetime | None
    ran_seconds_ago: float | None
    aside: int


def read_standing(database: Database, program: str, grid: Grid, keep: timedelta) -> Standing | None:
    """Return how a program stands, None where it has no row.

    Parameters:
        keep: how far behind the watermark tallies are of use.
    """
    # Of one snapshot, as a rule. The row comes first: tallies that are newer hide no missing row.
    with database.transaction():
        rows = database.query("read_standing", program=program)
        if not rows:
            return None
        row = rows[0]
        mark = read_mark(row, program)
        tallies: dict[datetime, int] = {}
        if mark.floored is not None:
            begin = grid.begin(max(mark.floored, FIRST + keep) - keep)
            found = database.query("read_tallies_from", program=program, begin=begin)
            for each in found:
                tallies[each["SLICE_START"]] = int(each["PUBLISHED"] or 0)
        aside = SetAsideTable(database, program).count()
    ran_seconds_ago = row["RAN_SECONDS_AGO"]
    if ran_seconds_ago is not None:
        ran_seconds_ago = float(ran_seconds_ago)
    return Standing(
        follow_move(read_progress(row, mark, tallies), grid),
        row["STATUS"],
        row["ERROR_MESSAGE"],
        read_time(row["RAN_AT"]),
        ran_seconds_ago,
        aside,
    )


def count_aside(
    database: Database, program: str, grid: Grid, stretch: Slice
) -> Mapping[datetime, int]:
    """Return how many rows of each slice of a stretch are set aside."""
    return count_named(database, program, "", grid, stretch)


def count_discarded(
    database: Database, program: str, grid: Grid, stretch: Slice
) -> Mapping[datetime, int]:
    """Return how many rows of each slice a person gave up that are not set aside once more."""
    return count_named(database, name_discarded(program), program, grid, stretch)


def count_named(
    database: Database, program: str, but_not: str, grid: Grid, stretch: Slice
) -> Mapping[datetime, int]:
    """Return how many rows of each slice stand under a name, and not under the other one."""
    counts: dict[datetime, int] = {}
    for row in database.query(
        "count_aside_by_slice",
        program=program,
        but_not=but_not,
        begin=stretch.begin,
        end=stretch.end,
        seconds=int(grid.length.total_seconds()),
    ):
        counts[row["SLICE_START"]] = int(row["ROWS_ASIDE"])
    return counts
