"""Which types meet in an expression, and what they become."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.errors import OraError
from oralite.functions.function import Types
from oralite.model import SqlType

VARCHAR2, CHAR, CLOB, ROWID = SqlType.VARCHAR2, SqlType.CHAR, SqlType.CLOB, SqlType.ROWID
NUMBER, BINARY_DOUBLE = SqlType.NUMBER, SqlType.BINARY_DOUBLE
DATE, TIMESTAMP, TIMESTAMP_TZ, INTERVAL_DS = (
    SqlType.DATE,
    SqlType.TIMESTAMP,
    SqlType.TIMESTAMP_TZ,
    SqlType.INTERVAL_DS,
)
RAW, BLOB = SqlType.RAW, SqlType.BLOB

TEXTS = frozenset((VARCHAR2, CHAR, CLOB, ROWID))
NUMBERS = frozenset((NUMBER, BINARY_DOUBLE))
#: From the poorest to the richest; the others become the richest.
TIMES = (DATE, TIMESTAMP, TIMESTAMP_TZ)
BYTES = frozenset((RAW, BLOB))

_SHORT_NAMES = {
    INTERVAL_DS: "INTERVAL DAY TO SECOND",
    VARCHAR2: "CHAR",
    BINARY_DOUBLE: "BINARY_DOUBLE",
    RAW: "BINARY",
}


def inconsistent(expected: SqlType | None, got: SqlType | None) -> OraError:
    """Return ORA-00932, which names both."""
    return OraError(
        932, f"inconsistent datatypes: expected {type_name(expected)} got {type_name(got)}"
    )


def type_name(sql_type: SqlType | None) -> str:
    """Return its name as ORA-00932 writes it."""
    if sql_type is None:
        return "-"
    return _SHORT_NAMES.get(sql_type, sql_type.value)


def common_type(types: Types) -> SqlType:
    """Return the type that all become in CASE, NVL, COALESCE, UNION: that of the first, widened
    within its family.
    """
    known = [sql_type for sql_type in types if sql_type is not None]
    if not known:
        return VARCHAR2
    first = known[0]
    family = []
    for sql_type in known:
        if same_family(first, sql_type):
            family.append(sql_type)
    if first in TIMES:
        return max(family, key=TIMES.index)
    return _widest(first, family)


def _widest(first: SqlType, family: Sequence[SqlType]) -> SqlType:
    if first in TEXTS and set(family) == {ROWID}:
        return ROWID
    for wide in (BINARY_DOUBLE, CLOB, BLOB):
        if wide in family:
            return wide
    if first in NUMBERS:
        return NUMBER
    if first in TEXTS:
        return VARCHAR2
    return first


def same_family(one: SqlType, other: SqlType) -> bool:
    """Return whether a value of one becomes the other without being written as text or read from
    it.
    """
    return one == other or any(
        one in family and other in family for family in (TEXTS, NUMBERS, TIMES, BYTES)
    )


def comparison_type(left: SqlType | None, right: SqlType | None) -> SqlType:
    """Return what both sides of a comparison become. Text gives way to the other. Raises ORA-00932.

    Two TIMESTAMPs WITH TIME ZONE are equal when their moments are: compare what SYS_EXTRACT_UTC
    gives of them.
    """
    if left is None or right is None:
        return left or right or VARCHAR2
    for side in (left, right):
        if side in (CLOB, BLOB):
            raise inconsistent(None, side)
    if same_family(left, right):
        return common_type((left, right))
    if left in TEXTS:
        return right
    if right in TEXTS:
        return left
    raise inconsistent(left, right)


def to_common(types: Types) -> tuple[SqlType | None, ...]:
    """Let every argument become their common type."""
    return (common_type(types),) * len(types)


def text_alike(types: Types) -> SqlType:
    """Return the type of the text that is given: UPPER of a CHAR is a CHAR, which is compared
    without its trailing blanks.
    """
    if types[0] in (CLOB, CHAR):
        return types[0]
    return VARCHAR2


def text_like(types: Types) -> SqlType:
    """Return CLOB for a CLOB, else VARCHAR2."""
    if CLOB in types:
        return CLOB
    return VARCHAR2
