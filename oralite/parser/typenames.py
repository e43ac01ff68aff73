"""Names of types, as in CREATE TABLE and CAST."""

from __future__ import annotations

from oralite.errors import OraError
from oralite.model import PLAIN, Variant
from oralite.parser.cursor import Cursor
from oralite.parser.leaves import TypeName

_SIZED = {
    **dict.fromkeys(("VARCHAR2", "VARCHAR", "NVARCHAR2"), "VARCHAR2"),
    **dict.fromkeys(("CHAR", "NCHAR", "CHARACTER"), "CHAR"),
    "RAW": "RAW",
}
_NUMBERS = {
    **dict.fromkeys(("NUMBER", "DECIMAL", "NUMERIC", "DEC"), "NUMBER"),
    **dict.fromkeys(("INTEGER", "INT", "SMALLINT"), "INTEGER"),
    **dict.fromkeys(("FLOAT", "REAL", "DOUBLE"), "FLOAT"),
}
#: Of FLOAT and DOUBLE PRECISION, and of REAL.
_FLOAT_DIGITS, _REAL_DIGITS = 126, 63
_PLAIN = {
    "DATE": "DATE",
    "CLOB": "CLOB",
    "NCLOB": "CLOB",
    "BLOB": "BLOB",
    "BINARY_DOUBLE": "BINARY_DOUBLE",
    "BINARY_FLOAT": "BINARY_DOUBLE",
    "ROWID": "ROWID",
}
_LONG = Variant(is_long=True)


def type_name(cursor: Cursor) -> TypeName:
    word = cursor.token.value
    if word in _PLAIN:
        cursor.advance()
        variant = Variant(is_national=word == "NCLOB", is_single=word == "BINARY_FLOAT")
        return TypeName(_PLAIN[word], variant=variant)
    if cursor.accept("LONG"):
        if cursor.accept("RAW"):
            return TypeName("RAW", variant=_LONG)
        return TypeName("VARCHAR2", variant=_LONG)
    if word in _SIZED:
        return _sized(cursor, _SIZED[word])
    if word in _NUMBERS:
        if _NUMBERS[word] == "FLOAT":
            return _float(cursor)
        return _number(cursor, _NUMBERS[word])
    if word == "TIMESTAMP":
        return _timestamp(cursor)
    if word == "INTERVAL":
        return _interval(cursor)
    if word in ("BFILE", "XMLTYPE", "JSON", "UROWID", "BOOLEAN", "VECTOR"):
        raise cursor.unsupported(f"the type {word}")
    raise OraError(902, "invalid datatype", cursor.token.start)


def _sized(cursor: Cursor, name: str) -> TypeName:
    national = cursor.advance().value.startswith("N")
    if not cursor.accept("("):
        if name != "CHAR":
            raise cursor.unexpected("(")
        return TypeName(name, 1, char_units=national, variant=Variant(national, int(national)))
    size = cursor.integer()
    if cursor.at_any("CHAR", "BYTE"):
        units = cursor.advance().value
    else:
        units = ""
    cursor.expect(")")
    if national:
        variant = Variant(is_national=True, chars=size)
    else:
        variant = PLAIN
    return TypeName(name, size, char_units=national or units == "CHAR", variant=variant)


def _float(cursor: Cursor) -> TypeName:
    """Read FLOAT(n), REAL or DOUBLE PRECISION: a NUMBER that is not rounded here."""
    word = cursor.advance().value
    if word == "REAL":
        digits = _REAL_DIGITS
    else:
        digits = _FLOAT_DIGITS
    if word == "DOUBLE":
        cursor.expect("PRECISION")
    elif word == "FLOAT" and cursor.accept("("):
        digits = cursor.integer()
        cursor.expect(")")
    if not 1 <= digits <= _FLOAT_DIGITS:
        raise OraError(1726, "floating precision is out of range (1 to 126)", cursor.token.start)
    return TypeName("NUMBER", variant=Variant(float_digits=digits))


def _number(cursor: Cursor, name: str) -> TypeName:
    cursor.advance()
    if not cursor.accept("("):
        unlimited = Variant(is_unlimited=True)
        if name == "INTEGER":
            return TypeName("NUMBER", 38, 0, variant=unlimited)
        return TypeName("NUMBER")
    is_unlimited = cursor.accept("*")
    if is_unlimited:
        precision = 38
    else:
        precision = cursor.integer()
    if cursor.accept(","):
        scale = cursor.integer()
    else:
        scale = 0
    cursor.expect(")")
    if not 1 <= precision <= 38:
        raise OraError(1727, "numeric precision specifier is out of range (1 to 38)")
    if not -84 <= scale <= 127:
        raise OraError(1728, "numeric scale specifier is out of range (-84 to 127)")
    return TypeName("NUMBER", precision, scale, variant=Variant(is_unlimited=is_unlimited))


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
    """Read the digits of a field, in parentheses if they are given.

    Raises ORA-30088 for more than nine.
    """
    if not cursor.accept("("):
        return default
    start = cursor.token.start
    digits = cursor.integer()
    if not 0 <= digits <= 9:
        raise OraError(30088, "datetime/interval precision is out of range", start)
    cursor.expect(")")
    return digits
