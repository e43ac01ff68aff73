"""Names of types, as in CREATE TABLE and CAST."""

from __future__ import annotations

from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.parser.nodes import TypeName

_SIZED = {
    **dict.fromkeys(("VARCHAR2", "VARCHAR", "NVARCHAR2"), "VARCHAR2"),
    **dict.fromkeys(("CHAR", "NCHAR", "CHARACTER"), "CHAR"),
    "RAW": "RAW",
}
_NUMBERS = {
    **dict.fromkeys(("NUMBER", "DECIMAL", "NUMERIC", "DEC"), "NUMBER"),
    **dict.fromkeys(("INTEGER", "INT", "SMALLINT"), "INTEGER"),
    "FLOAT": "FLOAT",
}
_PLAIN = {
    "DATE": "DATE",
    "CLOB": "CLOB",
    "NCLOB": "CLOB",
    "BLOB": "BLOB",
    "BINARY_DOUBLE": "BINARY_DOUBLE",
    "ROWID": "ROWID",
}


def type_name(cursor: Cursor) -> TypeName:
    word = cursor.token.value
    if word in _PLAIN:
        cursor.advance()
        return TypeName(_PLAIN[word])
    if word in _SIZED:
        return _sized(cursor, _SIZED[word])
    if word in _NUMBERS:
        return _number(cursor, _NUMBERS[word])
    if word == "TIMESTAMP":
        return _timestamp(cursor)
    if word == "INTERVAL":
        return _interval(cursor)
    if word in ("LONG", "BFILE", "XMLTYPE", "JSON", "BINARY_FLOAT", "UROWID", "BOOLEAN", "VECTOR"):
        raise cursor.unsupported(f"the type {word}")
    raise OraError(902, "invalid datatype", cursor.token.start)


def _sized(cursor: Cursor, name: str) -> TypeName:
    national = cursor.advance().value.startswith("N")
    if not cursor.accept("("):
        if name != "CHAR":
            raise cursor.unexpected("(")
        return TypeName(name, 1, char_units=national)
    size = cursor.integer()
    units = cursor.advance().value if cursor.at_any("CHAR", "BYTE") else ""
    cursor.expect(")")
    return TypeName(name, size, char_units=national or units == "CHAR")


def _number(cursor: Cursor, name: str) -> TypeName:
    cursor.advance()
    if not cursor.accept("("):
        return TypeName("NUMBER", 38, 0) if name == "INTEGER" else TypeName("NUMBER")
    precision = 38 if cursor.accept("*") else cursor.integer()
    scale = cursor.integer() if cursor.accept(",") else 0
    cursor.expect(")")
    if name == "FLOAT":
        return TypeName("NUMBER")
    if not 1 <= precision <= 38:
        raise OraError(1727, "numeric precision specifier is out of range (1 to 38)")
    if not -84 <= scale <= 127:
        raise OraError(1728, "numeric scale specifier is out of range (-84 to 127)")
    return TypeName("NUMBER", precision, scale)


def _timestamp(cursor: Cursor) -> TypeName:
    cursor.advance()
    digits = 6
    if cursor.accept("("):
        digits = cursor.integer()
        if not 0 <= digits <= 9:
            raise OraError(30088, "datetime/interval precision is out of range", cursor.token.start)
        cursor.expect(")")
    if cursor.at("WITH", "LOCAL"):
        raise cursor.unsupported("the type TIMESTAMP WITH LOCAL TIME ZONE")
    if cursor.accept("WITH"):
        cursor.expect("TIME", "ZONE")
        return TypeName("TIMESTAMP_TZ", scale=digits)
    return TypeName("TIMESTAMP", scale=digits)


def _interval(cursor: Cursor) -> TypeName:
    cursor.advance()
    if not cursor.accept("DAY"):
        raise cursor.unsupported("the type INTERVAL YEAR TO MONTH")
    precision = interval_digits(cursor, 2)
    cursor.expect("TO", "SECOND")
    return TypeName("INTERVAL_DS", precision, interval_digits(cursor, 6))


def interval_digits(cursor: Cursor, default: int) -> int:
    """The digits of a field, in parentheses if they are given. Raises ORA-30088 for more than nine."""
    if not cursor.accept("("):
        return default
    start = cursor.token.start
    digits = cursor.integer()
    if not 0 <= digits <= 9:
        raise OraError(30088, "datetime/interval precision is out of range", start)
    cursor.expect(")")
    return digits
