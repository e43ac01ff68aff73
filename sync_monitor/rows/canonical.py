"""The canonical text of a row, the same bytes in each dialect, and its checksums in SQL.

Numbers have their declared scale, times six digits of a second, CHAR no blanks at its end. Further
digits of a time are cut off, as drivers and loaders do, and never rounded. NULL and the empty text,
which are the same to Oracle, are both `~`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sync_monitor.errors import NotComparable
from sync_monitor.model import Column, Kind
from sync_monitor.rows.dialects import Dialect, quote_name

#: What a value that is not there looks like.
NOTHING = "~"
#: Bytes that Oracle joins to one text, where its texts are not extended.
LONGEST_TEXT = 4000
#: Oracle's greatest NUMBER, which the lake's decimals have as well.
MOST_DIGITS = 38
#: Of the 32 hexadecimal digits of an MD5 the last 15 are added up: they fit into 64 bits.
FIRST_ADDED = 18
TIME_FORMAT = {
    Dialect.ORACLE: "YYYY-MM-DD HH24:MI:SS.FF6",
    Dialect.DUCKDB: "%Y-%m-%d %H:%M:%S.%f",
}


@dataclass(frozen=True)
class Expressions:
    """What the statements about the rows of one table select on one side.

    Parameters:
        key: the text of the key.
        row: the text, or the joined checksums, of key and columns.
        not_compared: columns that are left out, as Oracle names them.
    """

    dialect: Dialect
    key: str
    row: str
    not_compared: tuple[str, ...]

    @property
    def row_hash(self) -> str:
        """Return the MD5 of a row: 32 hexadecimal digits in lower case."""
        return md5(self.row, self.dialect)

    @property
    def checksum(self) -> str:
        """Return the sum of the rows' checksums. It sees doubles, as XOR would not."""
        return f"SUM({number(self.row, self.dialect)})"

    def bucket(self, width: int) -> str:
        """Return the first digits of the key's MD5, by which rows fall into buckets."""
        return f"SUBSTR({md5(self.key, self.dialect)}, 1, {width})"


def expressions(
    columns: Sequence[Column],
    keys: Sequence[str],
    dialect: Dialect,
    *,
    charset: str = "AL32UTF8",
) -> Expressions:
    """Return the expressions of a table on one side.

    Parameters:
        columns: as both catalogs have them, in one order for both sides.
        keys: names of the columns of the key, in their order.
        charset: NLS_CHARACTERSET of Oracle, whose own bytes STANDARD_HASH takes.

    Raises NotComparable as `columns_of_key` does.
    """
    of_key = columns_of_key(columns, keys)
    others = []
    left_out = []
    for column in columns:
        if column.kind is Kind.OTHER:
            left_out.append(column.name)
        elif column.name not in keys:
            others.append(column)
    return Expressions(
        dialect,
        key=joined_text(of_key, dialect, charset),
        row=joined_text([*of_key, *others], dialect, charset),
        not_compared=tuple(left_out),
    )


def columns_of_key(columns: Sequence[Column], keys: Sequence[str]) -> list[Column]:
    """Return the columns of the key, in its order.

    Raises NotComparable where there is no key, or a column of it has no text that both sides know.
    """
    by_name = {column.name: column for column in columns}
    found: list[Column] = []
    for name in keys:
        column = by_name.get(name)
        if column is None or column.kind is Kind.OTHER:
            raise NotComparable(
                f"rows are not compared: {name} of the key has no text that both sides write alike"
            )
        found.append(column)
    if not found:
        raise NotComparable("rows are not compared: the table has no key")
    return found


def joined_text(columns: Sequence[Column], dialect: Dialect, charset: str) -> str:
    """Return the text of some columns.

    What could be longer than Oracle joins becomes the checksums of its parts, one behind another.
    """
    texts: list[str] = []
    for group in groups(columns):
        parts = [text_of(column, dialect) for column in group]
        texts.append(in_utf8(join(parts, dialect, "|"), dialect, charset))
    if len(texts) == 1:
        return texts[0]
    return join([md5(text, dialect) for text in texts], dialect, "")


def groups(columns: Sequence[Column]) -> list[list[Column]]:
    """Return columns in groups whose texts together are no longer than Oracle joins."""
    found: list[list[Column]] = [[]]
    length = 0
    for column in columns:
        if found[-1] and length + 1 + column.text_bytes > LONGEST_TEXT:
            found.append([])
            length = 0
        found[-1].append(column)
        length += column.text_bytes + 1
    return found


def join(parts: Sequence[str], dialect: Dialect, sign: str) -> str:
    """Return texts joined with a sign between them, or with none."""
    between: list[str] = []
    for part in parts:
        if between and sign:
            between.append(f"'{sign}'")
        between.append(part)
    if len(between) == 1:
        return between[0]
    if dialect is Dialect.HIVE:
        return f"CONCAT({', '.join(between)})"
    return " || ".join(between)


def in_utf8(text: str, dialect: Dialect, charset: str) -> str:
    """Return a text of Oracle in UTF-8, whatever the database keeps."""
    if dialect is Dialect.ORACLE and charset != "AL32UTF8":
        return f"CONVERT({text}, 'AL32UTF8')"
    return text


