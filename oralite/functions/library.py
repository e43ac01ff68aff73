"""All functions by name, and the choice among those that share one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from oralite.functions import (
    arithmetic,
    charsets,
    conversions,
    fitting,
    general,
    intervals,
    lobs,
    numeric,
    raws,
    regexps,
    session,
    text,
    times,
)
from oralite.functions.conversions import conversion_name
from oralite.functions.function import Function, Types
from oralite.functions.types import (
    BLOB,
    BYTES,
    CLOB,
    DATE,
    INTERVAL_DS,
    NUMBERS,
    TEXTS,
    TIMES,
    TIMESTAMP_TZ,
    VARCHAR2,
)
from oralite.model import SqlType

_MODULES = (
    arithmetic.FUNCTIONS,
    conversions.FUNCTIONS,
    fitting.FUNCTIONS,
    general.FUNCTIONS,
    intervals.FUNCTIONS,
    lobs.FUNCTIONS,
    numeric.FUNCTIONS,
    charsets.FUNCTIONS,
    raws.FUNCTIONS,
    regexps.FUNCTIONS,
    session.FUNCTIONS,
    text.FUNCTIONS,
    times.FUNCTIONS,
)

#: Under the name that SQLite knows each by. A $ is in the names that SQL text cannot call.
FUNCTIONS: Mapping[str, Function] = {
    function.name: function for functions in _MODULES for function in functions
}


def find_function(name: str, types: Types) -> Function | None:
    """Return the function that a call means by its arguments' types. None for an unknown name."""
    choose = _CHOICES.get(name)
    return FUNCTIONS.get(choose(types) if choose and types else name)


def _kind(sql_type: SqlType | None) -> str:
    """Return the ending of a name that is chosen by a time's type."""
    if sql_type == INTERVAL_DS:
        return "INTERVAL"
    return (sql_type or VARCHAR2).name


def _to_char(types: Types) -> str:
    source = types[0]
    if source in TIMES:
        return f"TO_CHAR${_kind(source)}"
    if len(types) > 1 and source != INTERVAL_DS:
        return "TO_CHAR$NUMBER"
    if source is None or source in TEXTS:
        return "TO_CHAR$TEXT"
    return conversion_name(source, VARCHAR2) or "TO_CHAR$TEXT"


def _to_number(types: Types) -> str:
    if len(types) > 1:
        return "TO_NUMBER$FORMAT"
    if types[0] in NUMBERS:
        return "TO_NUMBER$NUMBER"
    return "ORA$TEXT_NUMBER"


def _by_date(name: str) -> Callable[[Types], str]:
    return lambda types: f"{name}$DATE" if types[0] in TIMES else name


def _by_lob(name: str, *lobs_with_own: SqlType) -> Callable[[Types], str]:
    return lambda types: f"{name}${types[0].name}" if types[0] in lobs_with_own else name


def _extract(types: Types) -> str:
    if len(types) > 1:
        source = types[1]
    else:
        source = None
    return f"EXTRACT${_kind(source if source in (*TIMES, INTERVAL_DS) else DATE)}"


def _lob_length(types: Types) -> str:
    if types[0] in BYTES:
        return "LENGTH$BLOB"
    return "LENGTH$CLOB"


def _lob_instr(types: Types) -> str:
    if types[0] in BYTES:
        return "DBMS_LOB.INSTR$BLOB"
    return "INSTR$CLOB"


_CHOICES: Mapping[str, Callable[[Types], str]] = {
    "TO_CHAR": _to_char,
    "TO_NUMBER": _to_number,
    "TRUNC": _by_date("TRUNC"),
    "ROUND": _by_date("ROUND"),
    "DECODE": lambda types: "DECODE$TIMESTAMP_TZ" if TIMESTAMP_TZ in types[:2] else "DECODE",
    "EXTRACT": _extract,
    "ORA$ADD_INTERVAL_YM": lambda types: f"ORA$ADD_INTERVAL_YM${_kind(types[0])}",
    "ORA$SUBTRACT_INTERVAL_YM": lambda types: f"ORA$SUBTRACT_INTERVAL_YM${_kind(types[0])}",
    "LENGTH": _by_lob("LENGTH", CLOB, BLOB),
    "LENGTHC": _by_lob("LENGTH", CLOB),
    "SUBSTR": _by_lob("SUBSTR", CLOB),
    "INSTR": _by_lob("INSTR", CLOB),
    "CONCAT": lambda types: "CONCAT$CLOB" if CLOB in types else "CONCAT",
    "RAWTOHEX": lambda types: "RAWTOHEX" if types[0] in BYTES else "RAWTOHEX$BYTES",
    "DBMS_LOB.GETLENGTH": _lob_length,
    "DBMS_LOB.SUBSTR": _by_lob("DBMS_LOB.SUBSTR", BLOB),
    "DBMS_LOB.INSTR": _lob_instr,
}
