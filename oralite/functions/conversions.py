"""Conversions between types: those that Oracle makes unasked, CAST, and the TO_ functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from oralite.errors import OraError
from oralite.formats.elements import DATE_LACKS, TIMESTAMP_LACKS
from oralite.formats.numbers import read_number, write_number
from oralite.formats.reading import read_datetime, read_exactly
from oralite.formats.writing import write_datetime
from oralite.functions.function import Context, Function, Number, natural
from oralite.functions.text import MAX_TEXT_BYTES
from oralite.functions.types import (
    BINARY_DOUBLE,
    BLOB,
    BYTES,
    CLOB,
    DATE,
    INTERVAL_DS,
    NUMBER,
    RAW,
    TEXTS,
    TIMESTAMP,
    TIMESTAMP_TZ,
    VARCHAR2,
    inconsistent,
)
from oralite.model import SqlType, Value
from oralite.moments import (
    decode_datetime,
    decode_timestamp_tz,
    encode_datetime,
    encode_timestamp_tz,
    nanoseconds_of,
    with_fraction,
)
from oralite.values import encode_number, number_text, parse_number
from oralite.zones import find_zone, localize


def session_moment(context: Context, moment: datetime) -> datetime:
    """Give a naive moment the session's zone."""
    return localize(moment, find_zone(context.session_zone))


def _today(context: Context) -> datetime:
    """Return the date that fills what a format lacks: the database's."""
    return context.now.astimezone(find_zone(context.database_zone)).replace(tzinfo=None)


