"""Trino's SQL to DuckDB's: what is known is translated, all else is refused.

Sources: https://trino.io/docs/current/functions.html and sql.html
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import ErrorLevel, exp, parse
from sqlglot.errors import SqlglotError

from trinolite.refusals import Refused
from trinolite.types import family, kept_as
from trinolite.warehouse import Table

#: All that a statement may be made of. Each of them means in DuckDB what it means in Trino, or
#: becomes that below.
KNOWN: tuple[type[exp.Expr], ...] = (
    exp.Select, exp.From, exp.Table, exp.TableAlias, exp.Subquery, exp.Join, exp.Where, exp.Group,
    exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Distinct, exp.Exists, exp.Insert, exp.Schema,
    exp.Alias, exp.Identifier, exp.Column, exp.Star, exp.Literal, exp.Null, exp.Boolean,
    exp.Placeholder, exp.Paren, exp.Neg, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE,
    exp.LT, exp.LTE, exp.Between, exp.In, exp.Is, exp.NullSafeNEQ, exp.NullSafeEQ, exp.DPipe,
    exp.Cast, exp.DataType, exp.DataTypeParam, exp.Count, exp.Sum, exp.Min, exp.Max, exp.Coalesce,
    exp.Nullif, exp.Trim, exp.Substring, exp.Lower, exp.Upper, exp.Hex, exp.LowerHex, exp.MD5Digest,
    exp.Encode, exp.FromBase,
)  # fmt: skip
FUNCTIONS = (exp.Func, exp.Anonymous)
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeNEQ, exp.NullSafeEQ)
#: What gives bytes, which MD5 and TO_HEX take and nothing else here does.
BYTES = (exp.Encode, exp.MD5Digest)
SHOWN = {
    9: "%Y-%m-%d %H:%M:%S.%n",
    6: "%Y-%m-%d %H:%M:%S.%f",
    3: "%Y-%m-%d %H:%M:%S.%g",
    0: "%Y-%m-%d %H:%M:%S",
}
HEXADECIMAL = 16

Find = Callable[[exp.Table], Table]


def read(sql: str) -> exp.Expr:
    """Return a statement. Raises Refused for what Trino, or trinolite, does not know."""
    try:
        found = parse(sql, read="trino", error_level=ErrorLevel.IMMEDIATE)
    except SqlglotError as error:
        raise Refused("SYNTAX_ERROR", f"line 1:1: {str(error).splitlines()[0]}") from None
    if len(found) != 1 or found[0] is None or sql.rstrip().endswith(";"):
        raise Refused("SYNTAX_ERROR", "line 1:1: one statement without a semicolon is expected")
    statement = found[0]
    for node in statement.walk():
        if isinstance(node, KNOWN):
            continue
        if isinstance(node, FUNCTIONS):
            raise Refused("FUNCTION_NOT_FOUND", f"trinolite has no function {node.sql('trino')}")
        raise Refused("NOT_SUPPORTED", f"trinolite does not know {type(node).__name__}")
    check_functions(statement)
    return statement


def check_functions(statement: exp.Expr) -> None:
    """Raise Refused where a function is given another type than it takes."""
    for node in statement.find_all(exp.Hex, exp.LowerHex, exp.MD5Digest):
        if not isinstance(node.this, BYTES):
            message = "Unexpected parameters (varchar). Expected: (varbinary)"
            raise Refused("FUNCTION_NOT_FOUND", message)
    for node in statement.find_all(exp.Trim):
        if node.expression is None:
            # Trino's takes all white space, DuckDB's some of it.
            raise Refused("FUNCTION_NOT_FOUND", "trinolite trims the signs that are named alone")
    for node in statement.find_all(exp.FromBase):
        if node.expression.name != str(HEXADECIMAL):
            raise Refused("NOT_SUPPORTED", "trinolite's from_base takes base 16 alone")


def check_comparisons(statement: exp.Expr, find: Find) -> None:
    """Raise Refused where two types are compared that Trino does not compare."""
    for node in statement.find_all(*COMPARISONS, exp.Between, exp.In):
        sides = [node.this]
        for name in ("expression", "low", "high"):
            if node.args.get(name) is not None:
                sides.append(node.args[name])
        sides.extend(node.args.get("expressions") or ())
        kinds = list(filter(None, (type_of(side, find) for side in sides)))
        if len(set(map(family, kinds))) > 1:
            shown = ", ".join(kinds)
            raise Refused("TYPE_MISMATCH", f"Cannot apply operator to {shown}")


def type_of(node: exp.Expr, find: Find) -> str:
    """Return the type of a literal, a cast or a table's column, and nothing for all else."""
    if isinstance(node, exp.Literal):
        if node.is_string:
            return "varchar"
        return "bigint"
    if isinstance(node, exp.Cast):
        return type_name(node.to)
    if isinstance(node, exp.Column):
        return column_type(node, find)
    return ""


def column_type(column: exp.Column, find: Find) -> str:
    """Return the type of a column of a table that its SELECT names."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        for table in select.find_all(exp.Table):
            if column.table.lower() not in ("", table.alias_or_name.lower()):
                continue
            kind = find(table).columns.get(column.name.lower())
            if kind:
                return kind
        select = select.find_ancestor(exp.Select)
    return ""


def type_name(kind: exp.DataType) -> str:
    """Return a type as Trino writes it. A TIMESTAMP without digits has three."""
    name = str(kind.this.value).lower()
    name = {"int": "integer", "text": "varchar"}.get(name, name)
    numbers = [each.name for each in kind.expressions]
    if name == "timestamp" and not numbers:
        numbers = ["3"]
    if name == "varchar":
        numbers = []
    if numbers:
        name += f"({','.join(numbers)})"
    return name


def translate(statement: exp.Expr, find: Find) -> exp.Expr:
    """Return a statement as DuckDB takes it. Raises Refused."""
    check_comparisons(statement, find)
    translated = statement.copy()
    # The outer ones first: what is within a cast must still have its type of Trino.
    for node in list(translated.find_all(exp.Cast, exp.MD5Digest, exp.FromBase)):
        if isinstance(node, exp.Cast):
            node.replace(cast(node, find))
        elif isinstance(node, exp.MD5Digest):
            node.replace(exp.Anonymous(this="trino_md5", expressions=[node.this]))
        else:
            node.replace(exp.Anonymous(this="trino_from_base", expressions=[node.this]))
    return translated


def cast(node: exp.Cast, find: Find) -> exp.Expr:
    """Return a cast as DuckDB takes it: a time keeps all of its digits where it becomes a text."""
    kind = type_name(node.to)
    operand = type_of(node.this, find)
    if kind == "varchar" and operand.startswith("timestamp"):
        shown = exp.Literal.string(SHOWN[int(operand[-2])])
        return exp.Anonymous(this="strftime", expressions=[node.this, shown])
    return exp.Cast(this=node.this, to=exp.DataType.build(kept_as(kind), dialect="duckdb"))
