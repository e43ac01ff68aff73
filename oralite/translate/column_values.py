"""A value on its way into a column: converted, padded, rounded and measured."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import ColumnDefinition, Table
from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.leaves import TypeName
from oralite.translate.convert import convert, refuse_long
from oralite.translate.draft import Draft
from oralite.translate.shapes import sql_name
from oralite.translate.typed import MAX_VARCHAR2_BYTES, Origin, Typed, sql_text

FIT_NUMBER = sql_name("ORA$FIT_NUMBER")
FIT_SINGLE = "ora_fit_single"
FIT_TIMES = {
    SqlType.TIMESTAMP: "ora_fit_time",
    SqlType.TIMESTAMP_TZ: sql_name("ORA$FIT_TIMESTAMP_TZ"),
}


def stored(value: Typed, column: ColumnDefinition, label: str) -> str:
    """Return SQL of the value as the column holds it.

    Label names the column in ORA-12899 and ORA-01438.
    """
    if value.origin is Origin.NULL:
        return "NULL"
    refuse_long(value)
    if column.type in (SqlType.CLOB, SqlType.BLOB) or column.variant.is_long:
        return convert(value, column.type).sql
    return _measured(
        convert(value, column.type), column, sql_text(label), direct=value.type is column.type
    )


def _measured(value: Typed, column: ColumnDefinition, label: str, *, direct: bool) -> str:
    if column.type in (SqlType.VARCHAR2, SqlType.RAW):
        return _fitting(value, column, label)
    if column.type is SqlType.CHAR:
        return _padded(value, column, label)
    if column.type is SqlType.NUMBER and column.precision:
        if (
            direct
            and value.origin is Origin.COLUMN
            and (value.precision, value.scale) == (column.precision, column.scale)
        ):
            return value.sql
        return f"{FIT_NUMBER}({value.sql}, {column.precision}, {column.scale})"
    if column.type is SqlType.DATE:
        return f"substr({value.sql}, 1, 7)"
    if column.variant.is_single:
        return f"{FIT_SINGLE}({value.sql})"
    if column.type is SqlType.INTERVAL_DS:
        return fitted_interval(value, column)
    if column.type in FIT_TIMES and value.scale > column.scale:
        return f"{FIT_TIMES[column.type]}({value.sql}, {column.scale})"
    return value.sql


def fitted_interval(value: Typed, column: ColumnDefinition) -> str:
    if 0 < value.precision <= column.precision and 0 <= value.scale <= column.scale:
        return value.sql
    return f"{sql_name('ORA$FIT_INTERVAL')}({value.sql}, {column.precision or 9}, {column.scale})"


def _fitting(value: Typed, column: ColumnDefinition, label: str) -> str:
    """Measure a text.

    The length of a bind is measured by SQLite itself, and only one that is too long costs a call.
    """
    if column.size_chars:
        limit, chars = (column.size_chars, 1)
    else:
        limit, chars = (column.size_bytes, 0)
    if (
        value.origin in (Origin.TEXT, Origin.COLUMN)
        and 0 < value.size <= column.size_bytes
        and not chars
    ):
        return value.sql
    if value.origin is Origin.BIND:
        if chars:
            measure = "length"
        else:
            measure = "octet_length"
        refused = f"ora_too_long({value.sql}, {limit}, {chars}, {label})"
        return f"CASE WHEN {measure}({value.sql}) > {limit} THEN {refused} ELSE {value.sql} END"
    return f"ora_fit({value.sql}, {limit}, {chars}, {label})"


def _padded(value: Typed, column: ColumnDefinition, label: str) -> str:
    if column.size_chars:
        limit, chars = (column.size_chars, 1)
    else:
        limit, chars = (column.size_bytes, 0)
    padded = f"ora_pad({value.sql}, {limit}, {chars}, {label})"
    if value.origin is not Origin.BIND:
        return padded
    if chars:
        measure = "length"
    else:
        measure = "octet_length"
    return f"CASE WHEN {measure}({value.sql}) = {limit} THEN {value.sql} ELSE {padded} END"


def column_label(table: Table, column: str) -> str:
    return f'"{table.owner}"."{table.name}"."{column}"'


_TYPES = {kind.name: kind for kind in SqlType}


def definition(name: str, declared: TypeName, draft: Draft) -> ColumnDefinition:
    """Return a column of the declared type. Raises ORA-00910 for one that is too long."""
    if declared.variant.is_long:
        return ColumnDefinition(
            name, _TYPES[declared.name], MAX_VARCHAR2_BYTES, variant=declared.variant
        )
    return replace(_plain_definition(name, declared), variant=declared.variant)


def _plain_definition(name: str, declared: TypeName) -> ColumnDefinition:
    kind = _TYPES[declared.name]
    size = declared.size or 0
    if kind is SqlType.VARCHAR2:
        limit = MAX_VARCHAR2_BYTES
    else:
        limit = 2000
    if kind in (SqlType.VARCHAR2, SqlType.CHAR, SqlType.RAW):
        if size > limit:
            raise OraError(910, "specified length too long for its datatype")
        if size < 1:
            raise OraError(1723, "zero-length columns are not allowed")
        if declared.char_units:
            size_bytes = min(size * 4, limit)
        else:
            size_bytes = size
        return ColumnDefinition(name, kind, size_bytes, size if declared.char_units else 0)
    if kind is SqlType.NUMBER:
        precision = declared.size or 0
        return ColumnDefinition(
            name, kind, precision=precision, scale=(declared.scale or 0) if precision else -127
        )
    if declared.scale is not None:
        scale = declared.scale
    else:
        scale = -127
    if kind is SqlType.INTERVAL_DS:
        precision = size
    else:
        precision = 0
    return ColumnDefinition(
        name, kind, 18 if kind is SqlType.ROWID else 0, precision=precision, scale=scale
    )
