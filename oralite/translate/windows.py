"""Functions that only windows have: ranks, neighbours and shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.nodes import Call
from oralite.translate.convert import convert
from oralite.translate.literals import number_literal
from oralite.translate.operators import binary
from oralite.translate.over import over_window, whole_number
from oralite.translate.rules import expression
from oralite.translate.scope import Scope
from oralite.translate.shapes import sql_name
from oralite.translate.typed import Typed, typed

RANKS = ("ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE")
NEIGHBOURS = ("LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE")
SHARES = ("RATIO_TO_REPORT", "PERCENT_RANK", "CUME_DIST")


def window(node: Call, scope: Scope) -> Typed:
    """Translate a function that only windows have. Raises ORA-30484 where OVER is missing."""
    if node.over is None:
        if node.within:
            raise scope.draft.unsupported(f"{node.name} as an aggregate")
        raise OraError(30484, "missing window specification for this function", node.position)
    if node.distinct or (node.ignore_nulls and node.name not in ("FIRST_VALUE", "LAST_VALUE")):
        raise scope.draft.unsupported(f"IGNORE NULLS or DISTINCT in {node.name}")
    arguments = []
    for argument in node.arguments:
        arguments.append(expression(argument, scope))
    if node.name in RANKS:
        counts = []
        for value in arguments:
            counts.append(f"ora_to_int({value.sql})")
        return _counted(node, f"{node.name.lower()}({', '.join(counts)})", scope)
    if node.name in NEIGHBOURS:
        return _neighbour(node, arguments, scope)
    return _share(node, arguments, scope)


def _counted(node: Call, sql: str, scope: Scope) -> Typed:
    return whole_number(over_window(node, sql, scope, typed("", SqlType.NUMBER)).sql)


def _neighbour(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    value = arguments[0]
    pieces = [value.sql]
    if len(arguments) > 1:
        pieces.append(f"ora_to_int({arguments[1].sql})")
    if len(arguments) > 2:
        pieces.append(convert(arguments[2], value.type).sql)
    if node.ignore_nulls:
        name = sql_name(f"ORA${node.name}_KNOWN")
    else:
        name = node.name.lower()
    return over_window(node, f"{name}({', '.join(pieces)})", scope, value)


def _share(node: Call, arguments: Sequence[Typed], scope: Scope) -> Typed:
    """Return RATIO_TO_REPORT: exact, as a NUMBER is, where SQLite would give a float."""
    assert node.over is not None
    whole = replace(node, over=replace(node.over, order=(), frame=""))
    if node.name == "RATIO_TO_REPORT":
        value = convert(arguments[0], SqlType.NUMBER)
        total = over_window(
            whole, f"{sql_name('SUM')}({value.sql})", scope, typed("", SqlType.NUMBER)
        )
        return binary(
            "/", value, typed(f"nullif({total.sql}, {number_literal('0').sql})", SqlType.NUMBER)
        )
    if not node.over.order:
        raise OraError(
            30485, "missing ORDER BY expression in the window specification", node.position
        )
    rows = _counted(whole, "count(*)", scope)
    if node.name == "CUME_DIST":
        return binary("/", _counted(node, "count(*)", scope), rows)
    one = number_literal("1")
    others = typed(
        f"nullif({binary('-', rows, one).sql}, {number_literal('0').sql})", SqlType.NUMBER
    )
    share = binary("/", binary("-", _counted(node, "rank()", scope), one), others)
    return replace(share, sql=f"coalesce({share.sql}, {number_literal('0').sql})")
