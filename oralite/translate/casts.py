"""CAST: a conversion that is asked for, to a declared size."""

from __future__ import annotations

from dataclasses import replace

from oralite.catalog.definitions import ColumnDefinition
from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.leaves import TypeName
from oralite.translate.column_values import (
    FIT_NUMBER,
    FIT_SINGLE,
    FIT_TIMES,
    definition,
    fitted_interval,
)
from oralite.translate.convert import convert
from oralite.translate.draft import Draft
from oralite.translate.shapes import sql_name
from oralite.translate.typed import NULL, Origin, Typed

_CUT_TEXT, _CUT_BYTES, _PAD_TEXT = map(sql_name, ("ORA$CUT_TEXT", "ORA$CUT_BYTES", "ORA$PAD_TEXT"))


def cast(value: Typed, declared: TypeName, draft: Draft) -> Typed:
    """Convert as CAST does: text that is too long is cut, a number rounded (ORA-01438 beyond its
    precision).
    """
    if declared.variant.is_long:
        raise OraError(997, "illegal use of LONG datatype")
    column = definition("CAST", declared, draft)
    converted = convert(value, column.type)
    shape = replace(
        converted,
        type=column.type,
        size=column.size_bytes,
        precision=column.precision,
        scale=column.scale,
        nullable=value.nullable,
        origin=Origin.EXPRESSION,
        detail="",
        variant=column.variant,
    )
    if value.origin is Origin.NULL:
        return replace(NULL, type=column.type, size=column.size_bytes, origin=Origin.EXPRESSION)
    return replace(shape, sql=_cut(converted.sql, shape, column, converted))


def _cut(sql: str, shape: Typed, column: ColumnDefinition, before: Typed) -> str:
    chars = column.size_chars
    if shape.type in (SqlType.VARCHAR2, SqlType.CHAR):
        cut = f"{_CUT_TEXT if chars else _CUT_BYTES}({sql}, {chars or shape.size})"
        if shape.type is SqlType.CHAR:
            return f"{_PAD_TEXT}({cut}, {chars or shape.size})"
        return cut
    if shape.type is SqlType.RAW:
        return f"substr({sql}, 1, {shape.size})"
    if shape.type is SqlType.NUMBER and shape.precision:
        return f"{FIT_NUMBER}({sql}, {shape.precision}, {shape.scale})"
    if column.variant.is_single:
        return f"{FIT_SINGLE}({sql})"
    if shape.type is SqlType.INTERVAL_DS:
        return fitted_interval(before, column)
    if shape.type in FIT_TIMES and before.scale > shape.scale:
        return f"{FIT_TIMES[shape.type]}({sql}, {shape.scale})"
    return sql
