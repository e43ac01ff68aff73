"""What the SQL side knows of a function: its call, its types and how it is to be registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

from oralite.model import SqlType, Value
from oralite.moments import (
    decode_datetime,
    decode_interval,
    decode_timestamp_tz,
    encode_datetime,
    encode_interval,
    encode_timestamp_tz,
)
from oralite.values import decode_double, decode_number, encode_double, encode_number

#: Argument types as the translator knows them; None is a NULL of no type.
Types: TypeAlias = Sequence["SqlType | None"]
Number: TypeAlias = "int | Decimal"

#: What a session has unless it is altered.
NLS_DEFAULTS: Mapping[str, str] = {
    "NLS_LANGUAGE": "AMERICAN",
    "NLS_TERRITORY": "AMERICA",
    "NLS_CURRENCY": "$",
    "NLS_ISO_CURRENCY": "AMERICA",
    "NLS_NUMERIC_CHARACTERS": ".,",
    "NLS_CALENDAR": "GREGORIAN",
    "NLS_DATE_FORMAT": "DD-MON-RR",
    "NLS_DATE_LANGUAGE": "AMERICAN",
    "NLS_SORT": "BINARY",
    "NLS_TIME_FORMAT": "HH.MI.SSXFF AM",
    "NLS_TIMESTAMP_FORMAT": "DD-MON-RR HH.MI.SSXFF AM",
    "NLS_TIME_TZ_FORMAT": "HH.MI.SSXFF AM TZR",
    "NLS_TIMESTAMP_TZ_FORMAT": "DD-MON-RR HH.MI.SSXFF AM TZR",
    "NLS_DUAL_CURRENCY": "$",
    "NLS_COMP": "BINARY",
    "NLS_LENGTH_SEMANTICS": "BYTE",
    "NLS_NCHAR_CONV_EXCP": "FALSE",
}


class Context(Protocol):
    """What a function may ask of the session that runs the statement."""

    @property
    def now(self) -> datetime:
        """Return the statement's moment, aware: the same for as long as the statement runs."""

    @property
    def answers(self) -> dict[str, Any]:
        """Return what functions without arguments gave in this statement, by their names.

        Empty when the next begins.
        """

    @property
    def session_zone(self) -> str:
        """Return an offset or a region, as SESSIONTIMEZONE gives it."""

    @property
    def database_zone(self) -> str:
        """Return the same of the database: the zone of SYSTIMESTAMP and SYSDATE."""

    @property
    def transaction(self) -> str | None:
        """Return what DBMS_TRANSACTION.LOCAL_TRANSACTION_ID gives."""

    @property
    def charset(self) -> str:
        """Return NLS_CHARACTERSET: which bytes texts are kept in."""

    @property
    def user(self) -> str: ...

    @property
    def schema(self) -> str: ...

    @property
    def nls(self) -> Mapping[str, str]:
        """Return the session's parameters by name. NLS_DEFAULTS has all that functions ask for."""

    @property
    def environment(self) -> Mapping[str, str | None]:
        """Return more of SYS_CONTEXT('USERENV', ...) by upper-case name, such as SID or
        SERVICE_NAME.
        """