def text_of(column: Column, dialect: Dialect) -> str:
    """Return the text of a column."""
    if dialect is Dialect.ORACLE:
        return oracle_text(column)
    return lake_text(quote_name(column.in_lake, dialect), column, dialect)


def lake_text(name: str, column: Column, dialect: Dialect) -> str:
    """Return the text of a column that an engine of a lake reads, by its quoted name."""
    text = LAKE_TEXTS[column.kind](name, column, dialect)
    return f"COALESCE({text}, '{NOTHING}')"


def oracle_text(column: Column) -> str:
    """Return the text of a column of Oracle."""
    name = quote_name(column.name, Dialect.ORACLE)
    text = name
    if column.kind is Kind.INTEGER:
        text = f"TO_CHAR({name}, 'TM9')"
    elif column.kind is Kind.DECIMAL:
        before = "9" * (MOST_DIGITS - column.scale - 1)
        text = f"TO_CHAR({name}, 'FM{before}0.{'0' * column.scale}')"
    elif column.kind is Kind.CHAR:
        text = f"RTRIM({name})"
    elif column.kind is Kind.TIMESTAMP:
        # A DATE has no fraction that could be shown. A cast to fewer digits would round.
        text = f"TO_CHAR(CAST({name} AS TIMESTAMP(9)), '{TIME_FORMAT[Dialect.ORACLE]}')"
    return f"NVL({text}, '{NOTHING}')"


def number_text(name: str, column: Column, dialect: Dialect) -> str:
    """Return the text of a number in the lake, which may keep it as another type."""
    kind = "VARCHAR"
    if dialect is Dialect.HIVE:
        kind = "STRING"
    return f"CAST(CAST({name} AS DECIMAL({MOST_DIGITS}, {column.scale})) AS {kind})"


def plain_text(name: str, _: Column, __: Dialect) -> str:
    """Return a text of the lake, where the empty one is as none."""
    return f"NULLIF({name}, '')"


def trimmed_text(name: str, _: Column, dialect: Dialect) -> str:
    """Return a text of the lake without blanks at its end.

    As in Oracle other white space stays, which RTRIM of Trino and of DuckDB would take as well.
    """
    trimmed = f"RTRIM({name})"
    if dialect is Dialect.DUCKDB:
        trimmed = f"RTRIM({name}, ' ')"
    elif dialect is Dialect.TRINO:
        # A CHAR of Trino stays one, and is padded again where it is joined.
        trimmed = f"TRIM(TRAILING ' ' FROM CAST({name} AS VARCHAR))"
    return f"NULLIF({trimmed}, '')"


def time_text(name: str, _: Column, dialect: Dialect) -> str:
    """Return the text of a time in the lake."""
    if dialect is Dialect.DUCKDB:
        # A cast of a TIMESTAMP_NS would round.
        return f"STRFTIME({name}, '{TIME_FORMAT[dialect]}')"
    if dialect is Dialect.HIVE:
        # DATE_FORMAT of Hive before 4.0 has milliseconds alone: .123456 would be .000123.
        text = f"CAST(CAST({name} AS TIMESTAMP) AS STRING)"
        return f"RPAD(CONCAT(SUBSTR({text}, 1, 19), '.', SUBSTR({text}, 21)), 26, '0')"
    # Trino's date_format knows milliseconds alone, and a cast to fewer digits rounds.
    return f"SUBSTR(CAST(CAST({name} AS TIMESTAMP(9)) AS VARCHAR), 1, 26)"


LAKE_TEXTS = {
    Kind.INTEGER: number_text,
    Kind.DECIMAL: number_text,
    Kind.TEXT: plain_text,
    Kind.CHAR: trimmed_text,
    Kind.TIMESTAMP: time_text,
}


def md5(text: str, dialect: Dialect) -> str:
    """Return the MD5 of a text: 32 hexadecimal digits in lower case."""
    if dialect is Dialect.ORACLE:
        return f"LOWER(RAWTOHEX(STANDARD_HASH({text}, 'MD5')))"
    if dialect is Dialect.TRINO:
        return f"LOWER(TO_HEX(MD5(TO_UTF8({text}))))"
    return f"MD5({text})"


def number(text: str, dialect: Dialect) -> str:
    """Return the last 15 digits of the MD5 of a text as a number that can be added up.

    Sources: reladiff, https://github.com/erezsh/reladiff/blob/master/docs/technical-explanation.md
    """
    digits = f"SUBSTR({md5(text, dialect)}, {FIRST_ADDED})"
    if dialect is Dialect.ORACLE:
        digits = f"SUBSTR(RAWTOHEX(STANDARD_HASH({text}, 'MD5')), {FIRST_ADDED})"
        return f"TO_NUMBER({digits}, 'XXXXXXXXXXXXXXX')"
    if dialect is Dialect.DUCKDB:
        return f"CAST('0x' || {digits} AS BIGINT)"
    if dialect is Dialect.HIVE:
        return f"CAST(CONV({digits}, 16, 10) AS DECIMAL(38, 0))"
    return f"CAST(FROM_BASE({digits}, 16) AS DECIMAL(38, 0))"
