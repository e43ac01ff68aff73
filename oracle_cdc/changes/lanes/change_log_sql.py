"""The SQL by which a lane is read as a queue, made of names in quotes.

A read has no lower bound: what was committed late has a low number, and is simply there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from oracle_cdc.changes.lanes.shapes import LaneShape
from oracle_cdc.oracle.queries import Query, make_query

#: What stands before the columns of the source. The time has no more digits than the driver keeps.
OWN = ("ROWID", "CDC_CHANGE_ID", "CDC_OP", "CDC_CHANGED_AT", "CDC_TX")


@dataclass(frozen=True)
class LogSql:
    """Makes the statements of one lane.

    most_lob: characters or bytes of a large object at most. One that has more is not read.
    """

    shape: LaneShape
    most_lob: int

    @cached_property
    def read(self) -> Query:
        """Return what reads the first rows, large objects with their lengths behind them."""
        selected = list(OWN)
        for column in self.shape.columns:
            if column.is_lob:
                length = f"DBMS_LOB.GETLENGTH({column.expression})"
                selected.append(
                    f"CASE WHEN {length} <= {self.most_lob} THEN {column.expression} END"
                )
                selected.append(length)
            else:
                selected.append(column.expression)
        listed = ",\n  ".join(selected)
        return make_query(
            f"read changes of {self.shape.table}",
            f"SELECT\n  {listed}\nFROM {self.shape.log.quoted}\n"
            "ORDER BY CDC_CHANGE_ID, CDC_OP FETCH FIRST :count /*number*/ ROWS ONLY",
        )

    @cached_property
    def delete(self) -> Query:
        """Return what deletes a row that was accepted.

        It names the change too: a row that was moved leaves its ROWID to another one.
        """
        text = (
            f"DELETE FROM {self.shape.log.quoted}\n"  # noqa: S608 - a name in quotes
            "WHERE ROWID = :place AND CDC_CHANGE_ID = :change_id /*number*/"
        )
        return make_query(f"delete changes of {self.shape.table}", text)