@dataclass(frozen=True)
class Function:
    """A function that SQL can call, under the name it is registered by.

    call: takes and gives storage values, the Context before them when needs_context. A condition
        (returns None) gives True, False or None.
    arguments: the types that arguments are converted to, None for any as it comes. Where that
        depends on those that are given, converts says it.
    required: how many must be given. At most len(arguments), unless it is variadic: then the last
        is repeated.
    deterministic: the same arguments give the same value within one statement.
    native: SQLite's own function that does just the same with storage values.
    shape: what the call gets of the first argument's type, before the arguments: its "precision",
        its "scale".
    """

    name: str
    call: Callable[..., Any]
    arguments: tuple[SqlType | None, ...]
    returns: SqlType | Callable[[Types], SqlType] | None
    required: int
    variadic: bool = False
    deterministic: bool = True
    needs_context: bool = False
    converts: Callable[[Types], tuple[SqlType | None, ...]] | None = None
    native: str | None = None
    shape: tuple[str, ...] = ()

    def argument_types(self, types: Types) -> tuple[SqlType | None, ...]:
        """Return what each of the given arguments is to be converted to, None where it is left as
        it is.
        """
        if self.converts:
            return self.converts(types)
        if self.variadic:
            repeated = (self.arguments[-1],) * (len(types) - len(self.arguments))
        else:
            repeated = ()
        return (self.arguments + repeated)[: len(types)]

    def return_type(self, types: Types) -> SqlType | None:
        if callable(self.returns):
            return self.returns(types)
        return self.returns


@dataclass(frozen=True)
class Aggregate:
    """An aggregate: factory() makes an object with step and final, and with value and inverse for
    windows.
    """

    name: str
    factory: Callable[[], Any]
    arguments: tuple[SqlType | None, ...]
    returns: SqlType
    required: int = 1


_DECODERS: Mapping[SqlType | None, Callable[[Any], Any]] = {
    SqlType.NUMBER: decode_number,
    SqlType.BINARY_DOUBLE: decode_double,
    SqlType.DATE: decode_datetime,
    SqlType.TIMESTAMP: decode_datetime,
    SqlType.TIMESTAMP_TZ: decode_timestamp_tz,
    SqlType.INTERVAL_DS: decode_interval,
}


def _store_datetime(moment: datetime) -> bytes:
    if moment.tzinfo is None:
        return encode_datetime(moment)
    return encode_timestamp_tz(moment)


_ENCODERS: Mapping[type, Callable[[Any], Value]] = {
    int: encode_number,
    Decimal: encode_number,
    float: encode_double,
    datetime: _store_datetime,
    timedelta: encode_interval,
}


def decode(value: Value, sql_type: SqlType | None) -> Any:
    """Return the Python value of a storage value: text and raw bytes stay as they are."""
    decoder = _DECODERS.get(sql_type)
    if decoder is None or value is None:
        return value
    return decoder(value)


def store(value: Any) -> Value:
    """Return the storage value of a Python value. '' is NULL."""
    encoder = _ENCODERS.get(value.__class__)
    if encoder is not None:
        return encoder(value)
    if value == "" or value == b"":
        stored: Value = None
    else:
        stored = value
    return stored


def natural(
    name: str,
    function: Callable[..., Any],
    arguments: tuple[SqlType | None, ...],
    returns: SqlType | Callable[[Types], SqlType] | None,
    *,
    required: int | None = None,
    nullable: bool = False,
    needs_context: bool = False,
    shape: tuple[str, ...] = (),
) -> Function:
    """Make a Function around one that takes and gives Python values.

    A NULL argument gives NULL unless nullable.

    Arguments declared None reach it as storage values.
    """
    decoders = tuple(_DECODERS.get(argument) for argument in arguments)
    if returns is None:
        finish = _as_is
    else:
        finish = store
    if not any(decoders):
        body = function
    else:
        body = _decoding(function, decoders, int(needs_context) + len(shape))

    def call(*values: Any) -> Any:
        if not nullable and None in values:
            return None
        return finish(body(*values))

    if required is None:
        needed = len(arguments)
    else:
        needed = required
    return Function(
        name, call, arguments, returns, needed, needs_context=needs_context, shape=shape
    )


def _decoding(
    function: Callable[..., Any], decoders: tuple[Callable[[Any], Any] | None, ...], before: int
) -> Callable[..., Any]:
    all_decoders = (None,) * before + decoders

    def call(*values: Any) -> Any:
        return function(
            *[
                value if decoder is None or value is None else decoder(value)
                for value, decoder in zip(values, all_decoders, strict=False)
            ]
        )

    return call


def _as_is(value: Any) -> Any:
    return value
