"""The four dialects: names and literals as each takes them, and nothing that could end either."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sync_monitor.model import Engine


class Dialect(str, Enum):
    """How SQL is written. HIVE is also what Spark's Thrift server reads."""

    ORACLE = "oracle"
    DUCKDB = "duckdb"
    HIVE = "hive"
    TRINO = "trino"


#: The dialect of each engine that reads a lake.
DIALECT_OF = {
    Engine.DUCKDB: Dialect.DUCKDB,
    Engine.HIVE: Dialect.HIVE,
    Engine.TRINO: Dialect.TRINO,
}


def quote_name(name: str, dialect: Dialect) -> str:
    """Return a name as a dialect takes it, whatever is in it.

    Raises ValueError for what can't be one: an empty name, a sign that is not printed, a double
    quote in Oracle, and $ in Hive, where a server may replace what stands behind it.
    """
    if not name or not name.isprintable():
        raise ValueError("a name is not empty and has printable signs alone")
    if dialect is Dialect.ORACLE and '"' in name:
        raise ValueError("a name of Oracle has no double quotes in it")
    if dialect is Dialect.HIVE:
        if "$" in name:
            raise ValueError("a name of Hive has no $ in it")
        return "`" + name.replace("`", "``") + "`"
    return '"' + name.replace('"', '""') + '"'


def quote_path(name: str, dialect: Dialect) -> str:
    """Return a name of parts with dots between, each quoted. Raises ValueError."""
    return ".".join(quote_name(part, dialect) for part in name.split("."))


def quote_text(text: str, dialect: Dialect) -> str:
    """Return a text as a literal.

    Raises ValueError for signs that are not printed, and for $ in Hive.
    """
    if text and not text.isprintable():
        raise ValueError("a text has printable signs alone")
    if dialect is Dialect.HIVE:
        if "$" in text:
            raise ValueError("a text of Hive has no $ in it")
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + text.replace("'", "''") + "'"


def timestamp_literal(moment: datetime) -> str:
    """Return a plain timestamp as a literal, which all of the dialects write alike."""
    assert moment.tzinfo is None
    shown = moment.isoformat(sep=" ", timespec="seconds")
    if moment.microsecond:
        shown = moment.isoformat(sep=" ", timespec="microseconds")
    return f"TIMESTAMP '{shown}'"


def oracle_time(moment: datetime) -> str:
    """Return a plain time of whole seconds as Oracle compares it by the index of any time column.

    Beside a TIMESTAMP it would convert each row of a DATE column, and no index would serve:
    http://laurentschneider.com/wordpress/2009/02/date-or-timestamp-literals.html
    """
    assert moment.tzinfo is None
    assert not moment.microsecond
    return f"TO_DATE('{moment.isoformat(sep=' ')}', 'YYYY-MM-DD HH24:MI:SS')"