def _wall_clock(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


def _wall_clock_seconds(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None, microsecond=0)


def _whole_seconds(value: bytes | None) -> bytes | None:
    return value and value[:7]


def _double_text(number: float) -> str:
    """Return the text as Oracle shows it: 1.5E+000."""
    if number != number:
        return "Nan"
    if number in (float("inf"), float("-inf")):
        if number > 0:
            return "Inf"
        return "-Inf"
    mantissa, _, exponent = f"{number:.16E}".partition("E")
    return f"{mantissa}E{exponent[0]}{int(exponent[1:]):03d}"


_NO_NUMBERS = {
    "NAN": float("nan"),
    "INF": float("inf"),
    "+INF": float("inf"),
    "-INF": float("-inf"),
}


def _double_of_text(text: str) -> float:
    known = _NO_NUMBERS.get(text.strip().upper())
    if known is None:
        return float(parse_number(text))
    return known


def _double_of_number(number: Number) -> float:
    return float(number)


def _number_of_double(number: float) -> Number:
    """Return the shortest decimal that the double stands for."""
    return Decimal(repr(number))


def _date_text(context: Context, moment: datetime) -> str:
    return write_datetime(moment, context.nls["NLS_DATE_FORMAT"], DATE_LACKS)


def _write_date(context: Context, moment: datetime, format_text: str | None = None) -> str:
    if format_text:
        return write_datetime(moment, format_text, DATE_LACKS)
    return _date_text(context, moment)


def to_date(context: Context, text: str, format_text: str | None = None) -> datetime:
    return read_datetime(
        text, format_text or context.nls["NLS_DATE_FORMAT"], _today(context), DATE_LACKS
    )


def to_timestamp(context: Context, text: str, format_text: str | None = None) -> bytes:
    model = format_text or context.nls["NLS_TIMESTAMP_FORMAT"]
    moment, nanoseconds = read_exactly(text, model, _today(context), TIMESTAMP_LACKS)
    return with_fraction(encode_datetime(moment), nanoseconds)


def to_timestamp_tz(context: Context, text: str, format_text: str | None = None) -> bytes:
    model = format_text or context.nls["NLS_TIMESTAMP_TZ_FORMAT"]
    moment, nanoseconds = read_exactly(text, model, _today(context))
    if not moment.tzinfo:
        moment = session_moment(context, moment)
    return with_fraction(encode_timestamp_tz(moment), nanoseconds)


def _number_text(value: bytes | None) -> str | None:
    if value is None:
        return None
    return number_text(value)


def _text_number(text: str | None) -> bytes | None:
    if text is None:
        return None
    return encode_number(text)


def _clob_text(text: str) -> str:
    if len(text) * 4 > MAX_TEXT_BYTES and len(text.encode()) > MAX_TEXT_BYTES:
        raise OraError(
            22835,
            f"Buffer too small for CLOB to CHAR conversion (actual: {len(text)}, maximum: 4000)",
        )
    return text


def _identity(value: Value) -> Value:
    return value


def _fraction(name: str, arguments: tuple[SqlType, ...]) -> Function:
    """Return a function that writes as many digits of the fraction as the type of the time has,
    nanoseconds too.
    """
    kind = arguments[0]
    nls_name = f"NLS_{kind.name}_FORMAT"
    if kind is TIMESTAMP_TZ:
        read = decode_timestamp_tz
    else:
        read = decode_datetime

    def call(context: Context, digits: int, value: bytes | None, *models: str | None) -> str | None:
        if value is None or None in models:
            return None
        if models:
            model = models[0]
        else:
            model = None
        text = write_datetime(
            read(value), model or context.nls[nls_name], (), digits, nanoseconds_of(value)
        )
        return text or None

    return Function(name, call, arguments, VARCHAR2, 1, needs_context=True, shape=("scale",))


FUNCTIONS = (
    Function("ORA$NUMBER_TEXT", _number_text, (NUMBER,), VARCHAR2, 1),
    Function("ORA$TEXT_NUMBER", _text_number, (VARCHAR2,), NUMBER, 1),
    natural("ORA$DOUBLE_TEXT", _double_text, (BINARY_DOUBLE,), VARCHAR2),
    natural("ORA$TEXT_DOUBLE", _double_of_text, (VARCHAR2,), BINARY_DOUBLE),
    natural("ORA$NUMBER_DOUBLE", _double_of_number, (NUMBER,), BINARY_DOUBLE),
    natural("ORA$DOUBLE_NUMBER", _number_of_double, (BINARY_DOUBLE,), NUMBER),
    natural("ORA$DATE_TEXT", _date_text, (DATE,), VARCHAR2, needs_context=True),
    _fraction("ORA$TIMESTAMP_TEXT", (TIMESTAMP,)),
    _fraction("ORA$TIMESTAMP_TZ_TEXT", (TIMESTAMP_TZ,)),
    Function("ORA$TIMESTAMP_DATE", _whole_seconds, (TIMESTAMP,), DATE, 1),
    natural("ORA$TIMESTAMP_TZ_DATE", _wall_clock_seconds, (TIMESTAMP_TZ,), DATE),
    natural("ORA$TIMESTAMP_TZ_TIMESTAMP", _wall_clock, (TIMESTAMP_TZ,), TIMESTAMP),
    natural(
        "ORA$TIMESTAMP_TIMESTAMP_TZ", session_moment, (TIMESTAMP,), TIMESTAMP_TZ, needs_context=True
    ),
    natural("TO_DATE", to_date, (VARCHAR2, VARCHAR2), DATE, required=1, needs_context=True),
    natural(
        "TO_TIMESTAMP",
        to_timestamp,
        (VARCHAR2, VARCHAR2),
        TIMESTAMP,
        required=1,
        needs_context=True,
    ),
    natural(
        "TO_TIMESTAMP_TZ",
        to_timestamp_tz,
        (VARCHAR2, VARCHAR2),
        TIMESTAMP_TZ,
        required=1,
        needs_context=True,
    ),
    natural("TO_CHAR$TEXT", _clob_text, (VARCHAR2,), VARCHAR2),
    natural("TO_CHAR$NUMBER", write_number, (NUMBER, VARCHAR2), VARCHAR2),
    natural(
        "TO_CHAR$DATE", _write_date, (DATE, VARCHAR2), VARCHAR2, required=1, needs_context=True
    ),
    _fraction("TO_CHAR$TIMESTAMP", (TIMESTAMP, VARCHAR2)),
    _fraction("TO_CHAR$TIMESTAMP_TZ", (TIMESTAMP_TZ, VARCHAR2)),
    natural("TO_NUMBER$FORMAT", read_number, (VARCHAR2, VARCHAR2), NUMBER),
    Function("TO_NUMBER$NUMBER", _identity, (NUMBER,), NUMBER, 1),
    Function("TO_BINARY_DOUBLE", _identity, (BINARY_DOUBLE,), BINARY_DOUBLE, 1),
    Function("TO_CLOB", _identity, (CLOB,), CLOB, 1),
)

#: The function that makes one type the other; pairs of one storage form are not here.
_CONVERSIONS: Mapping[tuple[SqlType, SqlType], str] = {
    (NUMBER, VARCHAR2): "ORA$NUMBER_TEXT",
    (BINARY_DOUBLE, VARCHAR2): "ORA$DOUBLE_TEXT",
    (DATE, VARCHAR2): "ORA$DATE_TEXT",
    (TIMESTAMP, VARCHAR2): "ORA$TIMESTAMP_TEXT",
    (TIMESTAMP_TZ, VARCHAR2): "ORA$TIMESTAMP_TZ_TEXT",
    (INTERVAL_DS, VARCHAR2): "ORA$INTERVAL_TEXT",
    (RAW, VARCHAR2): "RAWTOHEX",
    (VARCHAR2, NUMBER): "ORA$TEXT_NUMBER",
    (VARCHAR2, BINARY_DOUBLE): "ORA$TEXT_DOUBLE",
    (VARCHAR2, DATE): "TO_DATE",
    (VARCHAR2, TIMESTAMP): "TO_TIMESTAMP",
    (VARCHAR2, TIMESTAMP_TZ): "TO_TIMESTAMP_TZ",
    (VARCHAR2, INTERVAL_DS): "TO_DSINTERVAL",
    (VARCHAR2, RAW): "HEXTORAW",
    (NUMBER, BINARY_DOUBLE): "ORA$NUMBER_DOUBLE",
    (BINARY_DOUBLE, NUMBER): "ORA$DOUBLE_NUMBER",
    (TIMESTAMP, DATE): "ORA$TIMESTAMP_DATE",
    (TIMESTAMP_TZ, DATE): "ORA$TIMESTAMP_TZ_DATE",
    (TIMESTAMP_TZ, TIMESTAMP): "ORA$TIMESTAMP_TZ_TIMESTAMP",
    (DATE, TIMESTAMP_TZ): "ORA$TIMESTAMP_TIMESTAMP_TZ",
    (TIMESTAMP, TIMESTAMP_TZ): "ORA$TIMESTAMP_TIMESTAMP_TZ",
}


def conversion_name(source: SqlType | None, target: SqlType | None) -> str | None:
    """Return the function that makes one type the other, None where the storage form is the same.

    Raises ORA-00932.
    """
    if source is None or target is None or source == target:
        return None
    plain_source, plain_target = _storage_family(source), _storage_family(target)
    if plain_source == plain_target or (source, target) == (DATE, TIMESTAMP):
        return None
    name = _CONVERSIONS.get((plain_source, plain_target))
    if name is None or source == BLOB:
        raise inconsistent(target, source)
    return name


def _storage_family(sql_type: SqlType) -> SqlType:
    if sql_type in TEXTS:
        return VARCHAR2
    if sql_type in BYTES:
        return RAW
    return sql_type
