"""The statements about the rows of one partition, the same on both sides but for their dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sync_monitor.rows.canonical import Expressions
from sync_monitor.rows.dialects import Dialect, quote_text


@dataclass(frozen=True)
class Rows:
    """The rows of a partition on one side.

    Parameters:
        origin: the table as SQL has it, quoted already.
        condition: which of its rows, by bounds or by the partition's column.
    """

    dialect: Dialect
    origin: str
    condition: str

    @property
    def clause(self) -> str:
        """Return where the rows are."""
        return f"FROM {self.origin} WHERE {self.condition}"


def count_rows(rows: Rows) -> str:
    """Return the statement that counts rows: one column."""
    return f"SELECT COUNT(*) {rows.clause}"


def sum_rows(rows: Rows, texts: Expressions) -> str:
    """Return the statement that counts rows and adds up their checksums.

    Of no row at all the sum is NULL.
    """
    return f"SELECT COUNT(*), {texts.checksum} {rows.clause}"


def sum_buckets(rows: Rows, texts: Expressions, width: int) -> str:
    """Return the statement that does so by buckets: name, rows, checksum."""
    bucket = texts.bucket(width)
    return f"SELECT {bucket}, COUNT(*), {texts.checksum} {rows.clause} GROUP BY {bucket}"


def read_leaves(rows: Rows, texts: Expressions, width: int, buckets: Sequence[str]) -> str:
    """Return the statement that reads the rows of some buckets: text of the key, MD5 of the row.

    With a width of 0 it reads all of them. Names of buckets are hexadecimal digits, so that they
    stand in the statement: no driver's limit of binds is met. Raises ValueError for others.
    """
    select = f"SELECT {texts.key}, {texts.row_hash} {rows.clause}"
    if not width:
        return select
    return f"{select} AND ({any_of(texts.bucket(width), buckets, rows.dialect)})"


#: What Oracle takes in one list.
LONGEST_LIST = 1000
HEXADECIMAL = frozenset("0123456789abcdef")


def any_of(bucket: str, names: Sequence[str], dialect: Dialect) -> str:
    """Return the condition that a bucket is one of some."""
    conditions: list[str] = []
    for start in range(0, len(names), LONGEST_LIST):
        literals: list[str] = []
        for name in names[start : start + LONGEST_LIST]:
            if not name or set(name) - HEXADECIMAL:
                raise ValueError("a bucket's name is of hexadecimal digits in lower case")
            literals.append(quote_text(name, dialect))
        conditions.append(f"{bucket} IN ({', '.join(literals)})")
    return " OR ".join(conditions)
